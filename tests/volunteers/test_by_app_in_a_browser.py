"""A volunteer's day on the phone app with the network cut: pressed without signal, sent once in order, then gone."""

import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hopecare.kernel import clock
from tests.browser_fixtures import PHONE, open_context
from tests.cast import NOW
from tests.mobile_api.phone_kit import code_sent
from tests.mobile_api.test_phone_app import kept, nothing_serious
from tests.volunteers.conftest import THURSDAY, Street, offer_of
from volunteers.models import Volunteer
from volunteers.services import requests

CAME = THURSDAY + timedelta(minutes=3)
SHOTS = os.environ.get("SHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def sign_in(page: Page, number: str) -> None:
    page.goto("/m/#me", timeout=60_000)
    page.locator("#m-number").fill(number)
    page.locator("#ask button").click()
    expect(page.locator("#enter")).to_be_visible(timeout=20_000)
    page.locator("#m-code").fill(code_sent(number))
    page.locator("#enter button").click()
    expect(page.locator("#known")).to_be_visible(timeout=20_000)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("R89", "D4")
def test_what_is_pressed_at_the_door_without_signal_goes_out_once_in_order(
    street: Street, moon_helps: Volunteer, let_go: None, browser: Browser, live_server: Any
) -> None:
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    context = open_context(browser, live_server, viewport={**PHONE, "width": 320}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    sign_in(page, "010-0000-0041")
    shot(page, "me")
    page.goto("/m/#home")
    expect(page.locator("#next-visit")).to_contain_text("1건", timeout=20_000)
    shot(page, "home")
    page.get_by_role("link", name="내 봉사").click()
    nothing_serious(page)
    shot(page, "visits-ask")
    page.locator("#asks-list a").click()
    shot(page, "ask")
    page.get_by_role("button", name="예, 갈게요").click()
    expect(page.locator("#visit dl")).to_contain_text("파란 대문", timeout=20_000)
    shot(page, "promised")
    nothing_serious(page)
    context.set_offline(True)
    with clock.pinned(CAME + timedelta(hours=4)):
        page.clock.set_fixed_time(CAME)
        page.goto("/m/#visits")
        shot(page, "visits-offline")
        page.locator("#coming-list a").click()
        page.get_by_role("button", name="도착했어요").click()
        expect(page.locator("#arrived-said")).to_contain_text("14:03", timeout=20_000)
        shot(page, "arrived-offline")
        page.clock.set_fixed_time(CAME + timedelta(minutes=62))
        page.get_by_role("button", name="다녀왔어요").click()
        expect(page.locator("#visit-waits")).to_be_visible(timeout=20_000)
        shot(page, "done-offline")
        assert offer_of(moon_helps).arrived_at is None
        page.clock.set_fixed_time(CAME + timedelta(hours=4))
        context.set_offline(False)
        expect(page.get_by_role("heading", name="다녀와 주셔서 고맙습니다")).to_be_visible(timeout=20_000)
        shot(page, "done")
    offer = offer_of(moon_helps)
    told: list[datetime | None] = [offer.arrived_at, offer.done_at]
    assert told == [CAME, CAME + timedelta(minutes=62)] and offer.done_via == "app"
    page.goto("/m/#me")
    page.get_by_role("button", name="나가고 모두 지우기").click()
    page.get_by_role("button", name="지우기", exact=True).click()
    expect(page.locator("#erased")).to_be_visible(timeout=20_000)
    assert kept(page) == {"rows": 0, "caches": 0, "tab": 0}
