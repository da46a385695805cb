"""The front door tells numbers that are in the database, and errors betray nothing."""

import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from hopecare.kernel import codes
from hopecare.kernel.context import forget_city
from hopecare.kernel.models import City, Organisation, Town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city_read_afresh(city: Any) -> Iterator[None]:
    forget_city()
    yield
    forget_city()


def korean(client: Client, address: str) -> str:
    return client.get(address, headers={"accept-language": "ko"}).content.decode()


def test_the_telephone_comes_first_and_says_who_does_not_answer(client: Client) -> None:
    City.objects.update(phone="031-000-0999")
    page = korean(client, "/")
    assert page.index("031-000-0999") < page.index("<h1")
    assert "밤과 주말에는 받는 사람이 없습니다." in page


@pytest.mark.rule("R14")
def test_every_centre_stands_there_with_its_towns_and_telephone(client: Client) -> None:
    page = korean(client, "/")
    for centre in Organisation.objects.filter(zone__isnull=False):
        assert centre.name_ko in page
        assert centre.phone in page
    assert all(town.name_ko in page for town in Town.objects.all())


@pytest.mark.rule("R24")
def test_four_doors_stand_in_the_order_of_the_street(client: Client) -> None:
    page = korean(client, "/")
    doors = re.findall(r'<a class="hc-door" href="([^"]+)".*?<strong>([^<]+)</strong>', page, re.DOTALL)
    assert [title for _, title in doors] == ["도움이 필요해요", "이웃이 걱정돼요", "봉사할게요", "기부할게요"]
    for address, _ in doors:
        assert client.get(address).status_code == 200


def test_a_promise_that_is_not_true_is_not_shown(client: Client) -> None:
    assert "읍면동 16곳 모두" in korean(client, "/")
    Organisation.objects.filter(code="east_centre").update(phone="")
    assert "곳 모두" not in korean(client, "/")


def test_the_front_page_asks_the_database_little(client: Client, django_assert_num_queries: Any) -> None:
    korean(client, "/")
    with django_assert_num_queries(5):
        korean(client, "/")


def test_a_code_leads_to_its_report(client: Client) -> None:
    code = codes.new_code()
    answer = client.get("/find/", {"code": codes.shown(code).lower()})
    assert answer.headers["Location"] == f"/report/{codes.shown(code)}/"


def test_a_mistyped_code_is_told_at_once_and_kept(client: Client) -> None:
    answer = client.get("/find/", {"code": "7K2M-<b>"}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert 'value="7K2M-&lt;b&gt;"' in answer.content.decode()
    assert "One sign does not fit" in answer.content.decode()


def test_preferences_are_cookies_and_lead_back(client: Client) -> None:
    answer = client.post(
        "/preferences/", {"language": "en", "contrast": "high", "type_size": "large", "next": "/find/?a=1"}
    )
    assert answer.headers["Location"] == "/find/?a=1"
    page = client.get("/").content.decode()
    assert '<html lang="en" data-krds-mode="high-contrast" data-type="large">' in page


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/preferences/"]
)
def test_preferences_lead_nowhere_else(client: Client, address: str) -> None:
    assert client.post("/preferences/", {"language": "en", "next": address}).headers["Location"] == "/"


def test_invented_preferences_are_ignored(client: Client) -> None:
    answer = client.post("/preferences/", {"language": "xx", "contrast": '"><b>', "type_size": "9"})
    assert not answer.cookies


@pytest.mark.rule("D17")
def test_missing_and_refused_read_alike(client: Client, rf: Any) -> None:
    missing = korean(client, "/nowhere/")
    assert "찾을 수 없습니다." in missing
    assert "031-000-0010" in missing
    assert client.get("/nowhere/").status_code == 404


def test_components_are_shown_in_a_demo_only(client: Client, settings: Any) -> None:
    assert client.get("/demo/components/").status_code == 404
    settings.HOPECARE_DEMO = True
    assert client.get("/demo/components/").status_code == 200


def test_without_a_database_the_telephone_still_stands_there(client: Client) -> None:
    forget_city()
    with patch("hopecare.kernel.ui.front.zones_with_centres", side_effect=OperationalError("gone")):
        answer = client.get("/", headers={"accept-language": "ko"})
    assert answer.status_code == 503
    assert "031-000-0001" in answer.content.decode()
    assert answer.headers["Retry-After"] == "30"


def test_a_form_that_waited_too_long_is_told_in_the_reader_s_language(city: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/logout/", headers={"accept-language": "ko"})
    assert answer.status_code == 403
    assert "이 화면을 너무 오래 열어 두셨습니다." in answer.content.decode()


def test_every_page_forbids_foreign_scripts(client: Client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
