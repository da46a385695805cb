"""Words that were begun outlive a session, two who write meet cell by cell, and who is inside at a visit comes out."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from cases.models import Decision, Draft, Presence, TimelineEntry
from cases.services import conferences, presence
from cases.services.conferences import Called, Seat
from hopecare.kernel import clock
from tests.cases.desk_kit import TOMORROW_TEN, assign, make_report
from tests.cast import Actor
from tests.database import as_owner
from tests.drill.walking import Walk, fill, go, look, press, said, shoot
from tests.factories import make_case
from tests.mobile_api.test_field_api import THERE
from tests.mobile_api.test_field_in_a_browser import telephone
from tests.mobile_api.test_phone_app import nothing_serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
FORM = "form:has([data-draft])"
WORDS = "혼자 먹으면 밥맛이 없다고 하심, 다음 주에 함께 장 보기로"


@pytest.fixture
def walk(browser: Any, live_server: Any, as_: Any) -> Walk:
    return Walk(browser, live_server, as_)


def kept(page: Page) -> None:
    """The server answered that it has the words."""
    expect(page.locator("[data-draft-said]").first).to_contain_text("✓", timeout=30_000)


def again(walk: Walk, actor: Actor) -> Page:
    """The same person at another machine: nothing of the first tab is there."""
    walk.windows.pop(actor.id)
    return walk.as_(actor)


def test_what_was_typed_is_back_after_the_session_ran_out(walk: Walk, hana: Actor, eli: Actor) -> None:
    case = make_case(hana)
    here = f"/desk/cases/{case.number}/contact/"
    page = walk.as_(hana)
    go(page, here)
    fill(page, FORM, way="visited", words=WORDS)
    kept(page)
    look(page)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.locator(f"{FORM} button.primary").click()
    page.wait_for_url("**/login/**")
    page.context.close()
    page = again(walk, hana)
    go(page, here)
    offer = page.locator("[data-draft-offer]")
    expect(offer).to_be_visible()
    look(page)
    assert page.input_value(f"{FORM} [name=words]") == ""
    page.locator("[data-draft-take]").click()
    expect(offer).to_be_hidden()
    assert page.input_value(f"{FORM} [name=words]") == WORDS and page.is_checked(f"{FORM} [name=way][value=visited]")
    other = walk.as_(eli)
    go(other, here)
    expect(other.locator("[data-draft-offer]")).to_be_hidden()
    press(page, "저장", within=FORM)
    with as_owner():
        assert TimelineEntry.objects.filter(case=case, words=WORDS).count() == 1
        assert Draft.objects.get().fields == ""
    go(page, here)
    expect(page.locator("[data-draft-offer]")).to_be_hidden()


def test_two_windows_of_one_draft_and_a_draft_thrown_away(walk: Walk, hana: Actor) -> None:
    case = make_case(hana)
    here = f"/desk/cases/{case.number}/close/"
    page = walk.as_(hana)
    second = page.context.new_page()
    go(page, here)
    go(second, here)
    fill(page, FORM, words="사회복지관으로 이어짐")
    kept(page)
    fill(second, FORM, words="이사하심")
    expect(second.locator("[data-draft-offer]")).to_be_visible(timeout=30_000)
    assert second.input_value(f"{FORM} [name=words]") == "이사하심", "nothing is put over what is being typed"
    second.locator("[data-draft-drop]").click()
    expect(second.locator("[data-draft-offer]")).to_be_hidden()
    second.fill(f"{FORM} [name=words]", "이사하심, 새 주소로 옮김")
    kept(second)
    with as_owner():
        assert "새 주소" in Draft.objects.get().fields
    go(page, here)
    page.locator("[data-draft-take]").click()
    assert "새 주소" in page.input_value(f"{FORM} [name=words]")
    look(page)


def test_a_decision_that_was_begun_is_offered_in_its_fold(walk: Walk, hana: Actor, ana: Actor) -> None:
    case = make_case(hana)
    two = [Seat("송하나", "private", "동부센터", hana.id), Seat("안서연", "public", "화도읍", ana.id)]
    called = Called(at=clock.now() + timedelta(days=2), place="센터", agenda="찾은 것", seats=two)
    row = conferences.call(by=hana.viewer, number=case.number, called=called)
    here, form = f"/desk/cases/{case.number}/conferences/{row.pk}/", "details form:has([data-draft])"
    page = walk.as_(hana)
    go(page, here)
    page.locator("details summary", has_text="결정 적기").click()
    fill(page, form, words="도시락 주 2회", dissent="주 3회가 맞다")
    kept(page)
    look(page)
    page.context.close()
    page = again(walk, hana)
    go(page, here)
    offer = page.locator(f"{form} [data-draft-offer]")
    expect(offer).to_be_visible()
    look(page)
    page.locator(f"{form} [data-draft-take]").click()
    assert page.input_value(f"{form} [name=words]") == "도시락 주 2회"
    assert "주 3회" not in page.input_value("main form:not(details form) [name=summary]")
    other = walk.as_(ana)
    go(other, here)
    expect(other.locator("details form [data-draft-offer]")).to_be_hidden()
    press(page, "저장", within=form, status=422)
    page.fill(f"{form} [name=dissenters]", "한보순")
    press(page, "저장", within=form)
    with as_owner():
        assert Decision.objects.get().dissenters == "한보순" and Draft.objects.get().fields == ""
    go(page, here)
    expect(page.locator("details form [data-draft-offer]")).to_be_hidden()


def test_in_and_out_at_a_visit(walk: Walk, ana: Actor, hana: Actor) -> None:
    visit = assign(ana, make_report(), ana, hana)
    here = f"/desk/visits/{visit.pk}/"
    page, office = walk.as_(hana), walk.as_(ana)
    with clock.pinned(TOMORROW_TEN):
        go(page, here)
        look(page)
        press(page, "지금 들어가요")
        assert "나왔어요" in said(page)
        look(page)
    late = TOMORROW_TEN + timedelta(minutes=80)
    with clock.pinned(late):
        assert presence.watch() == 1
        go(page, here)
        assert "찾고" in said(page)
        told = go(office, here)
        assert "송하나" in told and "112" in told
        look(office)
        press(page, "나왔어요")
        assert "닿았어요" not in go(office, here)
    with as_owner():
        row = Presence.objects.get()
    assert (row.left_at, row.ended_by_id, row.alarms) == (late, hana.id, 1)


def test_in_and_out_on_the_telephone_without_signal(ana: Actor, hana: Actor, browser: Any, live_server: Any) -> None:
    visit = assign(ana, make_report(), ana, hana)
    with clock.pinned(THERE):
        context, page = telephone(browser, live_server, hana)
        page.locator("#field-today a").click()
        page.locator("#go-in button").click()
        expect(page.locator("#stay-unseen")).to_be_visible(timeout=20_000)
        expect(page.locator("#result")).to_be_visible()
        shoot(page, "unseen")
        context.set_offline(False)
        expect(page.locator("#stay-unseen")).to_be_hidden(timeout=20_000)
        expect(page.locator("#stay-said")).to_contain_text("10:30")
        shoot(page, "inside")
        nothing_serious(page)
        with as_owner():
            assert Presence.objects.get(visit=visit, left_at=None).came_at == THERE
        context.set_offline(True)
        page.locator("#come-out").click()
        expect(page.locator("#go-in")).to_be_visible(timeout=20_000)
        expect(page.locator("#stay-waits")).to_be_visible(timeout=20_000)
        context.set_offline(False)
        expect(page.locator("#stay-waits")).to_be_hidden(timeout=20_000)
        with as_owner():
            assert Presence.objects.get(visit=visit).left_at == THERE
    context.close()
