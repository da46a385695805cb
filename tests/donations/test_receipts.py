"""Receipts for taxes: one per gift, void and new when money goes back, filed once, the number kept no longer (K14)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction

from donations.models import Donor, Filing, Order, Receipt, TaxNumber
from donations.rules import receipts as rules
from donations.selectors.follow import follow
from donations.selectors.receipts import offices, register_rows, years_behind
from donations.services import charging, receipts
from donations.services.receipts import Asked
from hopecare.kernel import clock, codes, errors
from hopecare.kernel.access import acting_as
from tests.cast import Actor
from tests.donations.books_kit import GIVING, fund, given, giving
from tests.donations.conftest import StandIn, charge_of

pytestmark = pytest.mark.django_db
NUMBER = "000101-9000000"  # born in 1800: nobody has it
Ordered = Callable[..., Order]


@pytest.fixture
def paid(payments: StandIn, ordered: Ordered) -> Order:
    """50,000 won by card, arrived, with a telephone."""
    order = ordered(50_000, phone="010-0000-0055")
    payments.post("finish", id=charge_of(order).reference)
    charging.look_again("stripe", charge_of(order).reference)
    return order


def ask(order: Order, **told: Any) -> list[Receipt]:
    years = years_behind(follow(order.code))
    asked = Asked(**{"kind": "person", "name": "도하람", "number": NUMBER, "consent": True, **told})
    return receipts.ask(by=GIVING, year=years[0] if years else None, asked=asked)


def shown() -> list[tuple[str, int, str]]:
    with giving():
        return [(row.number, row.amount_won, row.void_reason) for row in Receipt.objects.order_by("pk")]


@pytest.mark.rule("K14")
def test_one_receipt_per_gift_and_a_second_is_refused_twice(paid: Order) -> None:
    assert [row.number for row in ask(paid)] == ["2026-000001"]
    with pytest.raises(errors.Impossible):
        ask(paid)
    with giving(), pytest.raises(IntegrityError, match="receipt_one_per_gift"), transaction.atomic():
        row = Receipt.objects.get()
        row.pk, row.serial = None, 2
        row.save(force_insert=True)


@pytest.mark.rule("K14")
def test_money_that_went_back_makes_it_void_and_a_new_one_says_what_is_left(paid: Order, ivo: Actor) -> None:
    ask(paid)
    charge = charge_of(paid)
    charging.refund(by=ivo.viewer, charge_id=charge.pk, won=20_000)
    assert shown() == [("2026-000001", 50_000, "refund"), ("2026-000002", 30_000, "")]
    charging.refund(by=ivo.viewer, charge_id=charge.pk, won=30_000)
    assert shown()[1:] == [("2026-000002", 30_000, "refund")]
    with pytest.raises(errors.Impossible):
        ask(paid)


@pytest.mark.rule("K14")
def test_a_sheet_is_filed_once_and_the_number_goes_with_it(paid: Order, ivo: Actor, hana: Actor) -> None:
    ask(paid)
    here, by = fund().receiver_id, ivo.viewer
    with pytest.raises(errors.Forbidden):
        receipts.make_sheet(by=hana.viewer, receiver_id=here)
    sheet = receipts.make_sheet(by=by, receiver_id=here)
    assert receipts.make_sheet(by=by, receiver_id=here).pk == sheet.pk
    lines = receipts.sheet_rows(by=by, filing_id=sheet.pk)
    assert [line[4] for line in lines[1:]] == [NUMBER] and lines[1][-1] == 50_000
    receipts.taken(by=by, filing_id=sheet.pk)
    with giving():
        assert TaxNumber.objects.get().digits == ""
    with pytest.raises(errors.Impossible):
        receipts.make_sheet(by=by, receiver_id=here)
    charging.refund(by=by, charge_id=charge_of(paid).pk, won=50_000)  # what the office knows is taken back there
    again = receipts.sheet_rows(by=by, filing_id=receipts.make_sheet(by=by, receiver_id=here).pk)
    assert [line[0] for line in again[1:]] == ["취소"]


@pytest.mark.rule("K8")
def test_no_person_s_session_reads_a_number(paid: Order, ivo: Actor) -> None:
    ask(paid)
    with acting_as(ivo.viewer):
        assert Receipt.objects.exists() and not TaxNumber.objects.exists()
        assert all(NUMBER not in str(row) for row in register_rows(ivo.viewer, 2026))
        assert next(row.waiting for row in offices(ivo.viewer, 2026) if row.receiver.pk == fund().receiver_id) == 1
    with giving(), connection.cursor() as cursor:
        cursor.execute("select digits from donations_taxnumber")
        assert NUMBER not in cursor.fetchone()[0]


@pytest.mark.parametrize("change", ["amount_won = 60000", "gift_id = gift_id", "serial = 9"])
def test_a_receipt_is_never_edited(paid: Order, change: str) -> None:
    ask(paid)
    with giving(), pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update donations_receipt set {change}")


def test_no_receipt_says_more_than_was_given(paid: Order) -> None:
    row = ask(paid)[0]
    other = given("g1", 10_000)
    with giving(), pytest.raises(Error, match="was not given"), transaction.atomic():
        row.pk, row.serial, row.gift, row.given_on = None, 5, other, other.received_on
        row.save(force_insert=True)


def test_the_accountant_makes_a_wrong_one_void_and_the_giver_asks_again(paid: Order, ivo: Actor) -> None:
    row = ask(paid, name="도허람")[0]
    receipts.void(by=ivo.viewer, receipt_id=row.pk)
    assert ask(paid)[0].replaces_id == row.pk
    with pytest.raises(errors.Impossible):
        receipts.void(by=ivo.viewer, receipt_id=row.pk)


@pytest.mark.parametrize(
    ("kind", "typed", "right"),
    [
        ("person", "000101 9000000", "000101-9000000"),
        ("person", "001301-9000000", None),
        ("person", "000101-90000", None),
        ("company", "0000000000", "000-00-00000"),
        ("company", "000-00-00001", None),
    ],
)
def test_numbers_that_cannot_be(kind: str, typed: str, right: str | None) -> None:
    assert rules.normal_number(kind, typed) == right


def test_what_went_back_is_taken_from_the_first_gifts_of_a_payment() -> None:
    assert rules.nets([(1, 5_000), (2, 10_000)], 7_000) == {1: 0, 2: 8_000}


@pytest.mark.rule("K12")
def test_in_january_each_giver_is_told_of_the_year_once(paid: Order) -> None:
    assert receipts.tell_of_the_year() == 0
    with clock.pinned(datetime(2027, 1, 11, 10, 0, tzinfo=clock.SEOUL)):
        assert [receipts.tell_of_the_year() for _ in "ab"] == [1, 0]
    with giving():
        assert Donor.objects.get().told_year == 2026


def test_the_giver_asks_on_the_page_prints_and_the_accountant_files(
    as_: Callable[..., Any], paid: Order, ivo: Actor
) -> None:
    url = f"/donate/follow/{codes.shown(paid.code)}/receipts/"
    told = {"year": "2026", "kind": "person", "name": "도하람", "number": NUMBER, "consent": "on"}
    assert as_().post(url, {**told, "number": "12"}).status_code == 422
    assert as_().post(url, told).status_code == 302
    page, paper = as_().get(url).content.decode(), as_().get(f"{url}2026/").content.decode()
    assert "50,000" in page and "000101-*******" in paper and NUMBER not in page + paper
    desk, register = as_(ivo), "/desk/accounts/receipts/"
    assert "2026-000001" in desk.get(register).content.decode()
    assert "도하람" in desk.get(f"{register}register.csv").content.decode()
    desk.post(f"{register}sheets/new/{fund().receiver_id}/")
    with acting_as(ivo.viewer):
        sheet = Filing.objects.get()
    assert NUMBER in desk.post(f"{register}sheets/{sheet.pk}/").content.decode()
    assert desk.post(f"{register}sheets/{sheet.pk}/taken/").status_code == 302
    assert NUMBER not in desk.post(f"{register}sheets/{sheet.pk}/").content.decode()
    assert desk.post(f"{register}999/void/").status_code == 404


def test_a_giver_with_an_account_sees_her_own_and_nobody_else_s(
    as_: Callable[..., Any], payments: StandIn, ordered: Ordered, dee: Actor, fay: Actor
) -> None:
    order = ordered(30_000, user_id=dee.id)
    payments.post("finish", id=charge_of(order).reference)
    charging.look_again("stripe", charge_of(order).reference)
    given("g1", 70_000)
    page = as_(dee).get("/donate/mine/").content.decode()
    assert "30,000" in page and "70,000" not in page
    told = {"kind": "person", "name": "도하람", "number": NUMBER, "consent": "on"}
    assert as_(dee).post("/donate/mine/receipts/", told).status_code == 302
    assert "2026-000001" in as_(dee).get("/donate/mine/receipts/2026/").content.decode()
    assert as_(fay).get("/donate/mine/").status_code == 404


def test_the_form_of_a_giver_with_an_account_is_taken_by_a_browser(
    as_: Callable[..., Any], payments: StandIn, ordered: Ordered, dee: Actor
) -> None:
    """With the session's own token, as every page of a session needs it; behind a number there is no session."""
    order = ordered(30_000, user_id=dee.id)
    payments.post("finish", id=charge_of(order).reference)
    charging.look_again("stripe", charge_of(order).reference)
    client = as_(dee)
    client.handler.enforce_csrf_checks = True
    page = client.get("/donate/mine/receipts/").content.decode()
    assert "2026 · 30,000원" in page
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    told = {"year": "2026", "kind": "person", "name": "도하람", "number": NUMBER, "consent": "on"}
    assert client.post("/donate/mine/receipts/", told).status_code == 403
    done = client.post("/donate/mine/receipts/", {**told, "csrfmiddlewaretoken": token}, follow=True)
    assert "영수증 1장을 발급했습니다" in done.content.decode()
