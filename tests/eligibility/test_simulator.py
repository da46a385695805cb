"""The simulator without a browser: what is asked, what is kept where, what a result never does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from eligibility.models import HandOver, SavedAnswers
from eligibility.selectors import hand_over
from eligibility.services import answers
from hopecare.kernel.access import Viewer
from tests.database import as_owner

pytestmark = pytest.mark.django_db
As = Callable[..., Client]
#: An old woman alone in Hwado, just above the line: a pension of 1,310,000 won, two million in the bank, rent.
ALONE = {
    "home": {"town": "hwado", "size": "1"},
    "people": {"band_1": "65-79"},
    "life": {},
    "income": {"pension_1": "131", "rest_1": "on"},
    "housing": {"tenure": "monthly_rent"},
    "rent": {"deposit": "300", "monthly_rent": "25"},
    "savings": {"financial_assets": "200", "debt": "0", "other_property": "0"},
    "car": {"car": "no"},
    "crisis": {"crisis": "none"},
    "receives": {},
    "family": {"kin": "none"},
}


def walk(client: Client, told: dict[str, dict[str, Any]]) -> list[str]:
    """Answer what is asked until the result; returns the pages that were asked, in order."""
    client.post("/simulate/")
    asked = []
    for _ in range(20):
        where = client.get("/simulate/next/")["Location"]
        if where == "/simulate/result/":
            return asked
        page = where.rstrip("/").rsplit("/", 1)[-1]
        asked.append(page)
        answer = client.post(where, told.get(page, {"go": "skip"}))
        assert answer.status_code == 302, answer.content.decode()[:4000]
    raise AssertionError(f"never came to an end: {asked}")


def read(client: Client) -> str:
    return client.get("/simulate/result/").content.decode()


@pytest.mark.rule("D12")
@pytest.mark.rule("R3")
def test_an_old_woman_just_above_the_line(city: Any, as_: As) -> None:
    client = as_()
    asked = walk(client, ALONE)
    page = read(client)
    assert asked[:3] == ["home", "people", "life"] and "children" not in asked and "parents" not in asked
    for words in ("기초연금", "가까워요, 꼭 물어보세요", "27,881원", "031-000-0101", "031-000-0011", "90일 안에"):
        assert words in page, words
    assert "푸드마켓" in page and "신청하실 수 있습니다" in page


def test_what_comes_beside_it_what_it_changes_and_what_lies_ahead(city: Any, as_: As) -> None:
    """A mother alone with a baby at day care, expecting another child."""
    mother = {
        **ALONE,
        "home": {"town": "hwado", "size": "2"},
        "people": {"band_1": "25-29", "relation_2": "child", "band_2": "0-9"},
        "children": {"born_2": "2026-05", "day_2": "daycare"},
        "life": {"of": ["pregnant", "single_parent"]},
        "whose": {"pregnant": ["1"]},
        "alone": {"kind": "divorced"},
        "income": {"earned_1": "60", "rest_1": "on"},
    }
    client = as_()
    assert "alone" in walk(client, mother)
    page = read(client)
    card = page.split('aria-labelledby="p-parent_benefit"')[1].split("</article>")[0]
    assert "월 416,000원" in card and "월 584,000원 바우처" in card
    assert "두 돌까지는 가정양육수당을 받지 않습니다" in card
    assert "월 330,000원" in page.split('aria-labelledby="p-single_parent"')[1].split("</article>")[0]
    ahead = page.split('id="ahead"')[1].split("</section></div>")[0]
    assert "아기가 태어나면" in ahead and "첫만남이용권" in ahead and "5,000,000원" in ahead
    voucher = page.split('aria-labelledby="p-energy_voucher"')[1].split("</article>")[0]
    assert "이번 셈에서 받을 가능성이 높음: 생계급여" in voucher


@pytest.mark.rule("D11")
def test_answers_live_in_no_address_no_row_and_no_readable_cookie(city: Any, as_: As) -> None:
    client = as_()
    walk(client, ALONE)
    with as_owner():
        assert not SavedAnswers.objects.exists() and not HandOver.objects.exists()
    cookie = client.cookies["answers"]
    assert cookie["path"] == "/simulate/" and cookie["httponly"] and not cookie["max-age"]
    assert "hwado" not in cookie.value and "131" not in client.get("/simulate/next/")["Location"]


def test_the_first_screen_binds_nobody(city: Any, as_: As) -> None:
    page = as_().get("/simulate/").content.decode()
    for words in (
        "신청이 아닙니다",
        "아무에게도 알리지 않습니다",
        "조사를 시작하지 않습니다",
        "이름도 번호도 묻지 않습니다",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("page", "typed", "field"),
    [
        ("home", {"town": "atlantis", "size": "2"}, "town"),
        ("home", {"town": "hwado", "size": "10000"}, "size"),
        ("home", {"town": "hwado", "size": "-1"}, "size"),
        ("people", {"band_1": "19-24", "relation_2": "child", "band_2": "50-59"}, "band_2"),
        ("people", {"band_1": "", "relation_2": "child", "band_2": "13-15"}, "band_1"),
        ("income", {"earned_1": "-5"}, "earned_1"),
        ("income", {"earned_1": "1310000"}, "earned_1"),
        ("income", {"earned_1": "많이"}, "earned_1"),
        ("income", {"earned_1": "9" * 20}, "earned_1"),
        ("income", {"earned_1": "100", "nothing_1": "on"}, "nothing_1"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_kept(
    page: str, typed: dict[str, str], field: str, city: Any, as_: As
) -> None:
    client = as_()
    client.post("/simulate/")
    if page != "home":
        client.post("/simulate/q/home/", {"town": "hwado", "size": "2" if page == "people" else "1"})
    if page == "income":
        client.post("/simulate/q/people/", {"band_1": "35-49"})
    answer = client.post(f"/simulate/q/{page}/", typed)
    shown = answer.content.decode()
    assert answer.status_code == 422 and f'href="#id_{field}"' in shown
    kept = [value for value in typed.values() if value not in {"", "on", "atlantis"}]
    assert all(f'value="{value[:20]}' in shown for value in kept)


def test_two_wives_and_an_unborn_child_are_asked_again(city: Any, as_: As) -> None:
    client = as_()
    client.post("/simulate/")
    client.post("/simulate/q/home/", {"town": "hwado", "size": "3"})
    wives = {"band_1": "35-49", "relation_2": "spouse", "band_2": "35-49", "relation_3": "spouse", "band_3": "35-49"}
    assert "#id_relation_3" in client.post("/simulate/q/people/", wives).content.decode()
    client.post("/simulate/q/people/", {**wives, "relation_3": "child", "band_3": "0-9"})
    answer = client.post("/simulate/q/children/", {"born_3": "2027-03"})
    assert answer.status_code == 422 and "아직 오지 않은 달" in answer.content.decode()


def test_going_back_loses_nothing(city: Any, as_: As) -> None:
    client = as_()
    client.post("/simulate/")
    client.post("/simulate/q/home/", {"town": "hwado", "size": "1"})
    client.post("/simulate/q/people/", {"band_1": "65-79"})
    back = client.post("/simulate/q/income/", {"earned_1": "abc", "pension_1": "131", "go": "back"})
    assert back["Location"] == "/simulate/q/people/"
    page = client.get("/simulate/q/income/").content.decode()
    assert 'value="131"' in page and 'value="abc"' in page


def test_saved_under_a_code_and_gone_on_with_elsewhere(city: Any, as_: As) -> None:
    client, other = as_(), as_()
    walk(client, ALONE)
    page = client.post("/simulate/save/").content.decode()
    code = page.split("<output>")[1].split("<")[0]
    assert other.post("/simulate/resume/", {"code": code.lower().replace("-", " ")})["Location"] == "/simulate/next/"
    assert "27,881원" in read(other)
    with as_owner():
        row = SavedAnswers.objects.get()
        assert code.replace("-", "") not in row.code_hash
    other.post("/simulate/forget/")
    assert as_().post("/simulate/resume/", {"code": code}).status_code == 422


def test_a_wrong_an_unknown_and_an_expired_code_read_alike(city: Any, as_: As) -> None:
    client = as_()
    walk(client, ALONE)
    code = client.post("/simulate/save/").content.decode().split("<output>")[1].split("<")[0]
    with as_owner():
        SavedAnswers.objects.update(expires_at="2026-11-01T00:00:00+09:00")
    expired = as_().post("/simulate/resume/", {"code": code})
    assert expired.status_code == 422 and "이 번호로 간직한 답이 없어요" in expired.content.decode()
    assert answers.forget_expired() == 1


@pytest.mark.rule("K6")
def test_a_hand_over_needs_consent_and_its_key_opens_once(city: Any, as_: As) -> None:
    client = as_()
    walk(client, ALONE)
    assert client.post("/simulate/hand-over/", {}).status_code == 422
    with as_owner():
        assert not HandOver.objects.exists()
    client.post("/simulate/hand-over/", {"consent": "yes"})
    with as_owner():
        assert HandOver.objects.count() == 1
    key = answers.hand_over(
        by=Viewer(),
        handed={"facts": {"town": "hwado"}, "lines": [["사는 곳", "화도읍"]], "verdicts": {}},
        town="hwado",
        rules_version="x",
    )
    found = hand_over(key)
    assert found is not None and found.town == "hwado" and found.lines == (("사는 곳", "화도읍"),)
    assert answers.take_over(by=Viewer(), key=key) == found
    assert hand_over(key) is None and answers.take_over(by=Viewer(), key=key) is None
    assert hand_over("guess") is None


@pytest.mark.rule("D4")
def test_leaving_quickly_throws_the_answers_away_first(city: Any, as_: As) -> None:
    client = as_()
    walk(client, ALONE)
    answer = client.get("/simulate/leave/")
    assert answer["Location"].startswith("https://") and client.cookies["answers"].value == ""
    assert client.get("/simulate/result/")["Location"] == "/simulate/?lost=1"


def test_a_foreign_cookie_is_nothing(city: Any, as_: As) -> None:
    client = as_()
    client.cookies["answers"] = "x" * 50
    assert client.get("/simulate/result/")["Location"] == "/simulate/?lost=1"
    assert client.get("/simulate/q/nonsense/").status_code == 404


@pytest.mark.rule("D12")
def test_rules_that_changed_since_are_told_on_return(city: Any, as_: As) -> None:
    client = as_()
    walk(client, ALONE)
    code = client.post("/simulate/save/").content.decode().split("<output>")[1].split("<")[0]
    with as_owner():
        SavedAnswers.objects.update(rules_version="2026-01-01")
    other = as_()
    other.post("/simulate/resume/", {"code": code})
    assert "규칙이 바뀌었습니다" in read(other) and "규칙이 바뀌었습니다" not in read(client)
    assert "no-store" in other.get("/simulate/result/")["Cache-Control"]
