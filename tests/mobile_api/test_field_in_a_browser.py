"""Two who made the same visit write about it without signal: the quicker one is recorded, nobody's words are lost."""

import os
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cases.models import Visit
from hopecare.kernel import clock
from tests.browser_fixtures import PHONE, open_context
from tests.cases.desk_kit import assign, make_report
from tests.cast import Actor
from tests.database import as_owner
from tests.mobile_api.test_field_api import THERE, desk_code
from tests.mobile_api.test_phone_app import kept, nothing_serious

SHOTS = os.environ.get("SHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def telephone(browser: Browser, live_server: Any, actor: Actor, **options: Any) -> tuple[BrowserContext, Page]:
    """Let in with a code of the desk, and without signal from then on."""
    context = open_context(browser, live_server, **{"viewport": PHONE, "is_mobile": True, **options})
    page = context.new_page()
    page.clock.set_fixed_time(THERE)
    page.goto("/m/#me", timeout=60_000)
    page.locator("#stranger summary").click()
    page.locator("#m-staff").fill(desk_code(actor))
    page.locator("#staff button").click()
    expect(page.locator("#as-staff")).to_contain_text(actor.user.name, timeout=20_000)
    page.goto("/m/#field")
    expect(page.locator("#field-today li")).to_have_count(1, timeout=20_000)
    context.set_offline(True)
    return context, page


def write(page: Page, result: str, note: str) -> None:
    page.locator("#field-today a").click()
    page.locator(f"#res-{result}").check()
    page.locator("#res-note").fill(note)
    page.locator("#result > button").click()
    expect(page.locator("#call-waits")).to_be_visible(timeout=20_000)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_drafts_of_one_visit_meet_and_both_stay(
    ana: Actor, hana: Actor, let_go: None, browser: Browser, live_server: Any
) -> None:
    visit = assign(ana, make_report(), ana, hana)
    with clock.pinned(THERE):
        theirs, official = telephone(browser, live_server, ana)
        mine, page = telephone(browser, live_server, hana, viewport={**PHONE, "width": 320})
        shot(page, "field")
        write(official, "met", "문을 열어 주셨어요")
        write(page, "declined", "뒷문에 우편물이 쌓여 있었어요")
        shot(page, "call-waits")
        theirs.set_offline(False)
        expect(official.locator("#call-recorded")).to_be_visible(timeout=20_000)
        mine.set_offline(False)
        expect(page.locator("#call-conflict")).to_contain_text("문을 열어 주셨어요", timeout=20_000)
        expect(page.locator("#call-conflict")).to_contain_text("뒷문에 우편물")
        nothing_serious(page)
        shot(page, "conflict")
        page.get_by_role("button", name="내 말을 덧붙이기").click()
        expect(page.locator("#call-recorded")).to_contain_text("송하나", timeout=20_000)
        shot(page, "recorded")
        with as_owner():
            row = Visit.objects.get(pk=visit.pk)
        assert row.result == "met" and "뒷문에 우편물" in row.note and row.recorded_by_id == ana.id
        page.goto("/m/#me")
        page.get_by_role("button", name="나가고 모두 지우기").click()
        page.get_by_role("button", name="지우기", exact=True).click()
        expect(page.locator("#erased")).to_be_visible(timeout=20_000)
    assert kept(page) == {"rows": 0, "caches": 0, "tab": 0}
