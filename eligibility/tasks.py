"""Thin doors for the worker."""

from celery import shared_task

from eligibility.services import answers


@shared_task(name="eligibility.forget_answers")
def forget_answers() -> int:
    return answers.forget_expired()
