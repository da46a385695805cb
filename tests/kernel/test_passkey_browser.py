"""A passkey, the choice of whom one acts for, and a form without a mouse, in Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from hopecare.kernel import clock
from hopecare.kernel.models import Affiliation, Organisation, Role
from tests.browser_fixtures import open_context
from tests.cast import Actor
from tests.waiting import wait_for_the_server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a quiet lamp by the door"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser: Browser, live_server, transactional_db) -> Iterator[Page]:
    context = open_context(browser, live_server)
    yield context.new_page()
    context.close()
    wait_for_the_server()


@pytest.fixture
def hana_of_two_houses(hana: Actor) -> Actor:
    hana.user.set_password(PASSWORD)
    hana.user.save()
    today = clock.today()
    Affiliation.objects.update(confirmed_on=today)
    Affiliation.objects.create(
        user=hana.user,
        organisation=Organisation.objects.get(code="north_centre"),
        role=Role.objects.get(code="nurse"),
        starts_on=today,
        confirmed_on=today,
    )
    return hana


def with_device(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def test_a_passkey_is_made_opens_the_desk_and_one_chooses_for_whom_one_acts(
    page: Page, hana_of_two_houses: Actor
) -> None:
    with_device(page)
    page.goto("/login/")
    page.locator("input[name=login]").fill("hana")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/factors/**")
    page.goto("/account/factors/passkeys/add/")
    page.locator("input[name=name]").fill("내 휴대전화")
    page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "passkeys/add" not in url)
    page.goto("/me/")
    with page.expect_navigation(wait_until="load"):
        page.locator("form[action='/logout/'] button").first.click()
    page.goto("/login/?next=/desk/acting/")
    page.locator("#passkey_login").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto("/desk/acting/")
    page.get_by_label("북부희망케어센터").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/desk/acting/" not in url)
    expect(page.get_by_text("북부희망케어센터").first).to_be_visible()
    page.goto("/desk/acting/")
    expect(page.get_by_label("북부희망케어센터")).to_be_checked()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus stands there, as somebody without a mouse must."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def test_a_report_and_a_staff_form_are_filled_by_keyboard_alone(page: Page, eli: Actor, as_, live_server) -> None:
    page.goto("/report/")
    tab_to(page, "select[name=town]")
    page.keyboard.type("화도")
    tab_to(page, "input[name=directions]")
    page.keyboard.type("파란 대문")
    tab_to(page, "input[name=seen]")
    page.keyboard.press("Space")
    tab_to(page, "input[name=urgency]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "main form button.primary, main form button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks/")
    Affiliation.objects.update(confirmed_on=clock.today())
    cookies = as_(eli).cookies
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in cookies.items()]
    )
    page.goto("/desk/colleagues/new/")
    for name, words in (("name", "새봄이"), ("username", "saebom")):
        tab_to(page, f"input[name={name}]")
        page.keyboard.type(words)
    for name in ("organisation", "role"):
        tab_to(page, f"select[name={name}]")
        page.keyboard.press("ArrowDown")
    tab_to(page, "main form button.primary")
    page.keyboard.press("Enter")
    expect(page.get_by_text("saebom", exact=True)).to_be_visible()
