"""Goods and events in kind: a value beside the books, never in them; nothing is handed out twice (R75)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from donations.models import Gift, GoodsGift, GuestLine, Journal
from donations.rules.goods import Offered
from donations.services import goods
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category
from tests.cast import Actor
from tests.donations.books_kit import TODAY
from tests.factories import make_case

pytestmark = pytest.mark.django_db
RICE = Offered("goods", "햅쌀 10kg", 40, "포", 1_280_000, "receipt", TODAY, "물골안정미소", "010-0000-0321")


@pytest.mark.rule("R75")
def test_goods_are_registered_with_value_and_never_become_money(hana: Actor) -> None:
    row = goods.register(by=hana.viewer, told=RICE)
    goods.hand_out(by=hana.viewer, gift_id=row.pk, quantity=30, people=30, words="화도읍 겨울 꾸러미")
    with pytest.raises(errors.Impossible) as refusal:
        goods.hand_out(by=hana.viewer, gift_id=row.pk, quantity=11, people=11, words="한 번 더")
    assert refusal.value.problems[0].code == "left"
    with acting_as(hana.viewer):
        assert GoodsGift.objects.get().left == 10
        with pytest.raises(IntegrityError, match="not_twice"), transaction.atomic():
            GoodsGift.objects.update(given_out=41)
    related = {field.related_model for field in GoodsGift._meta.get_fields() if field.is_relation}
    assert not related & {Gift, Journal} and not Journal.objects.exists()


@pytest.mark.rule("R75")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"value_won": None}, "value"),
        ({"kind": "event", "guests": None}, "guests"),
        ({"basis": ""}, "required"),
        ({"quantity": 0}, "quantity"),
        ({"giver_phone": "12"}, "bad_phone"),
    ],
)
def test_an_entry_is_refused(hana: Actor, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(errors.Impossible) as refusal:
        goods.register(by=hana.viewer, told=replace(RICE, **fields))
    assert code in {problem.code for problem in refusal.value.problems}


@pytest.mark.rule("R75")
def test_a_birthday_party_and_a_sack_of_rice_on_the_pages(
    as_: Callable[..., Any], hana: Actor, chi: Actor, ivo: Actor
) -> None:
    desk, url = as_(hana), "/desk/giving/goods/"
    party = {"kind": "event", "what": "어르신 생신 잔치", "quantity": "1", "unit": "회", "value_won": "450,000"}
    party |= {"basis": "estimate", "given_on": f"{TODAY}", "giver_name": "물골안식당"}
    assert desk.post(f"{url}new/", party).status_code == 422
    desk.post(f"{url}new/", {**party, "guests": "12"})
    rice = {**party, "kind": "goods", "what": "햅쌀 10kg", "quantity": "40", "unit": "포", "basis": "receipt"}
    page = desk.post(f"{url}new/", rice)["Location"]
    assert desk.post(page, {"quantity": "41", "people": "9", "words": "꾸러미"}).status_code == 422
    assert desk.post(page, {"quantity": "40", "people": "40", "words": "꾸러미"}).status_code == 302
    listed = desk.get(url).content.decode()
    assert all(words in listed for words in ("어르신 생신 잔치", "90만", "햅쌀 10kg"))
    assert "햅쌀" not in as_(chi).get(url).content.decode() and as_(chi).get(page).status_code == 404
    csv = as_(ivo).get(f"{url}register.csv").content.decode()
    assert "어르신 생신 잔치" in csv and "450000" in csv


@pytest.mark.rule("R75")
@pytest.mark.rule("D9")
def test_guests_are_numbers_by_need_and_the_host_reads_no_name(
    as_: Callable[..., Any], hana: Actor, ivo: Actor
) -> None:
    case = make_case(hana)
    told = replace(RICE, kind="event", what="생신 잔치", quantity=1, guests=12)
    row = goods.register(by=hana.viewer, told=told)
    desk, url = as_(hana), f"/desk/giving/goods/{row.pk}/"
    living = {"category": str(Category.objects.get(code="living").pk), "words": "휠체어 1"}
    for wrong in ({"invited": "13"}, {"invited": ""}, {"invited": "1", "category": ""}, {"number": "2026-999999"}):
        assert desk.post(f"{url}guests/", {**living, "invited": "2", **wrong}).status_code == 422
    assert desk.post(f"{url}guests/", {**living, "invited": "2", "number": case.number}).status_code == 302
    assert desk.post(f"{url}guests/", {**living, "invited": "2", "number": case.number}).status_code == 422
    assert desk.post(f"{url}guests/", {**living, "invited": "10"}).status_code == 302
    with acting_as(hana.viewer):
        first, _second = GuestLine.objects.order_by("pk")
    desk.post(f"{url}guests/{first.pk}/", {"came": "3"})
    desk.post(f"{url}guests/{first.pk}/", {"came": "1"})
    page = desk.get(url).content.decode()
    assert case.number in page and case.main_person.name not in page and 'value="1"' in page
    assert case.number not in as_(ivo).get(url).content.decode()
