"""Whether a deposit may be what a payee sent back: values in, problems out (R73)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required


@dataclass(frozen=True)
class Found:
    """`out_won`: paid, less what came back before; `same_account`: paid from the account into which it came."""

    won: int
    out_won: int
    same_account: bool
    reason: str


def problems(found: Found, *, reasons: tuple[str, ...]) -> list[Problem]:
    wrong = [] if found.reason in reasons else [required("reason")]
    if not found.same_account:
        words = _("This payment left another dedicated account. Please look for one of this centre.")
        wrong.append(Problem("account", words, "payout"))
    elif found.won > found.out_won:
        wrong.append(Problem("much", _("More came in than was paid. Please look for another payment."), "payout"))
    return wrong


def no_payment() -> Problem:
    return Problem("payment", _("Please choose which payment came back."), "payout")


def has_its_place() -> Problem:
    return Problem("booked", _("This deposit has its place already."))
