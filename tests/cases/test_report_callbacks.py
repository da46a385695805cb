"""Doors behind which a person rings back: consent, a promise, one row, and who receives gifts (K11)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.models import CallBack
from hopecare.kernel.access import acting_as, visible_to
from tests.cast import Actor
from tests.database import as_owner

pytestmark = pytest.mark.django_db
As = Callable[..., Client]
TYPED = {
    "name": "배미소",
    "phone": "010-0000-1111",
    "town": "hwado",
    "words": "저녁에 받을 수 있어요",
    "consent": "on",
    "once": "a",
}
DOORS = ["/help/", "/donate/call/", "/display/call/", "/simulate/call/"]


@pytest.mark.parametrize("door", DOORS)
def test_a_call_is_promised_and_its_team_sees_it(door: str, hana: Actor, chi: Actor, as_: As) -> None:
    page = as_().post(door, TYPED, follow=True).content.decode()
    assert "고맙습니다. 전화드릴게요." in page and "내일(24일, 화) 18시까지" in page
    with acting_as(hana.viewer):
        (call,) = visible_to(hana.viewer, CallBack)
    assert (call.name, call.phone, call.about) == ("배미소", "+821000001111", door.strip("/").split("/")[0])
    assert call.consent_version
    with acting_as(chi.viewer):
        assert not visible_to(chi.viewer, CallBack).exists()


@pytest.mark.parametrize("door", DOORS)
def test_without_consent_nothing_is_kept_but_what_was_typed(door: str, city: Any, as_: As) -> None:
    answer = as_().post(door, {**TYPED, "consent": ""})
    page = answer.content.decode()
    assert answer.status_code == 422 and "배미소" in page and "저녁에 받을 수 있어요" in page
    with as_owner():
        assert not CallBack.objects.exists()


def test_sent_ten_times_it_is_one_call(city: Any, as_: As) -> None:
    for _ in range(10):
        assert as_().post("/help/", TYPED).status_code == 302
    with as_owner():
        assert CallBack.objects.count() == 1


def test_without_a_town_the_central_team_rings(city: Any, as_: As) -> None:
    as_().post("/help/", {**TYPED, "town": ""})
    with as_owner():
        assert CallBack.objects.select_related("team").get().team.code == "central"


@pytest.mark.rule("K11")
def test_a_giving_page_names_the_bodies_that_receive_and_never_the_city(city: Any, as_: As) -> None:
    page = as_().get("/donate/call/").content.decode()
    for words in ("시는 후원금을 모으지도 받지도 않습니다", "동부사회복지재단", "모집 등록", "15%", "기부금영수증"):
        assert words in page


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_door_says_coming_soon(language: str, city: Any, as_: As) -> None:
    pages = [as_(HTTP_ACCEPT_LANGUAGE=language).get(door).content.decode().lower() for door in [*DOORS, "/"]]
    assert not any(word in page for page in pages for word in ("coming soon", "준비 중", "준비중", "곧 열립니다"))


def test_the_front_door_shows_three_doors_of_ours_and_the_charter_is_there(city: Any, as_: As) -> None:
    page = as_().get("/").content.decode()
    assert all(f'href="{url}"' in page for url in ("/report/?about=self", "/report/", "/donate/"))
    assert "개인정보 보호책임자" in as_().get("/privacy/").content.decode()
