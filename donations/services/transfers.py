"""The file for the bank: everything that was approved and not transferred yet, payments and money that goes back."""

from donations.access import visible_to
from donations.models import MoneyBack, Payout
from donations.rules.bank import mark_of
from donations.states import BackState, PayoutState
from hopecare.kernel import audit
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.permissions import Permission

#: What a bank's page for many transfers at once reads; compare it with the bank's own sheet before the first use.
COLUMNS = ("출금계좌", "입금은행·계좌번호", "예금주", "금액", "받는 분 통장표시", "메모")
MARK = "희망케어"


def transfer_rows(*, by: Viewer) -> list[tuple[str | int, ...]]:
    """Headings and one line a transfer; each look is written down, as accounts of people stand in it (K9)."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        paid = visible_to(by, Payout).filter(state=PayoutState.APPROVED).select_related("fund__receiver")
        back = visible_to(by, MoneyBack).filter(state=BackState.APPROVED).select_related("receiver")
        rows: list[tuple[str | int, ...]] = [
            _line(row.fund.receiver.account_number, row, mark_of("payout", row.uuid)) for row in paid.order_by("pk")
        ]
        rows += [_line(row.receiver.account_number, row, mark_of("back", row.uuid)) for row in back.order_by("pk")]
        audit.changed(by, "payout", [row.pk for row in paid], "transfers_made", lines=len(rows))
        return [COLUMNS, *rows]


def _line(account: str, row: Payout | MoneyBack, memo: str) -> tuple[str | int, ...]:
    return account, row.payee_account, row.payee_name, row.amount_won, MARK, memo
