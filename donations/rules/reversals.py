"""Whether an entry may be undone by its mirror image, and which other door it has: values in, problems out (R73)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

#: Entries whose other side is a payment company or a deposit that follows them: their own door undoes more than books.
OTHER_DOORS: dict[str, str | Promise] = {
    "settlement": _("What a payment company passed on stands as it told us; a difference belongs to the bank's page."),
    "refund": _("Money that went back to its giver comes in again as a new gift."),
    "return": _("What a payee sent back is booked with its deposit; it cannot be undone by itself."),
    "reversal": _("A reversal is not reversed: book the entry anew."),
}


@dataclass(frozen=True)
class Entry:
    """`by_company`: a card or a debit paid it. `returned`: some of it came back from its payee."""

    kind: str
    reversed: bool
    standing: bool
    returned: bool
    by_company: bool


def problems(entry: Entry) -> list[Problem]:
    """What keeps it from being undone, the reason aside."""
    if entry.reversed:
        return [already()]
    if entry.standing:
        return [Problem("standing", _("Somebody has asked for this already; it waits for the second look."))]
    if entry.kind in OTHER_DOORS:
        return [Problem("door", str(OTHER_DOORS[entry.kind]))]
    if entry.returned:
        return [Problem("door", _("Some of this payment came back already; only the rest could, and by its own door."))]
    if entry.by_company:
        return [Problem("door", _("A gift by card or debit goes back to its giver by a refund."))]
    return []


def reason_problems(reason: str) -> list[Problem]:
    return [] if reason.strip() else [required("reason")]


def already() -> Problem:
    return Problem("reversed", _("This entry has been reversed already."))


def refused() -> Problem:
    return Problem("refused", _("The books do not take it: its money was spent or is not in this account any more."))


def own_request() -> Problem:
    return Problem("own", _("Whoever asked for it cannot confirm it. A second person must look."))


def not_now() -> Problem:
    return Problem("state", _("Somebody was faster: this has been decided already."))
