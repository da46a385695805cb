"""What is written down of goods and events in kind: values in, problems out (R75)."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

MOST_WON, MOST_PIECES = 1_000_000_000, 1_000_000


@dataclass(frozen=True)
class Offered:
    """Goods or an event as the centre received them; the giver may stay unnamed."""

    kind: str
    what: str
    quantity: int | None
    unit: str
    value_won: int | None
    basis: str
    given_on: date | None
    giver_name: str = ""
    giver_phone: str = ""
    guests: int | None = None
    category_id: int | None = None


def offered_problems(told: Offered, *, kinds: tuple[str, ...], bases: tuple[str, ...], today: date) -> list[Problem]:
    found = [required(name) for name in ("what", "unit") if not getattr(told, name).strip()]
    found += [required("kind")] if told.kind not in kinds else []
    found += [required("basis")] if told.basis not in bases else []
    if told.quantity is None or not 1 <= told.quantity <= MOST_PIECES:
        found.append(Problem("quantity", _("How many pieces?"), "quantity"))
    if told.value_won is None or not 1 <= told.value_won <= MOST_WON:
        found.append(Problem("value", _("What is it worth in won, all together?"), "value_won"))
    if told.given_on is None or told.given_on > today:
        found.append(Problem("day", _("A day that was, please."), "given_on"))
    if told.kind == "event" and not told.guests:
        found.append(Problem("guests", _("How many people were invited? Only the number."), "guests"))
    return found


@dataclass(frozen=True)
class Guests:
    """Some of an event's guests, by what they need; never a name (D9)."""

    category_id: int | None
    invited: int | None
    words: str = ""
    number: str = ""


def guest_problems(told: Guests, *, seats: int) -> list[Problem]:
    """`seats`: how many of the event's guests are not written down yet."""
    found = [] if told.category_id else [required("category")]
    if told.invited is None or told.invited < 1:
        found.append(Problem("invited", _("How many people? Only the number."), "invited"))
    elif told.invited > seats:
        found.append(Problem("seats", _("The event has no room for so many more."), "invited"))
    return found


def came_problems(came: int | None, *, invited: int) -> list[Problem]:
    if came is None or not 0 <= came <= invited:
        return [Problem("came", _("How many of them came?"), "came")]
    return []


def unknown_case() -> Problem:
    return Problem("number", _("No case of yours has this number."), "number")


def invited_already() -> Problem:
    return Problem("twice", _("This case is invited already."), "number")


def use_problems(*, quantity: int | None, people: int | None, words: str, left: int) -> list[Problem]:
    found = [] if words.strip() else [required("words")]
    if quantity is None or quantity < 1:
        found.append(Problem("quantity", _("How many pieces?"), "quantity"))
    elif quantity > left:
        found.append(Problem("left", _("There are not that many left."), "quantity"))
    if people is None or people < 1:
        found.append(Problem("people", _("For how many people? Only the number."), "people"))
    return found
