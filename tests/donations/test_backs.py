"""Transfers and debits that go back: a second person, the payer's account, receipts that follow (K11, K14)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from donations.models import Charge, MoneyBack, Order, Pledge, Receipt
from donations.rules.campaigns import Plan
from donations.selectors import backs as selectors
from donations.selectors.follow import follow
from donations.selectors.ledger import fund_balance, trouble
from donations.selectors.receipts import years_behind
from donations.services import backs, campaigns, filing, monthly, receipts
from donations.services.backs import Wanted
from donations.services.receipts import Asked
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as
from tests.cast import Actor
from tests.donations.books_kit import GIVING, TODAY, fund, giving, paid
from tests.donations.conftest import StandIn, charge_of

pytestmark = pytest.mark.django_db
Transferred = Callable[..., Order]


def asked(actor: Actor, order: Order | Pledge, won: int, **fields: Any) -> MoneyBack:
    usual = {"reason": "asked", "payee_name": "도하람", "payee_account": "예시은행 000-0000-0055"}
    wanted = Wanted(**{"won": won, **usual, **fields})
    return backs.request(by=actor.viewer, charge_id=charge_of(order).pk, wanted=wanted)


def sent(ivo: Actor, eli: Actor, order: Order | Pledge, won: int, **fields: Any) -> MoneyBack:
    row = asked(ivo, order, won, **fields)
    backs.approve(by=eli.viewer, key=row.uuid)
    return backs.pay(by=ivo.viewer, key=row.uuid, bank_reference="T-9")


def whole() -> bool:
    with giving():
        return trouble() == []


@pytest.mark.rule("K14")
def test_a_transfer_goes_back_after_a_second_look_and_its_receipt_says_what_is_left(
    transferred: Transferred, ivo: Actor, eli: Actor
) -> None:
    order = transferred(50_000)
    told = Asked(kind="person", name="도하람", number="000101-9000000", consent=True)
    receipts.ask(by=GIVING, year=years_behind(follow(order.code))[0], asked=told)
    row = asked(ivo, order, 20_000)
    with pytest.raises(errors.Impossible):
        backs.pay(by=ivo.viewer, key=row.uuid, bank_reference="T-9")
    with pytest.raises(errors.Forbidden):
        backs.approve(by=ivo.viewer, key=row.uuid)
    backs.approve(by=eli.viewer, key=row.uuid)
    for reference, fits in (("", False), ("T-9", True), ("T-10", False)):
        if fits:
            backs.pay(by=ivo.viewer, key=row.uuid, bank_reference=reference)
        else:
            with pytest.raises(errors.Impossible):
                backs.pay(by=ivo.viewer, key=row.uuid, bank_reference=reference)
    assert fund_balance(fund().pk) == 30_000 and charge_of(order).refunded_won == 20_000 and whole()
    with giving():
        shown = [(one.number, one.amount_won, one.void_reason) for one in Receipt.objects.order_by("pk")]
    assert shown == [("2026-000001", 50_000, "refund"), ("2026-000002", 30_000, "")]


@pytest.mark.rule("R15")
def test_what_was_spent_already_is_borne_by_the_operating_account(
    transferred: Transferred, ivo: Actor, eli: Actor
) -> None:
    order = transferred(50_000)
    paid("p1", 40_000)
    assert sent(ivo, eli, order, 50_000).borne_won == 40_000
    assert (fund_balance(fund().pk), fund_balance(fund("east:operating").pk)) == (0, -40_000) and whole()


def test_whoever_asks_cannot_approve_not_even_in_sql(transferred: Transferred, ivo: Actor, eli: Actor) -> None:
    row = asked(ivo, transferred(), 1_000)
    changes: tuple[tuple[dict[str, Any], str], ...] = (
        ({"approved_by_id": ivo.id, "approved_at": row.requested_at}, "second_approver"),
        ({"state": "approved"}, "approved_by_somebody"),
        ({"state": "paid", "approved_by_id": eli.id, "approved_at": row.requested_at}, "with_reference"),
    )
    for change, name in changes:
        with acting_as(ivo.viewer), pytest.raises(IntegrityError, match=name), transaction.atomic():
            MoneyBack.objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize(
    ("won", "fields", "code"),
    [
        (50_001, {}, "amount"),
        (0, {}, "amount"),
        (1_000, {"payee_account": " "}, "required"),
        (1_000, {"reason": "because"}, "required"),
    ],
)
def test_a_wish_is_refused(transferred: Transferred, ivo: Actor, won: int, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(errors.Impossible) as refusal:
        asked(ivo, transferred(50_000), won, **fields)
    assert code in {problem.code for problem in refusal.value.problems}


def test_one_at_a_time_and_never_what_is_not_paid(transferred: Transferred, ivo: Actor, hana: Actor) -> None:
    order = transferred(50_000)
    asked(ivo, order, 1_000)
    with pytest.raises(errors.Impossible) as refusal:
        asked(ivo, order, 1_000)
    assert refusal.value.problems[0].code == "standing"
    with pytest.raises(errors.NotFound):
        backs.request(by=ivo.viewer, charge_id=0, wanted=Wanted(1_000, "asked", "도하람", "예시은행 1"))
    with pytest.raises(errors.Forbidden):
        asked(hana, order, 1_000)


def test_a_contested_debit_goes_back_once_the_bank_has_passed_it_on(
    payments: StandIn, enrolled: Callable[..., Pledge], ivo: Actor, eli: Actor
) -> None:
    pledge = enrolled("예시은행 000-11", "cms")
    monthly.run_today()
    payments.post("banks")
    filing.take_results()
    with pytest.raises(errors.Impossible) as refusal:
        asked(ivo, pledge, 5_000, reason="contest")
    assert [problem.code for problem in refusal.value.problems] == ["unsettled"]
    filing.take_settlements()
    sent(ivo, eli, pledge, 5_000, reason="contest")
    assert fund_balance(fund("east:general").pk) == 0 and whole()


@pytest.mark.rule("K11")
def test_what_a_campaign_did_not_use_goes_back_to_whoever_wanted_it(
    transferred: Transferred, hana: Actor, eli: Actor, ivo: Actor
) -> None:
    plan = Plan("겨울 난방 모금", "방을 데웁니다.", "living", 1_000_000, TODAY, TODAY + timedelta(days=60))
    row = campaigns.open_it(by=eli.viewer, code=campaigns.propose(by=hana.viewer, plan=plan).code)
    order = transferred(30_000, row.fund.code, overflow="return", source="campaign")
    transferred(20_000, row.fund.code, overflow="general", source="campaign", name="또하람")
    with acting_as(ivo.viewer):
        assert selectors.rests(ivo.viewer) == []
    campaigns.close(by=hana.viewer, code=row.code)
    campaigns.move_on(by=ivo.viewer, code=row.code, approval="")
    with acting_as(ivo.viewer):
        assert [(one.order.pk, one.won, one.by_card) for one in selectors.rests(ivo.viewer)] == [
            (order.pk, 30_000, False)
        ]
    sent(ivo, eli, order, 30_000, reason="rest")
    with acting_as(ivo.viewer):
        assert selectors.rests(ivo.viewer) == [] and fund_balance(row.fund_id or 0) == 0
    assert whole()


@pytest.mark.rule("K11")
def test_older_gifts_that_still_wait_hide_no_rest_that_is_owed(
    hana: Actor, eli: Actor, ivo: Actor, transferred: Transferred, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "SHOWN", 2)
    until = TODAY + timedelta(days=60)
    plans = [Plan(name, "방을 데웁니다.", "living", 1_000_000, TODAY, until) for name in ("겨울 난방", "봄 도배")]
    codes = [campaigns.propose(by=hana.viewer, plan=plan).code for plan in plans]
    open_one, closed = [campaigns.open_it(by=eli.viewer, code=code) for code in codes]
    for number in range(3):
        transferred(10_000, open_one.fund.code, overflow="return", source="campaign", name=f"도하람{number}")
    order = transferred(30_000, closed.fund.code, overflow="return", source="campaign")
    campaigns.close(by=hana.viewer, code=closed.code)
    campaigns.move_on(by=ivo.viewer, code=closed.code, approval="")
    with acting_as(ivo.viewer):
        assert [one.order.pk for one in selectors.rests(ivo.viewer)] == [order.pk]


def test_on_the_pages_from_the_number_to_the_bank_s_list(
    as_: Callable[..., Any], transferred: Transferred, ivo: Actor, eli: Actor, hana: Actor, chi: Actor
) -> None:
    order, desk = transferred(50_000), as_(ivo)
    found = desk.get("/desk/accounts/back/", {"code": order.code}).content.decode()
    url = f"/desk/accounts/back/new/{charge_of(order).pk}/"
    assert url in found and url in desk.get("/desk/accounts/").content.decode()
    told = {"amount": "50,000", "reason": "mistake", "payee_name": "도하람"}
    assert desk.post(url, told).status_code == 422
    page = desk.post(url, {**told, "payee_account": "예시은행 000-0000-0055"})["Location"]
    assert as_(hana).get(page).status_code == 404 and as_(chi).get(page).status_code == 404
    head = as_(eli)
    assert "/desk/accounts/back/" in head.get("/desk/payouts/").content.decode()
    assert page in head.get("/desk/accounts/back/").content.decode() and "도하람" in head.get(page).content.decode()
    assert head.post(page, {"do": "refuse"}).status_code == 422
    assert head.post(page, {"do": "approve"}).status_code == 302
    transfers = "/desk/payouts/transfers.csv"
    listed = desk.post(transfers).content.decode()
    assert "000-0000-0055" in listed and "50000" in listed and head.post(transfers).status_code == 404
    assert desk.post(page, {"do": "pay", "bank_reference": "T-9"}).status_code == 302
    assert "000-0000-0055" not in desk.post(transfers).content.decode()
    assert "50,000" in as_().get(f"/donate/follow/{order.code}/").content.decode()
    with giving():
        assert Charge.objects.get(order=order).refunded_won == 50_000
