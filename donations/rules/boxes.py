"""What may be counted and explained: values in, problems out (R69, K12)."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

MOST_NEW = 200
MOST_WON, MOST_BOXES = 5_000_000, 20
LEAST_DEPOSIT_WON = 1_000
#: A box that nobody asked back for so long stands on the list.
ASK_BACK = timedelta(days=180)


def new_problems(many: int | None) -> list[Problem]:
    fine = many is not None and 1 <= many <= MOST_NEW
    return [] if fine else [Problem("many", _("Between 1 and 200 boxes at once, please."), "many")]


def issue_problems(*, holder: str, ask_back_on: date | None, today: date) -> list[Problem]:
    found = [] if holder.strip() else [required("holder_name")]
    if ask_back_on is None or not today < ask_back_on <= today + timedelta(days=730):
        found.append(Problem("ask_back", _("Please choose a day within the next two years."), "ask_back_on"))
    return found


def count_problems(amounts: dict[int, int | None], *, prefix: str = "won_") -> list[Problem]:
    """`amounts`: won by trip. Every box on the table has a figure, an empty one nought."""
    found = []
    for trip, won in amounts.items():
        if won is None or not 0 <= won <= MOST_WON:
            words = _("What was in it, in won? 0 if it was empty.")
            found.append(Problem("amount", words, f"{prefix}{trip}"))
    if not amounts:
        found.append(Problem("none", _("No box waits to be counted.")))
    elif len(amounts) > MOST_BOXES:
        found.append(Problem("many", _("At most 20 boxes in one count, please.")))
    elif not found and sum(won or 0 for won in amounts.values()) < LEAST_DEPOSIT_WON:
        words = _("This is less than 1,000 won altogether. Please count it together with the next boxes.")
        found.append(Problem("little", words))
    return found


def differs() -> Problem:
    words = _("The two counts are not the same. Nothing was written down. Please count again, each alone.")
    return Problem("differs", words)


def own_count() -> Problem:
    return Problem("own", _("You counted first. A second person counts now, without seeing your figures."))


def not_now() -> Problem:
    return Problem("state", _("Somebody was faster: this is further on already."))


def explanation_problems(*, words: str, counters: tuple[int | None, ...], by: int | None) -> list[Problem]:
    found = [] if words.strip() else [required("explanation")]
    if by in counters:
        said = _("Whoever counted cannot explain the difference. A third person writes down why.")
        found.append(Problem("own", said))
    return found
