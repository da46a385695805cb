"""The status: the same words whatever was found (D2), one answer to wrong and missing codes."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from cases.models import Report
from cases.selectors import report_status
from cases.services import triage
from cases.states import ReportState
from hopecare.kernel import clock, codes
from hopecare.messaging.models import Message
from tests.cases.desk_kit import TOMORROW_TEN, assign, fresh, make_report, result
from tests.cases.report_kit import ACCUSING, seoul
from tests.cast import NOW, Actor
from tests.database import as_owner

As = Callable[..., Client]
LATER = TOMORROW_TEN + timedelta(minutes=40)
EVENING = TOMORROW_TEN + timedelta(hours=8)
RESULTS: dict[str, dict[str, Any]] = {
    "met": {},
    "nobody_home": {"again_at": LATER + timedelta(days=2)},
    "wrong_place": {},
    "already_helped": {},
    "declined": {},
    "danger": {"told_whom": "112", "told_at": LATER},
}
SENTENCE = "담당자가 살펴보았습니다. 이웃의 사정은 알려드리지 않아요. 다시 걱정되면 언제든 알려 주세요."


def page_of(client: Client, report: Report) -> str:
    """The whole page without what must differ: the code, as shown and as read out, and the form's own key."""
    page = client.get(f"/report/{codes.shown(report.code)}/").content.decode()
    page = page.replace(codes.shown(report.code), "CODE")
    page = re.sub(r'name="once" value="[^"]+"', "", page)
    return re.sub(r"읽어 드리면: [^<]+|Read out: [^<]+", "", page)


@pytest.mark.django_db
@pytest.mark.rule("D2")
@pytest.mark.parametrize("language", ["ko", "en"])
def test_whole_pages_are_alike_byte_by_byte_whatever_was_found(language: str, ana: Actor, hana: Actor, as_: As) -> None:
    client = as_(HTTP_ACCEPT_LANGUAGE=language)
    pages = {}
    for what, fields in RESULTS.items():
        report, joined = make_report(), make_report(town="sudong")
        triage.join(by=ana.viewer, code=report.code, near_code=joined.code)
        visit = assign(ana, report, ana, hana)
        with clock.pinned(LATER):
            result(hana, visit, what, **fields)
        with clock.pinned(EVENING):
            pages[what] = page_of(client, report)
            pages[f"joined to {what}"] = page_of(client, joined)
    closed = make_report()
    with clock.pinned(LATER):
        triage.close(by=ana.viewer, code=closed.code, words="이미 함께 살피는 집입니다")
    with clock.pinned(EVENING):
        pages["closed without a visit"] = page_of(client, closed)
    assert len(set(pages.values())) == 1
    assert (SENTENCE if language == "ko" else "A person in charge has looked.") in pages["met"]


@pytest.mark.django_db
@pytest.mark.rule("D2")
def test_being_looked_at_begins_by_itself_and_assigning_is_not_told(ana: Actor, hana: Actor, as_: As) -> None:
    assigned, waiting = make_report(), make_report()
    with clock.pinned(NOW + timedelta(minutes=50)):
        assign(ana, assigned, ana, hana)
    with clock.pinned(NOW + timedelta(hours=2)):
        assert page_of(as_(), assigned) == page_of(as_(), waiting)
        assert "담당자가 살펴보고 있습니다." in page_of(as_(), waiting)


@pytest.mark.django_db
@pytest.mark.rule("D2")
def test_a_third_party_reads_days_and_no_hours(ana: Actor, hana: Actor, as_: As) -> None:
    report = make_report()
    visit = assign(ana, report, ana, hana)
    with clock.pinned(LATER):
        result(hana, visit, "met")
        page = page_of(as_(), report)
    assert "11월 24일 (화)" in page and "10:40" not in page and "10:00" not in page
    assert "찾아뵈었습니다" not in page


@pytest.mark.django_db
@pytest.mark.rule("D2")
def test_about_oneself_the_steps_are_told(ana: Actor, hana: Actor, as_: As) -> None:
    report = make_report(about="self")
    assert "잘 받았습니다" in page_of(as_(), report)
    visit = assign(ana, report, ana, hana)
    assert "담당자를 정했습니다. 곧" in page_of(as_(), report)
    with clock.pinned(LATER):
        result(hana, visit, "met")
        assert "찾아뵈었습니다. 다음 일은" in page_of(as_(), report)


@pytest.mark.django_db
@pytest.mark.rule("D3")
def test_no_reporter_sees_another_report(ana: Actor, as_: As) -> None:
    report = make_report(words="첫 번째 사람의 말")
    near = make_report(words="두 번째 사람의 말")
    triage.join(by=ana.viewer, code=report.code, near_code=near.code)
    for one in (report, near):
        page = as_().get(f"/report/{codes.shown(one.code)}/").content.decode()
        assert "사람의 말" not in page and codes.shown(near.code if one is report else report.code) not in page


@pytest.mark.django_db
def test_wrong_and_missing_codes_have_one_page(city: Any, as_: As) -> None:
    missing = as_().get(f"/report/{codes.shown(codes.new_code())}/")
    answers = [
        as_().get(f"/report/{typed}/") for typed in ("0000-0000-0000A", "nonsense", "<b>", "7K2M-4Q9P", "가나다")
    ]
    assert {answer.status_code for answer in (missing, *answers)} == {404}
    assert {answer.content for answer in answers} == {missing.content}


@pytest.mark.django_db
def test_typed_variants_lead_to_the_one_address(city: Any, as_: As) -> None:
    report = make_report()
    shown = codes.shown(report.code)
    for typed in (
        report.code,
        shown.lower(),
        shown.replace("-", " "),
        f" {shown} ".replace("0", "O").replace("1", "l"),
    ):
        assert as_().get(f"/report/{typed}/")["Location"] == f"/report/{shown}/"


@pytest.mark.django_db
def test_a_status_costs_one_question(city: Any, as_: As) -> None:
    report = make_report()
    client = as_()
    client.get(f"/report/{codes.shown(report.code)}/")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/report/{codes.shown(report.code)}/")
    assert len(asked) == 1


@pytest.mark.django_db
@pytest.mark.rule("D2")
def test_adding_is_answered_alike_before_and_after_and_reaches_the_team(ana: Actor, hana: Actor, as_: As) -> None:
    report = make_report()
    address = f"/report/{codes.shown(report.code)}/add/"
    first = as_().post(address, {"words": "오늘은 불이 켜졌어요", "once": "one"})
    assert as_().post(address, {"words": "오늘은 불이 켜졌어요", "once": "one"}).status_code == 302
    with clock.pinned(LATER):
        result(hana, assign(ana, report, ana, hana, at=LATER + timedelta(hours=1)), "met")
        second = as_().post(address, {"words": "또 걱정돼요", "once": "two"})
    assert first["Location"] == second["Location"]
    words = fresh(report).words
    assert words.count("오늘은 불이 켜졌어요") == 1 and words.endswith("또 걱정돼요")
    with as_owner():
        assert Message.objects.filter(purpose="report.added").count() == 2


@pytest.mark.django_db
@pytest.mark.rule("D13")
@pytest.mark.rule("D11")
def test_added_words_are_read_like_first_ones(city: Any, as_: As) -> None:
    report = make_report()
    address = f"/report/{codes.shown(report.code)}/add/"
    danger = as_().post(address, {"words": "쓰러져 계세요", "once": "one"}, follow=True).content.decode()
    assert danger.index("tel:119") < danger.index("<main") and fresh(report).danger_words
    refused = as_().post(address, {"words": ACCUSING, "once": "two"})
    assert refused.status_code == 422 and ACCUSING in refused.content.decode()


@pytest.mark.django_db
def test_a_report_can_be_taken_back(ana: Actor, as_: As) -> None:
    report = make_report()
    address = f"/report/{codes.shown(report.code)}/withdraw/"
    assert "거둘까요" in as_().get(address).content.decode()
    for _ in range(2):
        assert "거두어들이셨습니다" in as_().post(address, follow=True).content.decode()
    assert fresh(report).state == ReportState.WITHDRAWN


@pytest.mark.django_db
@pytest.mark.rule("D2")
def test_taking_back_is_answered_alike_when_somebody_was_there(ana: Actor, hana: Actor, as_: As) -> None:
    early, late = make_report(), make_report()
    visit = assign(ana, late, ana, hana)
    with clock.pinned(LATER):
        result(hana, visit, "met")
        for report in (early, late):
            as_().post(f"/report/{codes.shown(report.code)}/withdraw/")
        assert page_of(as_(), early) == page_of(as_(), late)
    assert fresh(late).state == ReportState.VISITED and fresh(late).withdrawn_at == LATER


@given(st.text(max_size=40))
def test_no_text_breaks_reading_a_code(text: str) -> None:
    found = codes.read(text)
    assert found is None or codes.read(codes.shown(found).lower()) == found


@given(st.integers(0, 12), st.sampled_from(codes.ALPHABET))
def test_one_wrong_sign_is_noticed(place: int, sign: str) -> None:
    code = codes.new_code()
    changed = code[:place] + sign + code[place + 1 :]
    assert codes.read(changed) == (code if changed == code else None)


def test_the_first_working_hour_after_reception() -> None:
    from_to = {
        seoul(11, 23, 10, 20): seoul(11, 23, 11),
        seoul(11, 23, 17, 30): seoul(11, 24, 9),
        seoul(11, 23, 3): seoul(11, 23, 9),
        seoul(11, 28, 12): seoul(11, 30, 9),
    }
    for received, begins in from_to.items():
        found = report_status.first_working_hour_after(received)
        assert found == begins
