"""What people open on the way to a door, at 320 px and at a desk, in Korean and in English, and by keyboard alone: the
pictures of rooms, the leader's houses, a visit with in and out, the app's day of a volunteer and of a field worker."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cases.models import Visit
from cases.services import presence, rooms
from hopecare.kernel import clock
from tests.axe import faults
from tests.browser_fixtures import DESKTOP, follow, open_context
from tests.cases.desk_kit import TOMORROW_TEN, assign, make_report
from tests.cases.test_case_browser import logged_in
from tests.cast import NOW, Actor
from tests.drill.test_walks_keyboard import by_keyboard
from tests.drill.test_walks_phone_buttons import WAIT, open_visit
from tests.drill.walking import NARROW
from tests.volunteers.conftest import THURSDAY, Street, bo_helps, helper, moon_helps, offer_of, street
from tests.volunteers.test_by_app_in_a_browser import sign_in
from tests.volunteers.test_managers import DUE, house, of, paired, team
from tests.volunteers.test_rooms import promised, sent
from volunteers.models import Pairing, Request, Volunteer
from volunteers.services import requests

__all__ = ["bo_helps", "helper", "house", "moon_helps", "paired", "promised", "street", "team"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("let_go"),
    pytest.mark.parametrize("locale", ["ko-KR", "en-GB"]),
]
#: Where the next Tab begins: not at what was pressed last.
AT_THE_TOP = "() => { const it = document.body; it.tabIndex = -1; it.focus(); it.removeAttribute('tabindex'); }"
SHOTS = os.environ.get("HOPECARE_SHOTS")


def look(page: Page, name: str, locale: str) -> None:
    """Both sizes: nothing grave for axe, no scrolling sideways, every stop in order, seen and left again."""
    for size in (DESKTOP, NARROW):
        page.set_viewport_size(size)
        if SHOTS:
            path = Path(SHOTS) / f"{name}.{locale[:2]}.{size['width']}.png"
            page.screenshot(path=str(path), full_page=True)
        assert faults(page, grave=True) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
        page.evaluate(AT_THE_TOP)
        by_keyboard(page)


def opened(browser: Browser, live_server: Any, locale: str, path: str = "") -> Page:
    page = open_context(browser, live_server, locale=locale).new_page()
    if path:
        answer = page.goto(path)
        assert answer is not None and answer.status == 200
    return page


def test_the_pictures_of_rooms(
    locale: str, street: Street, promised: Request, moon_helps: Volunteer, as_: Any, browser: Browser, live_server: Any
) -> None:
    rooms.agree(by=street.hana.viewer, number=street.case.number, action_id=street.action.pk)
    with clock.pinned(THURSDAY + timedelta(minutes=10)):
        page = opened(browser, live_server, locale, f"/o/{offer_of(moon_helps).token}/rooms/")
        look(page, "rooms", locale)
        follow(page.locator("main form button").last)
        look(page, "rooms-refused", locale)
        assert sent(as_, offer_of(moon_helps)) == 302
        page.goto(f"/o/{offer_of(moon_helps).token}/rooms/")
        look(page, "rooms-sent", locale)
    page.context.close()


def test_the_leaders_houses(
    locale: str, paired: Pairing, team: tuple[Volunteer, Volunteer], browser: Browser, live_server: Any
) -> None:
    with clock.pinned(DUE + timedelta(days=1)):
        for name, who in (("leader", team[0]), ("manager", team[1])):
            page = opened(browser, live_server, locale, f"/h/{of(who).token}/")
            look(page, name, locale)
            page.context.close()


@pytest.fixture
def visit(ana: Actor, hana: Actor) -> Visit:
    return assign(ana, make_report(), ana, hana)


def test_a_visit_with_in_and_out_at_the_desk(
    locale: str, visit: Visit, ana: Actor, hana: Actor, as_: Any, browser: Browser, live_server: Any
) -> None:
    with clock.pinned(TOMORROW_TEN):
        context = open_context(browser, live_server, locale=locale)
        page = logged_in(context, live_server, as_(hana))
        page.goto(f"/desk/visits/{visit.pk}/")
        look(page, "presence-before", locale)
        presence.arrive(by=hana.viewer, visit_id=visit.pk, minutes=30)
        presence.arrive(by=ana.viewer, visit_id=visit.pk, minutes=30)
        page.reload()
        look(page, "presence-inside", locale)
    with clock.pinned(TOMORROW_TEN + timedelta(minutes=50)):
        page.reload()
        look(page, "presence-late", locale)
    context.close()


def test_the_apps_day_of_a_volunteer(
    locale: str, street: Street, moon_helps: Volunteer, browser: Browser, live_server: Any
) -> None:
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    page = opened(browser, live_server, locale)
    page.clock.set_fixed_time(NOW)
    sign_in(page, "010-0000-0041")
    page.goto("/m/#visits")
    page.locator("#people summary").first.click(timeout=WAIT)
    page.locator("[data-call='1']").click()
    page.locator("[name=first]").fill("2026-12-10")
    page.locator("form[data-off] button").click()
    expect(page.locator("[data-off-list] li")).to_have_count(1, timeout=WAIT)
    expect(page.locator("[data-person-waits]")).to_be_hidden(timeout=WAIT)
    page.locator("#people summary").nth(1).click()
    look(page, "volunteer", locale)
    page.context.close()


def test_the_apps_visit_of_a_field_worker(
    locale: str, visit: Visit, hana: Actor, browser: Browser, live_server: Any
) -> None:
    page = opened(browser, live_server, locale)
    page.clock.set_fixed_time(TOMORROW_TEN)
    with clock.pinned(TOMORROW_TEN):
        open_visit(page, hana)
        expect(page.locator("#go-in button")).to_be_visible(timeout=WAIT)
        look(page, "field-before", locale)
        page.locator("#go-in button").click()
        expect(page.locator("#come-out")).to_be_visible(timeout=WAIT)
        look(page, "field-inside", locale)
        page.goto("/m/#home")
        expect(page.locator("#to-field")).to_be_visible(timeout=WAIT)
        look(page, "field-home", locale)
    page.context.close()
