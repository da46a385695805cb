"""The unit's tablet with the network cut: a result and a stranger are kept, go out once, and two who differ choose."""

from datetime import time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cases.access import LAST_MOMENT
from cases.models import CaseGrant, Intake, Outing, StopPerson, TimelineEntry
from cases.services import assessment
from hopecare.kernel import clock
from tests.browser_fixtures import PHONE, open_context
from tests.cases.case_kit import again
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.mobile_api.test_field_api import desk_code
from tests.mobile_api.test_field_in_a_browser import shot
from tests.mobile_api.test_outings_api import a_round
from tests.mobile_api.test_phone_app import kept, nothing_serious

SLOW = 20_000


def tablet(browser: Browser, live_server: Any, actor: Actor, **options: Any) -> tuple[BrowserContext, Page]:
    """Let in with a code of the desk; the day is on it, and without signal from then on it opens anew."""
    context = open_context(browser, live_server, **{"viewport": PHONE, "is_mobile": True, **options})
    page = context.new_page()
    page.clock.set_fixed_time("2026-11-23T10:00:00+09:00")
    page.goto("/m/#me", timeout=60_000)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.locator("#stranger summary").click()
    page.locator("#m-staff").fill(desk_code(actor))
    page.locator("#staff button").click()
    expect(page.locator("#as-staff")).to_contain_text(actor.user.name, timeout=SLOW)
    page.goto("/m/#field")
    expect(page.locator("#field-outing-list li")).to_have_count(1, timeout=SLOW)
    page.wait_for_function("HopeStore.get('kept', 'grids').then((row) => row && row.items.length > 0)", timeout=SLOW)
    context.set_offline(True)
    page.reload()
    return context, page


def at_the_stop(page: Page) -> None:
    page.locator("#field-outing-list a").click(timeout=SLOW)
    expect(page.locator("#outing-stops > li")).to_have_count(2, timeout=SLOW)


def write(page: Page, result: str, words: str) -> None:
    page.locator("#outing-stops").get_by_role("link", name="윤순덕").click()
    page.locator(f"#seen-{result}").check(timeout=SLOW)
    page.locator("#seen-words").fill(words)
    page.locator("#meeting").evaluate("form => { form.requestSubmit(); form.requestSubmit(); }")  # a hurried thumb
    expect(page.locator("#meet-waits")).to_be_visible(timeout=SLOW)


@pytest.fixture
def driver(someone: Any) -> Actor:
    found: Actor = someone("case_manager", "central", "central")
    return found


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("R16", "D10")
def test_a_result_and_a_stranger_without_signal_arrive_once(
    driver: Actor, hana: Actor, let_go: None, browser: Browser, live_server: Any
) -> None:
    row = a_round(driver, hana)
    assessment.raise_flag(by=hana.viewer, number=again(row.case).number, kind="dog")
    context, page = tablet(browser, live_server, driver, viewport={**PHONE, "width": 320})
    shot(page, "unit-field")
    at_the_stop(page)
    nothing_serious(page)
    shot(page, "unit-day")
    page.locator("#outing-stops").get_by_role("link", name="윤순덕").click()
    expect(page.locator("#meet-warnings")).to_contain_text("사나운 개", timeout=SLOW)
    expect(page.locator("#meeting")).to_be_visible(timeout=SLOW)
    nothing_serious(page)
    shot(page, "unit-meet")
    page.locator("#meet-card a").click()
    expect(page.locator("#house-h")).to_have_text("윤순덕", timeout=SLOW)
    page.go_back()
    page.go_back()
    write(page, "met", "혈압약을 받아 가심")
    page.locator("#meet [data-back]").click()
    page.get_by_role("link", name="새로 오신 분 마석역 광장").click()
    page.locator("#new-name").fill("정말순")
    page.locator("#new-words").fill("보일러가 고장 났어요")
    expect(page.locator("#new-town")).to_have_value("hwado")
    nothing_serious(page)
    shot(page, "unit-newcomer")
    page.locator("#coming").evaluate("form => { form.requestSubmit(); form.requestSubmit(); }")
    expect(page.locator("[data-taken] li")).to_contain_text("신호를 기다림", timeout=SLOW)
    shot(page, "unit-waits")
    page.reload()
    expect(page.locator("[data-taken] li")).to_have_count(1, timeout=SLOW)
    with as_owner():
        assert not Intake.objects.exists() and StopPerson.objects.get().result == ""
    context.set_offline(False)
    expect(page.locator("[data-taken] li")).to_contain_text("2026-I-00001", timeout=SLOW)
    expect(page.locator("#outing-stops [data-people] li")).to_contain_text("만남", timeout=SLOW)
    shot(page, "unit-sent")
    with as_owner():
        assert (Intake.objects.get().name, StopPerson.objects.get().result) == ("정말순", "met")
        entry = TimelineEntry.objects.get(case=row.case_id, kind="contact")
    assert entry.words == "혈압약을 받아 가심"
    page.goto("/m/#me")
    page.get_by_role("button", name="나가고 모두 지우기").click()
    page.get_by_role("button", name="지우기", exact=True).click()
    expect(page.locator("#erased")).to_be_visible(timeout=SLOW)
    assert kept(page) == {"rows": 0, "caches": 0, "tab": 0}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_of_the_crew_differ_both_are_shown_and_one_chooses(
    driver: Actor, hana: Actor, let_go: None, browser: Browser, live_server: Any
) -> None:
    row = a_round(driver, hana, hana)
    theirs, one = tablet(browser, live_server, driver)
    mine, page = tablet(browser, live_server, hana, viewport={**PHONE, "width": 320})
    for tab, result, words in ((one, "met", "혈압약을 받아 가심"), (page, "not_there", "문이 잠겨 있었어요")):
        at_the_stop(tab)
        write(tab, result, words)
    theirs.set_offline(False)
    expect(one.locator("#meet-recorded")).to_be_visible(timeout=SLOW)
    mine.set_offline(False)
    expect(page.locator("#meet-conflict")).to_contain_text("혈압약을 받아 가심", timeout=SLOW)
    expect(page.locator("#meet-conflict")).to_contain_text("문이 잠겨 있었어요")
    nothing_serious(page)
    shot(page, "unit-conflict")
    with as_owner():
        assert StopPerson.objects.get().result == "met", "nothing is overwritten"
    page.get_by_role("button", name="내 결과로 남기기").click()
    expect(page.locator("#meet-recorded")).to_contain_text("문이 잠겨 있었어요", timeout=SLOW)
    with as_owner():
        entries = TimelineEntry.objects.filter(case=row.case_id, details__has_key="instead").order_by("pk")
        told = [(entry.words, entry.by_name) for entry in entries]
    assert told == [("혈압약을 받아 가심", driver.user.name), ("문이 잠겨 있었어요", "송하나")]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("R16", "R58")
def test_what_waited_over_midnight_is_sent_and_the_day_leaves_the_tablet(
    driver: Actor, hana: Actor, let_go: None, browser: Browser, live_server: Any
) -> None:
    row, eve = a_round(driver, hana), NOW.date() - timedelta(days=1)
    context, page = tablet(browser, live_server, driver)
    page.clock.set_fixed_time(f"{eve}T22:00:00+09:00")
    page.evaluate(
        "on => HopeStore.get('kept', 'outings')"
        ".then(row => { row.items[0].on = on; return HopeStore.put('kept', row); })",
        str(eve),
    )
    page.reload()
    at_the_stop(page)
    write(page, "met", "혈압약을 받아 가심")
    with as_owner():
        Outing.objects.update(on=eve)
        CaseGrant.objects.filter(stop_person=row).update(ends_at=clock.at(eve, LAST_MOMENT))
    page.clock.set_fixed_time("2026-11-23T10:00:00+09:00")
    page.goto("/m/#field")
    page.reload()
    expect(page.locator("#field-outing-list li")).to_have_count(1, timeout=SLOW)
    context.set_offline(False)
    expect(page.locator("#field-outing-list li")).to_have_count(0, timeout=SLOW)
    with as_owner():
        found = StopPerson.objects.get()
    assert (found.result, found.recorded_at, found.came_at) == ("met", clock.at(eve, time(22)), NOW)
