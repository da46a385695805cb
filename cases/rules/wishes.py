"""What a wish needs before it stands on the plan, and before it counts as fulfilled (R59)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

MOST_WON = 20_000_000


def wish_problems(words: str, wanted_on: date | None, price_won: int, *, today: date) -> list[Problem]:
    found = [] if words.strip() else [required("words")]
    if wanted_on is None:
        found.append(required("wanted_on"))
    elif wanted_on < today:
        found.append(Problem("past", _("That day is over. Please choose one that comes."), "wanted_on"))
    if price_won > MOST_WON:
        found.append(Problem("price", _("At most 20,000,000 won, please."), "price_won"))
    return found


def outcome_problems(outcome: str, *, given_up: bool) -> list[Problem]:
    found = [] if outcome.strip() else [required("outcome")]
    if given_up:
        found.append(Problem("given_up", _("This wish was given up. Please write it down anew.")))
    return found
