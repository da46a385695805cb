"""A wrong entry is undone by its mirror image: a reason, a second person, and nothing the ledger would refuse (R73)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from donations.errors import Refused
from donations.facts import NewGift
from donations.models import Deposit, Journal, Order, Payout, Reversal
from donations.selectors import reversals as selectors
from donations.selectors.ledger import fund_balance, trouble
from donations.services import charging, filing, ledger, payouts, periods, reversals
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.services.cast import put_member
from tests.cast import Actor
from tests.donations.books_kit import TODAY, fund, given, giving, left, paid
from tests.donations.conftest import charge_of
from tests.donations.test_payouts import asked, heating  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R73")]
As = Callable[..., Any]
PAGE = "/desk/accounts/journals/"


def wished(by: Actor, journal_id: int, reason: str = "다른 기금에서 나갈 돈") -> Reversal:
    return reversals.request(by=by.viewer, journal_id=journal_id, reason=reason)


def codes(refusal: pytest.ExceptionInfo[errors.Impossible]) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def whole() -> bool:
    with giving():
        return trouble() == []


def test_an_entry_is_undone_once_by_a_second_person_alone(ivo: Actor, eli: Actor, hana: Actor) -> None:
    gift = given("g1", 50_000)
    posted = paid("p1", 20_000)
    row = wished(ivo, posted.id)
    for who, error in ((ivo, errors.Impossible), (hana, errors.Forbidden)):
        with pytest.raises(error):
            reversals.confirm(by=who.viewer, key=row.uuid)
    assert left(gift) == 30_000
    assert reversals.confirm(by=eli.viewer, key=row.uuid).booked_id
    assert left(gift) == 50_000 and fund_balance(fund().pk) == 50_000 and whole()
    with pytest.raises(errors.Impossible) as refusal:
        wished(ivo, posted.id)
    assert codes(refusal) == ["reversed"]
    with pytest.raises(errors.Impossible):
        reversals.confirm(by=eli.viewer, key=row.uuid)


def test_the_head_of_another_centre_sees_nothing_of_it(ivo: Actor) -> None:
    mina = Actor(put_member("mina"))
    given("g1", 50_000)
    row = wished(ivo, paid("p1", 20_000).id)
    with pytest.raises(errors.NotFound):
        reversals.confirm(by=mina.viewer, key=row.uuid)


def test_what_the_ledger_refuses_is_refused_when_it_is_asked(ivo: Actor) -> None:
    gift = given("g1", 50_000)
    paid("p1", 20_000)
    with pytest.raises(errors.Impossible) as refusal:
        wished(ivo, gift.journal_id)
    assert codes(refusal) == ["refused"]
    with pytest.raises(errors.Impossible) as refusal:
        wished(ivo, given("g2", 1_000).journal_id, reason=" ")
    assert codes(refusal) == ["required"]
    with pytest.raises(errors.NotFound):
        wished(ivo, 0)


def test_what_was_spent_meanwhile_is_refused_when_it_is_confirmed(ivo: Actor, eli: Actor) -> None:
    gift = given("g1", 50_000)
    row = wished(ivo, gift.journal_id)
    paid("p1", 20_000)
    with pytest.raises(errors.Impossible) as refusal:
        reversals.confirm(by=eli.viewer, key=row.uuid)
    assert codes(refusal) == ["refused"] and left(gift) == 30_000
    assert reversals.refuse(by=eli.viewer, key=row.uuid, why="이미 쓰였음").state == "rejected"
    assert wished(ivo, given("g2", 1_000).journal_id).state == "requested"


def test_an_entry_of_a_closed_month_is_undone_in_the_open_one(ivo: Actor, eli: Actor) -> None:
    october = date(2026, 10, 7)
    with giving() as viewer:
        rows = [NewGift(fund().pk, 9_000, "once", october)]
        posted = ledger.receive(by=viewer, key="oct", gifts=rows, booked_on=october, into="bank")
    periods.close_month(by=ivo.viewer, month=october)
    row = reversals.confirm(by=eli.viewer, key=wished(ivo, posted.id).uuid)
    with giving():
        assert Journal.objects.get(pk=row.booked_id).booked_on == TODAY and fund_balance(fund().pk) == 0


def test_the_database_keeps_the_second_person_and_reverses_as_a_whole(ivo: Actor, eli: Actor) -> None:
    given("g1", 50_000)
    posted = paid("p1", 20_000)
    row = wished(ivo, posted.id)
    changes: tuple[tuple[dict[str, Any], str], ...] = (
        ({"confirmed_by_id": ivo.id}, "second_person"),
        ({"state": "booked", "confirmed_by_id": eli.id}, "booked_by_a_second"),
    )
    for change, name in changes:
        with acting_as(ivo.viewer), pytest.raises(IntegrityError, match=name), transaction.atomic():
            Reversal.objects.filter(pk=row.pk).update(**change)
    done = reversals.confirm(by=eli.viewer, key=row.uuid)
    other = paid("p2", 20_000)
    with giving() as viewer:
        ledger.take_return(by=viewer, key="r", journal_id=other.id, won=5_000, booked_on=TODAY)
        for journal in (other.id, done.booked_id or 0):
            with pytest.raises(Refused, match="undone already"), transaction.atomic():
                ledger.reverse(by=viewer, journal_id=journal, booked_on=TODAY, memo="x")
        with pytest.raises(Refused), transaction.atomic():
            ledger.take_return(by=viewer, key="r2", journal_id=posted.id, won=5_000, booked_on=TODAY)
    for journal in (other.id, done.booked_id or 0):
        with pytest.raises(errors.Impossible) as refusal:
            wished(ivo, journal)
        assert codes(refusal) == ["door"]


def test_a_payment_that_is_undone_stands_as_never_made(
    heating: Any,  # noqa: F811
    hana: Actor,
    eli: Actor,
    ivo: Actor,
) -> None:
    gift = given("g1", 500_000)
    row = asked(hana, heating)
    payouts.approve(by=eli.viewer, key=row.uuid)
    row = payouts.pay(by=ivo.viewer, key=row.uuid, bank_reference="T-7")
    reversals.confirm(by=eli.viewer, key=wished(ivo, row.journal_id or 0).uuid)
    with giving():
        row = Payout.objects.get(pk=row.pk)
    assert (row.state, row.net_won, left(gift)) == ("returned", 0, 500_000) and whole()


def test_a_deposit_that_was_matched_wrongly_waits_for_its_place_again(
    transferred: Callable[..., Order], ivo: Actor, eli: Actor
) -> None:
    order = transferred(50_000)
    charge = charge_of(order)
    reversals.confirm(by=eli.viewer, key=wished(ivo, charge.journal_id or 0).uuid)
    assert charge_of(order).refunded_won == 50_000
    with giving():
        deposit = Deposit.objects.get()
        assert deposit.journal_id is None and deposit.order_id is None
    for _ in "ab":
        filing.book_interest(by=ivo.viewer, deposit_id=deposit.pk)
        with giving():
            deposit.refresh_from_db()
        reversals.confirm(by=eli.viewer, key=wished(ivo, deposit.journal_id or 0).uuid)
    assert fund_balance(fund("east:general").pk) == fund_balance(fund().pk) == 0 and whole()


def test_a_card_goes_back_by_its_own_door(ivo: Actor, ordered: Callable[..., Order], payments: Any) -> None:
    order = ordered(50_000)
    payments.post("finish", id=charge_of(order).reference)
    charging.look_again("stripe", charge_of(order).reference)
    with pytest.raises(errors.Impossible) as refusal:
        wished(ivo, charge_of(order).journal_id or 0)
    assert codes(refusal) == ["door"]


def test_the_pages_lead_from_the_search_to_the_second_look(as_: As, ivo: Actor, eli: Actor, hana: Actor) -> None:
    given("g1", 50_000)
    posted = paid("p1", 20_000)
    desk, head, url = as_(ivo), as_(eli), f"{PAGE}{posted.id}/"
    for typed in (f"#{posted.id}", "20,000", str(TODAY), "p1"):
        assert url in desk.get(PAGE, {"q": typed}).content.decode()
    assert as_(hana).get(PAGE).status_code == as_(hana).get(url).status_code == head.get(url).status_code == 404
    assert desk.post(url, {"reason": ""}).status_code == 422
    where = desk.post(url, {"reason": "중복 입력"}).headers["Location"]
    assert desk.post(where, {"do": "confirm"}).status_code == 422
    assert PAGE in head.get("/desk/payouts/").content.decode() and where in head.get(PAGE).content.decode()
    with acting_as(eli.viewer):
        assert selectors.waiting(eli.viewer) == 1
    assert 'value="confirm"' in head.get(where).content.decode()
    assert head.post(where, {"do": "confirm"}).status_code == 302
    shown = desk.get(PAGE).content.decode()
    assert "중복 입력" in shown and "이을영" in shown
