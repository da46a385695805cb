"""Whether won may go back to a payer's account: values in, problems out (R15, K11)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required


@dataclass(frozen=True)
class Asked:
    """`open_won`: paid, less what went back already. `by_file`: a transfer or a debit, no card."""

    won: int | None
    open_won: int
    reason: str
    payee_name: str
    payee_account: str
    by_file: bool
    settled: bool


def problems(asked: Asked, *, reasons: tuple[str, ...]) -> list[Problem]:
    found = [required(name) for name in ("payee_name", "payee_account") if not getattr(asked, name).strip()]
    found += [] if asked.reason in reasons else [required("reason")]
    if not asked.by_file:
        found.append(Problem("card", _("This was paid by card and goes back the same way, from the accounts page.")))
    elif not asked.settled:
        words = _("The bank has not passed this debit on yet. It can go back when it is in the dedicated account.")
        found.append(Problem("unsettled", words))
    if asked.won is None or asked.won < 1 or asked.won > asked.open_won:
        most = _("Between 1 and %(most)s won, please.") % {"most": f"{max(0, asked.open_won):,}"}
        found.append(Problem("amount", most, "amount"))
    return found


def standing() -> Problem:
    return Problem("standing", _("Some of this payment is on its way back already. Please finish that first."))


def own_request() -> Problem:
    return Problem("own", _("Whoever asked for it cannot approve it. A second person must look."))


def not_now() -> Problem:
    return Problem("state", _("Somebody was faster: this is further on already."))
