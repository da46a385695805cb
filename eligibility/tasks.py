"""Thin doors for the worker."""

from celery import shared_task

from eligibility.services import answers, versions
from hopecare.kernel.turns import long_work


@shared_task(name="eligibility.forget_answers")
def forget_answers() -> int:
    return answers.forget_expired()


@shared_task(name="eligibility.look_at_rules")
@long_work
def look_at_rules() -> int:
    """The rules of a release that was put in are activated, and kept answers run again."""
    versions.activate()
    return versions.run_answers_again()
