"""What an agreement of a shop or a school holds, and what may be told under it: values in, problems out (R68, R74)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

MOST_RATE_TT, MOST_POINT_RATE_TT = 5_000, 20_000
MOST_SALES_WON = 100_000_000_000
MOST_CLASS_WON = 20_000_000
LEAST_TRANSFER_WON, MOST_TRANSFER_WON = 1_000, 100_000_000
REMIND_FROM, REMIND_UNTIL = 8, 25
#: A total of fewer givers is never shown outside the school and the centre.
LEAST_GIVERS = 5


@dataclass(frozen=True)
class ClassTold:
    """One class as its school tells it; None where nothing sensible was typed."""

    grade: int | None
    room: int | None
    won: int | None
    givers: int | None
    guardians: int | None


def rate_of(percent: Decimal | None, *, most: int = MOST_RATE_TT) -> int | None:
    """Per cent, with two places at most, in ten-thousandths; None when it is none that may be agreed."""
    if percent is None:
        return None
    found = percent * 100
    return int(found) if found == int(found) and 1 <= found <= most else None


def share(sales_won: int, rate_tt: int) -> int:
    """Full won, the rest stays with the shop."""
    return sales_won * rate_tt // 10_000


def agreement_problems(*, shop: bool, points: bool, rate_tt: int | None, **words: str) -> list[Problem]:
    found = [required(name) for name, text in words.items() if not text.strip()]
    if points and rate_tt is None:
        found.append(Problem("rate", _("Between 0.01 and 200 won for 100 points, please."), "percent"))
    if shop and rate_tt is None:
        said = _("A fixed rate between 0.01 and 50 per cent, please.")
        found.append(Problem("rate", said, "percent"))
    return found


def month_problems(month: date | None, *, starts_on: date, ends_on: date | None, today: date) -> list[Problem]:
    """`month`: its first day. Only months of the agreement, not of the future, not older than a year."""
    if month is None:
        return [required("month")]
    first = starts_on.replace(day=1)
    over = ends_on is not None and month > ends_on
    if month > today or month < first or over or month < today - timedelta(days=400):
        return [Problem("month", _("Please choose a month of the agreement, within the last year."), "month")]
    return []


def remind_today(today: date) -> bool:
    """Books of a month are done after its first week; later than the 25th nobody is asked."""
    return REMIND_FROM <= today.day <= REMIND_UNTIL


def sales_problems(sales_won: int | None) -> list[Problem]:
    if sales_won is None or not 0 <= sales_won <= MOST_SALES_WON:
        return [Problem("sales", _("The sales of the month in won, please; 0 when there were none."), "sales")]
    return []


def transfer_problems(won: int) -> list[Problem]:
    if won > MOST_TRANSFER_WON:
        return [Problem("much", _("This is more than 100,000,000 won. Please ring the centre first."))]
    return []


def class_problems(classes: list[ClassTold], *, attested: bool) -> list[Problem]:
    """No pupil's name has a field; for every giver the school holds a guardian's written consent (K10)."""
    if not classes:
        return [Problem("none", _("Please fill in at least one class."))]
    found = []
    for number, one in enumerate(classes, 1):
        field = f"won_{number}"
        if not (_within(one.grade, 1, 6) and _within(one.room, 1, 30) and _within(one.won, 1, MOST_CLASS_WON)):
            found.append(Problem("class", _("Grade, class and won are needed."), field))
        elif not _within(one.givers, 1, 60):
            found.append(Problem("givers", _("How many pupils gave? Only the number, no names."), field))
        elif not _within(one.guardians, one.givers or 0, 60):
            found.append(Problem("guardians", _("For each pupil who gives, a guardian has agreed in writing."), field))
    if len({(one.grade, one.room) for one in classes}) < len(classes):
        found.append(Problem("twice", _("One class stands here twice.")))
    return found if attested else [*found, required("attested")]


def _within(value: int | None, low: int, high: int) -> bool:
    return value is not None and low <= value <= high


def paid_already() -> Problem:
    return Problem("paid", _("This month has been paid already. Please ring the centre."), "month")


def ended() -> Problem:
    return Problem("state", _("This agreement has ended already."))
