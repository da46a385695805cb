"""Neighbours among themselves: three to twelve, each by an own link or one word; the desk never reads a word."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client

from hopecare.kernel import errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging.models import Message
from hopecare.messaging.services.receiving import receive
from tests.cast import Actor
from tests.volunteers.conftest import offers_principal
from volunteers.access import visible_to
from volunteers.facts import NeighbourTold
from volunteers.models import Circle, Favour, Neighbour
from volunteers.services import circles

FRIDAY = date(2026, 11, 27)
RICE = "쌀 두 포대를 3층까지"


@pytest.fixture
def circle(eli: Actor) -> Circle:
    return circles.open_circle(by=eli.viewer, village="창현 느티나무길", town="hwado")


@pytest.fixture
def three(eli: Actor, circle: Circle) -> list[Neighbour]:
    return [join(eli, circle, number) for number in range(3)]


def join(eli: Actor, circle: Circle, number: int, **more: Any) -> Neighbour:
    told = NeighbourTold(f"이웃{number}", f"010-0000-{760 + number:04d}", grown_up=True, agreed=True)
    return circles.join(by=eli.viewer, circle_id=circle.pk, told=replace(told, **more))


def texts_to(row: Neighbour) -> list[str]:
    with acting_as(system(Principal.MESSAGES)):
        sent = Message.objects.filter(recipient_id=str(row.uuid)).order_by("pk")
        sent.update(state="sent")
        return [text.body for text in sent]


def favour() -> Favour:
    with offers_principal():
        return Favour.objects.select_related("taken_by").get()


@pytest.mark.rule("R95")
def test_no_circle_leads_to_a_case_or_a_person() -> None:
    for name in ("Circle", "Neighbour", "Favour"):
        fields = apps.get_model("volunteers", name)._meta.fields
        targets = {field.related_model.__name__ for field in fields if field.is_relation}
        assert targets <= {"Circle", "Neighbour", "Town", "Organisation", "User"}


@pytest.mark.rule("R95")
def test_one_asks_the_others_get_a_text_and_the_first_yes_takes_it(three: list[Neighbour]) -> None:
    asks, carries, late = three
    circles.write(token=asks.token, kind="ask", text=RICE, on=FRIDAY)
    [text] = texts_to(carries)
    assert RICE in text and asks.name not in text and len(text.encode("cp949")) <= 90 and texts_to(asks) == []
    for number, who in enumerate((carries, late)):
        texts_to(who)
        receive(sid=f"SMC{number}", phone=who.phone, text="1")
    assert (favour().state, favour().taken_by) == ("taken", carries)
    assert carries.phone_shown.replace("-", "") in texts_to(asks)[0].replace("-", "")
    assert circles.settle(token=late.token, favour_id=favour().pk, done=True) is False
    assert circles.settle(token=asks.token, favour_id=favour().pk, done=True) and favour().state == "done"


def test_it_does_not_work_out_is_open_again_and_taking_back_ends_it(three: list[Neighbour]) -> None:
    asks, carries, late = three
    row = circles.write(token=asks.token, kind="offer", text="김장 김치 한 통", on=FRIDAY)
    assert circles.take(token=asks.token, favour_id=row.pk) is False  # not one's own
    assert circles.take(token=carries.token, favour_id=row.pk) and not circles.take(token=late.token, favour_id=row.pk)
    assert circles.settle(token=carries.token, favour_id=row.pk, done=False) and favour().state == "open"
    assert circles.settle(token=asks.token, favour_id=row.pk, done=False) and favour().state == "back"


@pytest.mark.parametrize(
    ("text", "on"),
    [("", FRIDAY), ("치매라서 병원에 같이", FRIDAY), (RICE, date(2027, 3, 1)), (RICE, None), ("가" * 61, FRIDAY)],
)
def test_what_no_text_may_carry_is_refused_and_nothing_is_kept(three: list[Neighbour], text: str, on: Any) -> None:
    with pytest.raises(errors.Impossible):
        circles.write(token=three[0].token, kind="ask", text=text, on=on)
    with offers_principal():
        assert not Favour.objects.exists()


def test_two_are_no_circle_and_twelve_are_the_most(eli: Actor, circle: Circle) -> None:
    first = join(eli, circle, 0)
    join(eli, circle, 1)
    with pytest.raises(errors.Impossible):
        circles.write(token=first.token, kind="ask", text=RICE, on=FRIDAY)
    for number in range(2, 12):
        join(eli, circle, number)
    with pytest.raises(errors.Impossible):
        join(eli, circle, 12)
    with pytest.raises(IntegrityError), acting_as(eli.viewer), transaction.atomic():
        Neighbour.objects.filter(pk=first.pk).update(number=13)


@pytest.mark.parametrize(
    "change", [{"agreed": False}, {"grown_up": False}, {"phone": "12"}, {"phone": "010-0000-0760"}]
)
def test_who_has_not_agreed_is_not_written_down(eli: Actor, three: list[Neighbour], change: dict[str, Any]) -> None:
    with pytest.raises(errors.Impossible):
        join(eli, three[0].circle, 9, **change)


def test_who_leaves_is_erased_and_what_was_taken_is_open_again(three: list[Neighbour]) -> None:
    asks, carries, _late = three
    row = circles.write(token=asks.token, kind="ask", text=RICE, on=FRIDAY)
    circles.take(token=carries.token, favour_id=row.pk)
    circles.leave(token=carries.token)
    with offers_principal():
        gone = Neighbour.objects.get(pk=carries.pk)
    assert (gone.name, gone.phone, gone.sms_ok, favour().state) == ("–", "–", False, "open")
    with pytest.raises(errors.NotFound):
        circles.take(token=carries.token, favour_id=row.pk)


def test_the_desk_sees_who_and_how_lively_and_never_the_words(
    three: list[Neighbour], eli: Actor, hana: Actor, chi: Actor, as_: Callable[..., Client]
) -> None:
    circles.write(token=three[0].token, kind="ask", text=RICE, on=FRIDAY)
    with acting_as(eli.viewer):
        assert not visible_to(eli.viewer, Favour).exists() and not Favour.objects.exists()
    address = f"/desk/matching/circles/{three[0].circle_id}/"
    shown = {who.user.username: as_(who).get(address).content.decode() for who in (eli, hana, chi)}
    assert ["이웃0" in shown[name] for name in ("eli", "hana", "chi")] == [True, False, False]
    assert not any(RICE in page for page in shown.values())


def test_the_pages_from_the_first_form_to_leaving(eli: Actor, as_: Callable[..., Client]) -> None:
    desk, phone = as_(eli), as_()
    page = desk.post("/desk/matching/circles/", {"village": "월산 4리", "town": "hwado"})["Location"]
    form = {"do": "join", "name": "순이네", "phone": "010-0000-0775", "grown_up": "on", "sms_ok": "on"}
    assert desk.post(page, form).status_code == 422
    for number in range(3):
        sent = form | {"agreed": "on", "name": f"이웃{number}", "phone": f"010-0000-{775 + number:04d}"}
        assert desk.post(page, sent).status_code == 302
    with offers_principal():
        first, second = Neighbour.objects.order_by("pk")[:2]
    own, other = f"/n/{first.token}/", f"/n/{second.token}/"
    assert phone.post(own, {"do": "write", "kind": "ask", "words": "", "on": "2026-11-27"}).status_code == 422
    assert phone.post(own, {"do": "write", "kind": "ask", "words": RICE, "on": "2026-11-27"}).status_code == 302
    shown = phone.get(other).content.decode()
    assert RICE in shown and "119" in shown
    assert phone.post(other, {"do": "take", "favour": str(favour().pk)}).status_code == 302
    assert "010-0000-0775" in phone.get(other).content.decode()
    assert phone.post(own, {"do": "leave"}).status_code == 200
    assert [phone.get(f"/n/{token}/").status_code for token in (first.token, first.token[:-1] + "x")] == [404, 404]
    assert desk.post(page, {"do": "end"}).status_code == 302
    with offers_principal():
        assert set(Neighbour.objects.values_list("phone_hash", flat=True)).isdisjoint({first.phone_hash})
