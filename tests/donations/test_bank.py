"""The statement beside the books: money that left, what the account holds, and what nobody may leave unsaid (K12)."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from donations.facts import NewGift
from donations.models import BankExplanation, Deposit, Order, Payout, Withdrawal
from donations.selectors import bank as selectors
from donations.selectors.bank import Differences
from donations.services import backs, bank, filing, ledger, payouts
from donations.services.backs import Wanted as BackWanted
from donations.services.periods import close_month
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from tests.cast import NOW, Actor
from tests.donations.books_kit import TODAY, fund, given, giving, paid
from tests.donations.conftest import StandIn, charge_of
from tests.donations.test_odd import put
from tests.donations.test_payouts import asked, heating  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.rule("K12")]
As = Callable[..., Any]
PAGE = "/desk/accounts/bank/"


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOPECARE_HOME = tmp_path
    return tmp_path


@pytest.fixture
def payment(heating: Any, hana: Actor, eli: Actor, ivo: Actor) -> Payout:  # noqa: F811
    """200,000 won of 500,000 for the heating bill, booked as transferred today."""
    given("g1", 500_000)
    row = asked(hana, heating)
    payouts.approve(by=eli.viewer, key=row.uuid)
    return payouts.pay(by=ivo.viewer, key=row.uuid, bank_reference="T-7")


def account() -> str:
    return fund().receiver.account_number


def state(home: Path, *lines: str, name: str = "a.csv") -> None:
    """A statement of the East's account is there and read."""
    put(home, "bank", name, "\n".join(lines) + "\n")
    filing.take_files()


def found(ivo: Actor, until: date | None = None) -> Differences:
    with acting_as(ivo.viewer):
        return selectors.differences(ivo.viewer, until)


def said(ivo: Actor, kind: str, about: int, won: int, reason: str = "other") -> BankExplanation:
    return bank.explain(by=ivo.viewer, kind=kind, about=about, won=won, reason=reason, words="은행에 물어봄")


@pytest.mark.parametrize("how", ["mark", "reference", "payee"])
def test_money_that_left_is_the_payment_it_names(home: Path, payment: Payout, ivo: Actor, how: str) -> None:
    mark = f"P-{payment.uuid.hex[:8]}"
    line = {
        "mark": f"B1,{account()},{TODAY},다른이름,-200000,{mark}",
        "reference": f"T-7,{account()},{TODAY},,-200000",
        "payee": f"B1,{account()},{TODAY},한마음에너지(주,-200000",
    }[how]
    state(home, line, f"BALANCE,{account()},{TODAY},,300000")
    with giving():
        assert Withdrawal.objects.get().payout_id == payment.pk
    shown = found(ivo)
    assert shown.count == 0 and [one.won for one in shown.held] == [0]


@pytest.mark.parametrize(
    "line",
    [
        "B1,{account},{today},낯선사람,-200000",  # the sum alone says nothing about who was paid
        "B1,{account},{today},한마음에너지,-200001",
        "B1,{west},{today},한마음에너지,-200000,{mark}",
    ],
)
def test_money_that_left_for_somebody_else_is_a_difference_both_ways(
    home: Path, payment: Payout, ivo: Actor, line: str
) -> None:
    west = fund("west:general").receiver.account_number
    words = {"account": account(), "west": west, "today": TODAY, "mark": f"P-{payment.uuid.hex[:8]}"}
    day_before = TODAY - timedelta(days=1)
    balances = (f"BALANCE,{account()},{day_before},,500000", f"BALANCE,{account()},{TODAY},,500000")
    state(home, line.format(**words), *balances)
    shown = found(ivo)
    assert [one.row.payout_id for one in shown.left] == [None]
    assert [one.row.pk for one in shown.missing] == [payment.pk]


def test_a_line_that_came_before_its_payment_was_booked_waits_for_it(
    home: Path,
    heating: Any,  # noqa: F811
    hana: Actor,
    eli: Actor,
    ivo: Actor,
) -> None:
    given("g1", 500_000)
    row = asked(hana, heating)
    state(home, f"B1,{account()},{TODAY},모름,-200000,P-{row.uuid.hex[:8]}")
    assert found(ivo).count == 1
    payouts.approve(by=eli.viewer, key=row.uuid)
    payouts.pay(by=ivo.viewer, key=row.uuid, bank_reference="T-7")
    filing.take_files()
    assert found(ivo).count == 0


def test_a_transfer_back_has_its_line_and_what_the_operating_account_owes_is_seen(
    home: Path, transferred: Callable[..., Order], ivo: Actor, eli: Actor
) -> None:
    order = transferred(50_000)
    paid("p1", 40_000)
    wanted = BackWanted(won=50_000, reason="asked", payee_name="도하람", payee_account="예시은행 000-0000-0055")
    row = backs.request(by=ivo.viewer, charge_id=charge_of(order).pk, wanted=wanted)
    backs.approve(by=eli.viewer, key=row.uuid)
    backs.pay(by=ivo.viewer, key=row.uuid, bank_reference="T-9")
    state(home, f"B1,{account()},{TODAY},도하람,-50000", f"BALANCE,{account()},{TODAY},,-40000")
    with giving():
        assert Withdrawal.objects.get().back_id == row.pk
    assert [one.won for one in found(ivo).apart] == [-40_000]


def test_a_balance_that_differs_stays_until_it_is_explained_or_mended(home: Path, ivo: Actor, city: object) -> None:
    given("g1", 500_000)
    days = [TODAY + timedelta(days=number) for number in range(4)]
    wons = (500_000, 499_500, 499_500, 500_000)
    for day, won in zip(days, wons, strict=True):
        with clock.pinned(NOW + (day - TODAY)):
            state(home, f"BALANCE,{account()},{day},,{won}", name=f"{day}.csv")
            if day == days[2]:  # the second day of the same difference is no second one
                apart = found(ivo, day).apart
                assert [(one.won, one.row.day, one.last) for one in apart] == [(-500, days[1], days[2])]
                with pytest.raises(errors.Impossible):
                    said(ivo, "balance", apart[0].row.pk, -501)
                said(ivo, "balance", apart[0].row.pk, -500, "bank")
                assert found(ivo, day).apart == []
                with pytest.raises(errors.Impossible):
                    said(ivo, "balance", apart[0].row.pk, -500)
    with clock.pinned(NOW + timedelta(days=3)):
        assert [one.won for one in found(ivo, days[3]).held] == [0]


def test_a_difference_whose_first_day_is_long_ago_keeps_its_word(
    home: Path, ivo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "COMPARED", timedelta(days=10))
    given("g1", 500_000)
    state(home, f"BALANCE,{account()},{TODAY},,499500")
    said(ivo, "balance", found(ivo).apart[0].row.pk, -500, "bank")
    later = TODAY + timedelta(days=40)
    with clock.pinned(NOW + timedelta(days=40)):
        state(home, f"BALANCE,{account()},{later},,499500", name="b.csv")
        assert found(ivo, later).apart == []
        state(home, f"BALANCE,{account()},{later},,499400", name="c.csv")
        assert [one.won for one in found(ivo, later).apart] == [-600]


def test_a_deposit_counts_on_its_day_at_the_bank_however_late_it_was_booked(
    home: Path, ordered: Callable[..., Order], ivo: Actor
) -> None:
    friday = TODAY - timedelta(days=3)
    order = ordered(50_000, "bank")
    state(home, f"B1,{account()},{friday},{order.code[:6]},50000", f"BALANCE,{account()},{friday},,50000")
    with giving():
        assert Deposit.objects.get().journal_id
    assert found(ivo).count == 0 and [one.won for one in found(ivo).held] == [0]


def test_a_deposit_that_is_no_gift_is_explained_and_leaves_both_lists(home: Path, ivo: Actor, as_: As) -> None:
    state(home, f"B1,{account()},{TODAY},빛나래,70000")
    desk = as_(ivo)
    with giving():
        row = Deposit.objects.get()
    assert f"{PAGE}deposit/{row.pk}/" in desk.get(PAGE).content.decode()
    told = {"won": "70000", "reason": "provider", "words": "11월 정산분"}
    assert desk.post(f"{PAGE}deposit/{row.pk}/", told).status_code == 302
    assert "빛나래" not in desk.get(PAGE).content.decode() + desk.get("/desk/accounts/").content.decode()
    assert "11월 정산분" in desk.get(PAGE).content.decode()


def test_a_person_says_which_payment_a_line_is(home: Path, payment: Payout, as_: As, ivo: Actor, hana: Actor) -> None:
    state(home, f"B1,{account()},{TODAY},김임대,-200000")
    with giving():
        row = Withdrawal.objects.get()
    desk, url = as_(ivo), f"{PAGE}lines/{row.pk}/"
    assert "/desk/accounts/bank/" in desk.get("/desk/accounts/").content.decode()
    assert f"payout-{payment.pk}" in desk.get(PAGE).content.decode()
    assert as_(hana).get(PAGE).status_code == as_(hana).post(url).status_code == 404
    for chosen in ("payout-0", "back-1", "", f"payout-{payment.pk}"):
        assert found(ivo).count == 1
        desk.post(url, {"payment": chosen})
    assert found(ivo).count == 0
    with giving():
        row.refresh_from_db()
        assert (row.payout_id, row.worked_by_id) == (payment.pk, ivo.id)


def test_the_auditor_reads_and_the_books_keep_each_word(home: Path, payment: Payout, ivo: Actor) -> None:
    state(home, f"B1,{account()},{TODAY},김임대,-200000")
    row = said(ivo, "withdrawal", found(ivo).left[0].row.pk, 200_000)
    with acting_as(ivo.viewer), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        BankExplanation.objects.filter(pk=row.pk).update(words="x")
    with giving(), pytest.raises(IntegrityError), transaction.atomic():
        values = {"receiver": fund().receiver, "booked_on": TODAY, "amount_won": 200_000, "payout": payment}
        for reference in ("X1", "X2"):
            Withdrawal.objects.create(bank_reference=reference, **values)


def test_a_month_closes_with_open_differences_only_when_somebody_says_so(home: Path, as_: As, ivo: Actor) -> None:
    october = date(2026, 10, 20)
    state(home, f"B1,{account()},{october},김임대,-200000")
    with pytest.raises(errors.Impossible) as refusal:
        close_month(by=ivo.viewer, month=october)
    assert refusal.value.problems[0].code == "differences"
    desk = as_(ivo)
    assert 'name="aware"' in desk.get("/desk/accounts/").content.decode()
    desk.post("/desk/accounts/close/", {"month": "2026-10-01"})
    assert 'id="month"' in desk.get("/desk/accounts/").content.decode()
    desk.post("/desk/accounts/close/", {"month": "2026-10-01", "aware": "on"})
    assert 'id="month"' not in desk.get("/desk/accounts/").content.decode()


def test_the_bank_itself_tells_transfers_and_balances(payments: StandIn, payment: Payout, as_: As, ivo: Actor) -> None:
    """The stand-in's own sheet and statement, read by ours."""
    payments.post("opening", account=account(), won=500_000)
    line = f"{account()},예시은행 00-11,한마음에너지,200000,희망케어,P-{payment.uuid.hex[:8]}"
    payments.post("transfers", sheet=f"출금계좌,계좌,예금주,금액,표시,메모\n{line}\n")
    payments.post("deposit", account=account(), name="모름", won=7_000)
    with clock.pinned(clock.now()):
        filing.take_files()
    with giving():
        row = Withdrawal.objects.get()
        assert row.payout_id == payment.pk and row.memo.startswith("P-")
        day = row.booked_on
    held = {one.row.receiver_id: one for one in found(ivo, max(day, TODAY)).held}
    assert held[fund().receiver_id].closing_won == 307_000


@pytest.mark.rule("R73")
@pytest.mark.parametrize("month", [date(2026, 7, 1), date(2026, 5, 1)])
def test_the_database_closes_months_in_order_alone(ivo: Actor, month: date) -> None:
    with giving() as viewer:
        rows = [NewGift(fund().pk, 1_000, "once", date(2026, 6, 7))]
        ledger.receive(by=viewer, key="june", gifts=rows, booked_on=date(2026, 6, 7), into="bank")
    close = "insert into donations_closedperiod (month, closed_at, closed_by_id) values (%s, now(), %s)"
    if month < date(2026, 6, 1):
        close_month(by=ivo.viewer, month=date(2026, 6, 1))
    with pytest.raises(errors.Impossible):
        close_month(by=ivo.viewer, month=month)
    with acting_as(ivo.viewer), pytest.raises(IntegrityError, match="in order"), transaction.atomic():
        connection.cursor().execute(close, [month, ivo.id])
