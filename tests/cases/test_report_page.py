"""The report page: help first, nothing lost, nobody accused, both houses told at once."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client

from cases.models import Report
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Event
from hopecare.messaging.models import Message
from tests.cases.report_kit import ACCUSING, TYPED, code_of, report_of, reports, send, seoul
from tests.cast import NOW, Actor
from tests.database import as_owner

pytestmark = pytest.mark.django_db
As = Callable[..., Client]
SATURDAY_NIGHT = seoul(11, 28, 23)


def test_fay_reports_without_a_name_and_gets_a_code_and_a_promise(city: Any, as_: As) -> None:
    answer = send(as_())
    report = report_of(answer)
    assert (report.town and report.town.code, report.team.code, report.provider.code) == (
        "hwado",
        "east_mixed",
        "east_centre",
    )
    assert report.promised_at == seoul(11, 24, 18)
    page = as_().get(answer["Location"]).content.decode()
    assert code_of(answer) in page and "내일(24일, 화) 18시까지" in page
    assert not answer.cookies


def test_the_town_office_and_the_centre_are_told_at_once(ana: Actor, hana: Actor, chi: Actor, as_: As) -> None:
    send(as_())
    for actor, seen in ((ana, 1), (hana, 1), (chi, 0)):
        with acting_as(actor.viewer):
            assert Message.objects.notices().filter(purpose="report.received").count() == seen


@pytest.mark.rule("D13", "K19")
def test_help_lines_and_reading_hours_stand_before_the_form(city: Any, as_: As) -> None:
    page = as_().get("/report/").content.decode()
    form = page.index('<form class="hc-form"')
    assert all(page.index(f"tel:{number}") < form for number in ("119", "112", "109"))
    assert "평일 09:00–18:00에 읽습니다" in page and "내일(24일, 화) 18시까지" in page


@pytest.mark.rule("D4")
def test_who_asks_for_themselves_is_asked_first_how_it_is_safe_to_reach_them(city: Any, as_: As) -> None:
    for about, names in (
        ("self", ["phone", "safe_when", "safe_say", "town", "seen", "words", "urgency"]),
        ("neighbour", ["town", "seen", "words", "urgency", "phone"]),
    ):
        page = as_().get("/report/", {"about": about}).content.decode()
        places = [page.index(f' name="{name}"') for name in names]
        assert places == sorted(places), about
        assert re.findall(r'class="hc-n" aria-hidden="true">(\d)<', page) == list("12345")


@pytest.mark.rule("D13")
@pytest.mark.parametrize(
    "words", ["칼로 위협하는 소리가 들려요", "아이를 때리는 것 같아요", "he wants to die", "유서를 봤어요"]
)
def test_words_of_danger_put_the_numbers_first_again_and_ring_the_duty_line(
    words: str, city: Any, as_: As, settings: Any
) -> None:
    settings.DUTY_PHONE = "010-0000-0119"
    answer = send(as_(), words=words)
    assert report_of(answer).danger_words
    page = as_().get(answer["Location"]).content.decode()
    assert page.index("tel:119") < page.index("<main")
    with as_owner():
        rung = list(Message.objects.filter(purpose="report.danger").order_by("channel"))
        assert Event.objects.filter(name="report.danger").count() == 1
    assert sorted(row.recipient_kind for row in rung) == ["number", "team", "team"]
    assert all(words not in row.body for row in rung)


@pytest.mark.rule("D13")
def test_ordinary_worries_ring_nobody(city: Any, as_: As) -> None:
    answer = send(as_())
    assert not report_of(answer).danger_words
    assert as_().get(answer["Location"]).content.decode().count("tel:119") == 1
    with as_owner():
        assert not Message.objects.filter(purpose="report.danger").exists()


@pytest.mark.parametrize(
    ("moment", "urgency", "until"),
    [
        (NOW, "soon", seoul(11, 24, 18)),
        (NOW, "today", seoul(11, 23, 18)),
        (NOW, "danger", seoul(11, 23, 18)),
        (NOW.replace(hour=20), "today", seoul(11, 24, 12)),
        (SATURDAY_NIGHT, "soon", seoul(11, 30, 18)),
        (SATURDAY_NIGHT, "today", seoul(11, 30, 12)),
        (seoul(12, 24, 17, 59), "soon", seoul(12, 28, 18)),
    ],
)
def test_the_promise_follows_the_clock(moment: datetime, urgency: str, until: datetime, city: Any, as_: As) -> None:
    with clock.pinned(moment):
        report = report_of(send(as_(), urgency=urgency))
    assert report.promised_at == until


@pytest.mark.rule("D11")
def test_an_accusation_is_refused_kindly_and_everything_else_is_kept(city: Any, as_: As) -> None:
    answer = send(as_(), words=f"불이 안 켜져요. {ACCUSING}", phone="010-0000-1234")
    page = answer.content.decode()
    assert answer.status_code == 422 and not reports()
    assert "의심은 받지 않아요" in page
    for kept in (
        ACCUSING,
        "마석 장터 뒤 파란 대문 2층",
        "010-0000-1234",
        'value="hwado" selected',
        'value="skips_meals"',
    ):
        assert kept in page
    assert page.count("checked") >= 3


@pytest.mark.rule("D11")
def test_who_was_cheated_is_heard(city: Any, as_: As) -> None:
    assert send(as_(), about="self", words="사기를 당해서 돈이 없어요").status_code == 302
    assert send(as_(), words="할머니가 사기꾼한테 돈을 뜯겼어요").status_code == 302


@pytest.mark.rule("D4")
@pytest.mark.parametrize("address", ["/report/", "/report/?about=self", "/simulate/call/", "/help/"])
def test_one_can_leave_quickly(address: str, city: Any, as_: As) -> None:
    assert "data-leave" in as_().get(address).content.decode()


@pytest.mark.rule("D14")
def test_no_reward_is_promised_anywhere(city: Any, as_: As) -> None:
    answer = send(as_())
    pages = [as_().get(address).content.decode() for address in ("/", "/report/", answer["Location"])]
    assert not any(word in page for page in pages for word in ("포상", "보상", "사례금", "reward"))
    assert not any("reward" in field.name for field in Report._meta.get_fields())


def test_the_same_form_sent_ten_times_is_one_report_and_a_changed_one_another(city: Any, as_: As) -> None:
    addresses = {send(as_())["Location"] for _ in range(10)}
    assert len(addresses) == 1 and len(reports()) == 1
    assert send(as_(), words="옆집도 걱정돼요")["Location"] not in addresses
    assert len(reports()) == 2


def test_words_alone_go_to_the_central_team_unless_they_name_a_town(city: Any, as_: As) -> None:
    somewhere = report_of(send(as_(), town="", directions="시장 뒤 파란 대문"))
    named = report_of(send(as_(), town="", directions="진접읍 시장 뒤"))
    pinned = report_of(send(as_(), town="", lat="37.6532", lon="127.3049"))
    assert (somewhere.town, somewhere.team.code, somewhere.provider.code) == (None, "central", "central")
    assert named.town and named.town.code == "jinjeop" and named.team.code == "north_mixed"
    assert pinned.town and pinned.town.code == "hwado"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"words": "<script>alert(1)</script>'; drop table cases_report; --"}, 302),
        ({"directions": "../../etc/passwd %00 ‮abc"}, 302),
        ({"words": "아" * 4000}, 302),
        ({"words": "🏚️" * 3000}, 422),
        ({"words": "안녕\x00하세요"}, 302),
        ({"town": "gotham"}, 422),
        ({"town": "", "lat": "0", "lon": "0"}, 422),
        ({"town": "", "lat": "nan", "lon": "inf"}, 422),
        ({"urgency": "whenever"}, 422),
        ({"seen": ["nothing_like_it"]}, 422),
        ({"phone": "call me"}, 422),
        ({"town": "", "directions": ""}, 422),
        ({"seen": [], "words": ""}, 422),
        ({"website": "http://spam.example"}, 422),
        ({"once": "x" * 500}, 422),
    ],
)
def test_hostile_and_odd_input_has_a_clear_answer(changes: dict[str, Any], status: int, city: Any, as_: As) -> None:
    answer = send(as_(), **changes)
    assert answer.status_code == status
    assert len(reports()) == (status == 302)
    assert "<script>alert" not in answer.content.decode()
    if status == 422:
        assert 'role="alert"' in answer.content.decode()


def test_another_encoding_has_a_clear_answer(city: Any, as_: As) -> None:
    body = "about=neighbour&town=hwado&seen=ill&words=" + quote("할머니".encode("euc-kr"))
    answer = as_().post("/report/", body, content_type="application/x-www-form-urlencoded; charset=euc-kr")
    raw = as_().post("/report/", body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, raw.status_code) == (400, 302)
    assert "<h1>" in answer.content.decode()


def test_too_much_at_once_is_refused_before_it_is_read(city: Any, as_: As) -> None:
    answer = as_().post("/report/", TYPED, CONTENT_LENGTH=str(200 * 1024 * 1024))
    assert answer.status_code == 413 and "더 작은 사진" in answer.content.decode()


def test_knocking_too_often_is_answered_with_a_time(city: Any, as_: As, settings: Any) -> None:
    settings.PUBLIC_FORM_RATE = 3
    answers = [send(as_(), once=f"page-{number}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert int(answers[3]["Retry-After"]) > 0


def test_a_broker_that_is_down_does_not_stop_a_report(
    city: Any, as_: As, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.DUTY_PHONE = "010-0000-0119"
    with django_capture_on_commit_callbacks(execute=True):
        assert send(as_(), words="쓰러져 계세요").status_code == 302
    assert len(reports()) == 1


def test_staff_type_for_a_caller_and_both_names_stand_on_it(hana: Actor, as_: As) -> None:
    client = as_(hana)
    typed = {**TYPED, "caller_name": "배미소", "reporter_kind": "meter_reader", "phone": "010-0000-1111"}
    answer = client.post("/desk/reports/new/", typed)
    page = client.get(answer["Location"]).content.decode()
    (report,) = reports()
    assert (report.reporter_name, report.typed_by_id, report.door) == ("배미소", hana.id, "phone")
    assert report.reporter_kind == "meter_reader" and "읽어 드리세요" in page


def test_a_caller_of_another_zone_is_taken_just_the_same(chi: Actor, as_: As) -> None:
    assert as_(chi).post("/desk/reports/new/", TYPED).status_code == 302
    assert reports()[0].team.code == "east_mixed"


def test_who_may_not_type_reports_finds_no_such_page(jin: Actor, as_: As) -> None:
    assert as_(jin).get("/desk/reports/new/").status_code == 404
    assert as_().get("/desk/reports/new/").status_code == 302


def test_the_map_has_a_cell_for_each_town_and_links_without_script(city: Any, as_: As) -> None:
    cells = as_().get("/report/towns.json").json()["features"]
    assert len(cells) == 16 and all(len(cell["geometry"]["coordinates"][0]) > 3 for cell in cells)
    page = as_().get("/report/?town=joan").content.decode()
    assert page.count("<polygon") == 16 and 'value="joan" selected' in page


def test_a_code_is_looked_up_from_the_report_page(city: Any, as_: As) -> None:
    code = code_of(send(as_()))
    answer = as_().get(f"/report/?code={code.lower()}", follow=True)
    assert answer.status_code == 200 and code in answer.content.decode()


def test_the_page_speaks_english(city: Any, as_: As) -> None:
    client = as_(HTTP_ACCEPT_LANGUAGE="en")
    assert "I am worried about a neighbour" in client.get("/report/").content.decode()
    assert "until tomorrow (Tue 24 Nov), 18:00" in client.get(send(client)["Location"]).content.decode()


def test_the_page_of_thanks_lasts_a_day(city: Any, as_: As) -> None:
    address = send(as_())["Location"]
    with clock.pinned(NOW + timedelta(days=2)):
        assert as_().get(address)["Location"] == address.replace("thanks/", "")


def test_links_are_built_from_our_own_address(city: Any) -> None:
    assert settings.PUBLIC_URL.startswith("http")
