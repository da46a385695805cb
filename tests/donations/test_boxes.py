"""Money boxes: two people count alone, the bank shows the same the next working day, and what differs is explained."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from donations.models import BoxCount, BoxTrip, Gift, MoneyBox
from donations.selectors import boxes as selectors
from donations.selectors.boxes import Counted
from donations.selectors.ledger import payable, trouble
from donations.services import boxes, filing
from donations.services.boxes import Holder
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from tests.cast import NOW, Actor
from tests.donations.books_kit import fund, giving
from tests.donations.conftest import StandIn

pytestmark = pytest.mark.django_db
HOLDER = Holder("shop", "행복분식", "010-0000-0301", "계산대 옆", date(2027, 5, 1))


@pytest.fixture
def back(hana: Actor) -> list[BoxTrip]:
    """Two boxes that came back, not counted."""
    made = boxes.register(by=hana.viewer, many=2)
    trips = [boxes.issue(by=hana.viewer, box_id=box.pk, holder=HOLDER) for box in made]
    return [boxes.take_back(by=hana.viewer, trip_id=trip.pk) for trip in trips]


@pytest.fixture
def confirmed(hana: Actor, eli: Actor, back: list[BoxTrip]) -> BoxCount:
    amounts: dict[int, int | None] = {back[0].pk: 83_450, back[1].pk: 21_050}
    first = boxes.count(by=hana.viewer, amounts=amounts)
    return boxes.confirm(by=eli.viewer, count_id=first.pk, amounts=amounts)


def bank(payments: StandIn, actor: Actor, row: BoxCount, won: int) -> None:
    """The sum stands on the statement with the slip's signs."""
    slip = seen(actor, row).bank.slip
    payments.post("deposit", account=fund().receiver.account_number, name=f"모금함{slip}", won=won)
    filing.take_files()


def seen(actor: Actor, row: BoxCount) -> Counted:
    with acting_as(actor.viewer):
        return selectors.one(actor.viewer, row.pk)


@pytest.mark.rule("R69")
@pytest.mark.rule("K12")
def test_what_two_people_counted_is_in_the_account_the_next_day_and_in_the_books(
    payments: StandIn, hana: Actor, confirmed: BoxCount
) -> None:
    assert confirmed.due_on == clock.next_working_day(NOW.date())
    bank(payments, hana, confirmed, 104_500)
    with giving():
        gift = Gift.objects.get()
        assert trouble() == []
    assert (gift.source, gift.amount_won, gift.fund_id) == ("box", 104_500, fund("east:general").pk)
    assert payable(gift.fund_id) == 104_500
    assert (seen(hana, confirmed).open, seen(hana, confirmed).bank.paid_on) == (False, NOW.date())


@pytest.mark.rule("R69")
def test_the_second_person_counts_alone_and_must_find_the_same(hana: Actor, eli: Actor, back: list[BoxTrip]) -> None:
    amounts: dict[int, int | None] = {back[0].pk: 50_000, back[1].pk: 0}
    row = boxes.count(by=hana.viewer, amounts=amounts)
    for who, told, code in ((hana, amounts, "own"), (eli, {**amounts, back[1].pk: 500}, "differs")):
        with pytest.raises(errors.Impossible) as refusal:
            boxes.confirm(by=who.viewer, count_id=row.pk, amounts=told)
        assert refusal.value.problems[0].code == code
    boxes.void(by=hana.viewer, count_id=row.pk)
    with acting_as(hana.viewer):
        assert [trip.pk for trip in selectors.uncounted(hana.viewer)] == [trip.pk for trip in back]
    again = boxes.count(by=eli.viewer, amounts=amounts)
    assert boxes.confirm(by=hana.viewer, count_id=again.pk, amounts=amounts).state == "confirmed"


@pytest.mark.rule("K12")
def test_another_sum_at_the_bank_waits_for_a_third_person_with_a_reason(
    payments: StandIn, hana: Actor, ivo: Actor, confirmed: BoxCount
) -> None:
    bank(payments, hana, confirmed, 104_000)
    assert payable(fund("east:general").pk) == 0
    with acting_as(ivo.viewer):
        waiting = selectors.to_explain(ivo.viewer)
    deposit = waiting[0].bank.deposit
    assert deposit is not None and waiting[0].difference_won == -500
    call = {"count_id": confirmed.pk, "deposit_id": deposit.pk}
    with pytest.raises(errors.Forbidden):
        boxes.explain(by=hana.viewer, words="동전 하나", **call)
    with pytest.raises(errors.Impossible):
        boxes.explain(by=ivo.viewer, words=" ", **call)
    row = boxes.explain(by=ivo.viewer, words="은행 기계가 낡은 500원 동전을 뱉음", **call)
    assert (row.difference_won, payable(fund("east:general").pk)) == (-500, 104_000)
    with acting_as(ivo.viewer):
        assert selectors.to_explain(ivo.viewer) == []


def test_money_that_is_not_at_the_bank_in_time_stands_on_the_worklist(ivo: Actor, confirmed: BoxCount) -> None:
    for days, late in ((1, 0), (2, 1)):
        with clock.pinned(NOW + timedelta(days=days)), acting_as(ivo.viewer):
            assert len(selectors.to_explain(ivo.viewer)) == late


@pytest.mark.rule("R69")
def test_the_database_itself_wants_two_people_and_keeps_figures(hana: Actor, back: list[BoxTrip]) -> None:
    row = boxes.count(by=hana.viewer, amounts={back[0].pk: 50_000})
    with acting_as(hana.viewer), pytest.raises(IntegrityError, match="boxcount_by_two"), transaction.atomic():
        BoxCount.objects.filter(pk=row.pk).update(second_by=hana.id)
    with acting_as(hana.viewer), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        row.lines.update(amount_won=1)


def test_another_centre_sees_no_box(hana: Actor, chi: Actor, back: list[BoxTrip]) -> None:
    with acting_as(chi.viewer):
        assert not MoneyBox.objects.exists() and not BoxTrip.objects.exists()
        assert selectors.boxes(chi.viewer).registered == 0
    with pytest.raises(errors.NotFound):
        boxes.issue(by=chi.viewer, box_id=back[0].box_id, holder=HOLDER)


@pytest.mark.rule("R69")
def test_a_box_from_the_register_to_the_bank_on_the_pages(
    payments: StandIn, as_: Callable[..., Any], hana: Actor, eli: Actor, ivo: Actor
) -> None:
    desk, url = as_(hana), "/desk/giving/boxes/"
    assert desk.post(url, {"many": "0"}).status_code == 422
    desk.post(url, {"many": "1"})
    with acting_as(hana.viewer):
        box = MoneyBox.objects.get()
    labels = desk.get(f"{url}labels/").content.decode()
    assert box.shown in labels and "data:image/svg" in labels
    told = {"holder_kind": "shop", "holder_name": "행복분식", "ask_back_on": "2027-05-01"}
    assert desk.post(f"{url}{box.pk}/issue/", {**told, "holder_phone": "12"}).status_code == 422
    assert desk.post(f"{url}{box.pk}/issue/", told).status_code == 302
    with acting_as(hana.viewer):
        trip = BoxTrip.objects.get()
    desk.post(f"{url}trips/{trip.pk}/back/", {"do": "back", "seal_broken": "1"})
    page = desk.post(f"{url}counts/new/", {f"won_{trip.pk}": "83,450"})["Location"]
    assert "83,450" in desk.get(page).content.decode()
    second = as_(eli)
    assert "83,450" not in second.get(page).content.decode() + second.get(url).content.decode()
    assert second.post(page, {"do": "confirm", f"won_{trip.pk}": "83,540"}).status_code == 422
    assert second.post(page, {"do": "confirm", f"won_{trip.pk}": "83,450"}).status_code == 302
    with acting_as(ivo.viewer):
        row = BoxCount.objects.get()
    bank(payments, hana, row, 83_000)
    assert page in as_(ivo).get("/desk/accounts/").content.decode()
    assert as_(ivo).post(page, {"do": "explain", "explanation": ""}).status_code == 422
    assert as_(ivo).post(page, {"do": "explain", "explanation": "지폐 한 장이 찢어짐"}).status_code == 302
    assert "지폐 한 장이" in second.get(page).content.decode()


def test_the_boxes_cost_the_same_at_one_and_two(
    hana: Actor, back: list[BoxTrip], django_assert_num_queries: Any
) -> None:
    boxes.count(by=hana.viewer, amounts={back[0].pk: 50_000})
    with acting_as(hana.viewer), django_assert_num_queries(12):
        selectors.boxes(hana.viewer)
    boxes.count(by=hana.viewer, amounts={back[1].pk: 50_000})
    with acting_as(hana.viewer), django_assert_num_queries(12):
        selectors.boxes(hana.viewer)
