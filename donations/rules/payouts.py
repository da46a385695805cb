"""Whether a payment may be asked for, approved and made: values in, problems out (K13, R71)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from donations.errors import no_money, not_for_this
from hopecare.kernel.errors import Problem, required

MOST_WON = 20_000_000


@dataclass(frozen=True)
class Asked:
    """`free_won`: in the dedicated account, less what is promised to other payments already.

    `for_children`: the purpose is children's alone (R72); `children`: some live there.
    """

    won: int | None
    purpose: str
    fund_purposes: tuple[str, ...]
    free_won: int
    payee_name: str
    payee_account: str
    why: str
    urgent: bool
    urgent_limit_won: int
    for_children: bool = False
    children: bool = False


def request_problems(asked: Asked) -> list[Problem]:
    found = [required(name) for name in ("payee_name", "payee_account", "why") if not getattr(asked, name).strip()]
    if asked.won is None or not 1 <= asked.won <= MOST_WON:
        found.append(Problem("amount", _("Between 1 and 20,000,000 won, please."), "amount"))
    elif asked.won > asked.free_won:
        found.append(no_money())
    if asked.purpose not in asked.fund_purposes:
        found.append(not_for_this("fund"))
    if asked.for_children and not asked.children:
        words = _("This line of the plan is for children: nobody below nineteen lives in this household.")
        found.append(Problem("children", words, "fund"))
    if asked.urgent and asked.won is not None and asked.won > asked.urgent_limit_won:
        words = _("This is too much for an urgent payment; it needs the second approval first.")
        found.append(Problem("urgent", words, "urgent"))
    return found


def elsewhere(team_id: int, asked_team_id: int | None) -> bool:
    """The case was handed over since the payment was asked for."""
    return asked_team_id is not None and team_id != asked_team_id


def paid_by_another() -> Problem:
    return Problem("centre", _("Gifts of another centre pay this; one of its people approves it."))


def handed_over() -> Problem:
    return Problem("handed_over", _("The case was handed over. Its team now proves this payment."))


def own_request() -> Problem:
    return Problem("own", _("Whoever asks for a payment cannot approve it. A second person must look."))


def not_now() -> Problem:
    return Problem("state", _("Somebody was faster: this payment is further on already."))
