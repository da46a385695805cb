"""What a giver may do, and what happens to money that is too much: values in, problems out (K11, R65)."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem

LEAST_WON, MOST_WON = 1_000, 100_000_000
RESERVED = timedelta(minutes=30)
#: A transfer by hand takes its time.
RESERVED_BANK = timedelta(days=3)
#: Days after a soft decline; then the account rests and the giver is asked (never silently cancelled).
RETRY_DAYS = (1, 3, 7)
FAILURES_UNTIL_PAUSE = 3
NOTICE_DAYS = 3


def amount_problems(won: int | None, *, free_won: int | None, divided: bool = False) -> list[Problem]:
    """`free_won`: what is lacking after what was given and kept for others; None = no target.

    `divided`: what is beyond the target goes where the giver chose, so that it need not be refused.
    """
    if won is None or not LEAST_WON <= won <= MOST_WON:
        return [Problem("amount", _("Between 1,000 and 100,000,000 won, please."), "amount")]
    if free_won is not None and free_won <= 0:
        return [Problem("met", _("What was needed has just been given. Thank you! Please choose another."), "amount")]
    if free_won is not None and won > free_won and not divided:
        words = _("Less is lacking than you would give. Please give the rest, or choose another.")
        return [Problem("too_much", words, "amount")]
    return []


def retry_on(failed_on: date, tries: int) -> date | None:
    """The day of the next try after `tries` failures, None when there is none."""
    return failed_on + timedelta(days=RETRY_DAYS[tries - 1]) if 0 < tries <= len(RETRY_DAYS) else None


def due_day(month: date, day: int) -> date:
    return month.replace(day=day)
