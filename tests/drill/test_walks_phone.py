"""Two walks on the telephone in Chromium: a yes from a notification, and somebody who says that they are well until the
day when they do not, with the watch board beside it (R92, D10)."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Worker, expect

from cases.models import Watch
from hopecare.kernel import clock
from hopecare.kernel.models import SafeContact
from hopecare.messaging import services
from hopecare.messaging.gateway.push import public_key
from hopecare.messaging.models import Message, PushSubscription
from hopecare.messaging.standin.server import Server
from tests.axe import faults
from tests.browser_fixtures import DESKTOP, PHONE, follow, open_context
from tests.cases.test_case_browser import logged_in
from tests.cases.test_watching import alarm_of, begin, fresh, neighbour, sent, steps, tick, write_hours
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case
from tests.push_kit import Receiver, service
from tests.volunteers.conftest import Street, helper, moon_helps, offer_of, street
from tests.volunteers.test_by_app_in_a_browser import sign_in
from volunteers.models import Request, Volunteer
from volunteers.services import requests

__all__ = ["helper", "moon_helps", "service", "street"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
SHOTS = os.environ.get("HOPECARE_SHOTS")
WAIT = 20_000
ELEVEN = NOW.replace(hour=11)
#: The browser's own push service is out of reach here, and a browser without windows asks nobody for permission; the
#: subscription is of our stand-in. All else is the page's own.
SUBSCRIBES = """{
  let made = null;
  const told = %s;
  PushManager.prototype.getSubscription = async () => made;
  PushManager.prototype.subscribe = async () =>
    (made = { toJSON: () => told, unsubscribe: async () => { made = null; return true; } });
  Object.defineProperty(Notification, "permission", { get: () => "granted" });
  Notification.requestPermission = async () => "granted";
}"""
#: What the worker shows and what it is told of a press, where a screen would be.
SHOWS = """() => {
  self.shownHere = [];
  self.registration.showNotification = async (title, more) => { self.shownHere.push({ title, ...more }); };
}"""
PRESSED = """() => {
  const press = new Event("notificationclick");
  press.notification = { data: self.shownHere[0].data, close: () => {} };
  press.waitUntil = () => {};
  self.dispatchEvent(press);
}"""
#: Nobody can make the push service change an address; what the worker does then is its own.
CHANGED = """async (told) => {
  const change = new Event("pushsubscriptionchange");
  let done;
  change.newSubscription = { toJSON: () => told };
  change.waitUntil = (work) => { done = work; };
  self.dispatchEvent(change);
  await done;
}"""


def look(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    assert faults(page, grave=True) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def on_a_phone(browser: Browser, live_server: Any, **options: Any) -> BrowserContext:
    return open_context(browser, live_server, viewport=PHONE, has_touch=True, is_mobile=True, **options)


def deliver(context: BrowserContext, page: Page, address: str, told: dict[str, Any]) -> None:
    """As the browser does when its push service has something for the worker of /m/."""
    link, found = context.new_cdp_session(page), list[dict[str, Any]]()
    link.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    link.send("ServiceWorker.enable")
    for _ in range(200):
        if any(one["scopeURL"].endswith("/m/") for one in found):
            break
        page.wait_for_timeout(100)
    number = next(one["registrationId"] for one in found if one["scopeURL"].endswith("/m/"))
    values = {"origin": address, "registrationId": number, "data": json.dumps(told)}
    link.send("ServiceWorker.deliverPushMessage", values)


def worker_of(context: BrowserContext, page: Page) -> Worker:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return next(one for one in context.service_workers if one.url.endswith("/m/worker.js"))


def addresses() -> list[str]:
    """Where pushes go now."""
    with as_owner():
        return [row.endpoint for row in PushSubscription.objects.filter(ended_at=None)]


@pytest.mark.rule("D4", "K20")
def test_a_volunteer_says_yes_from_a_notification(
    service: Server, street: Street, moon_helps: Volunteer, browser: Browser, live_server: Any
) -> None:
    receiver = Receiver(service, public_key())
    context = on_a_phone(browser, live_server)
    context.add_init_script(SUBSCRIBES % json.dumps(receiver.subscription))
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    sign_in(page, "010-0000-0041")
    page.locator("#push-on").click(timeout=WAIT)
    expect(page.locator("#push-off")).to_be_visible(timeout=WAIT)
    look(page, "push-on")
    assert addresses() == [receiver.endpoint]
    worker, receiver = worker_of(context, page), Receiver(service, public_key())
    worker.evaluate(CHANGED, receiver.subscription)
    assert addresses() == [receiver.endpoint], "the server heard of the new address with no page asking"
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    services.send_due()
    (told,) = receiver.fetched()
    worker.evaluate(SHOWS)
    deliver(context, page, live_server.url, told)
    page.wait_for_timeout(300)
    for _ in range(200):
        with as_owner():
            state = Message.objects.get(purpose="offer").state
        if state == "delivered":
            break
        page.wait_for_timeout(100)
    assert state == "delivered", "the worker told that it was shown, so that no text follows"
    (shown,) = worker.evaluate("() => self.shownHere")
    assert "순덕" not in json.dumps(shown, ensure_ascii=False) and shown["data"] == {"open": told["open"]}
    worker.evaluate(PRESSED)
    page.get_by_role("button", name="예, 갈게요").click(timeout=WAIT)
    expect(page.locator("#visit dl")).to_contain_text("파란 대문", timeout=WAIT)
    look(page, "push-promised")
    offer = offer_of(moon_helps)
    assert (offer.state, offer.answered_via) == ("scheduled", "app")
    with as_owner():
        seat = Request.objects.get(pk=offer.request_id)
    assert seat.filled == seat.seats == 1


def heard(watch: Watch) -> tuple[str, datetime | None]:
    found = fresh(watch)
    return found.state, found.last_sign_at


@pytest.mark.rule("R92", "D10")
def test_well_by_a_button_until_the_day_without_a_word_and_then_enough_of_it(
    hana: Actor, eli: Actor, as_: Any, browser: Browser, live_server: Any
) -> None:
    case = make_case(hana)
    with as_owner():
        SafeContact.objects.filter(person=case.main_person).update(sms_ok=True, from_hour=9, to_hour=18)
    write_hours(hana)
    watch = begin(hana, case, way="button", words="열쇠는 옆집에 있어요", never_break=True)
    neighbour(hana, watch, texts=False)
    desk = logged_in(open_context(browser, live_server, viewport=DESKTOP), live_server, as_(hana))
    desk.goto(f"/desk/cases/{case.number}/watch/{watch.pk}/")
    expect(desk.get_by_text("열쇠는 옆집에 있어요").first).to_be_visible()
    look(desk, "watch-plan")
    context = on_a_phone(browser, live_server)
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    with clock.pinned(ELEVEN):
        assert tick(ELEVEN) >= 1
        sign_in(page, "010-0000-0078")
        page.goto("/m/#home")
        expect(page.locator("#well")).to_be_visible(timeout=WAIT)
        look(page, "well-asked")
        page.get_by_role("button", name="잘 지내요").click()
        expect(page.locator("#well-said")).to_be_visible(timeout=WAIT)
        look(page, "well-said")
    assert heard(watch) == ("on", ELEVEN) and tick(ELEVEN + timedelta(hours=2)) == 0
    tomorrow = ELEVEN + timedelta(days=1)
    tick(tomorrow)
    tick(tomorrow + timedelta(minutes=61))
    tick(tomorrow + timedelta(minutes=92))
    tick(tomorrow + timedelta(minutes=123))
    assert [rung for rung, _result in steps(alarm_of(watch))] == ["call", "contact", "visit"]
    with clock.pinned(tomorrow + timedelta(minutes=125)):
        desk.goto("/desk/watch/")
        expect(desk.locator(".hc-items li")).to_have_count(1)
        look(desk, "watch-board")
        follow(desk.locator(".hc-items a"))
        expect(desk.get_by_text("정미경").first).to_be_visible()
        look(desk, "watch-alarm")
        page.clock.set_fixed_time(tomorrow + timedelta(minutes=125))
        page.get_by_role("button", name="모두 그만두기").click()
        expect(page.locator("#well")).to_be_hidden(timeout=WAIT)
        assert (fresh(watch).state, fresh(watch).why, fresh(watch).changed_via) == ("ended", "wish", "app")
        with as_owner():
            assert Message.objects.filter(purpose="watch.stopped", recipient_id=str(hana.id)).count() == 1
        desk.reload()
        look(desk, "watch-alarm-stopped")
    assert tick(tomorrow + timedelta(days=2)) == 0
    rungs = [rung for rung, _result in steps(alarm_of(watch))]
    assert "emergency" not in rungs, "an alarm of a watch that was stopped climbs no more"
    context.close()


@pytest.mark.skipif(not SHOTS, reason="pictures for a person to look at")
@pytest.mark.parametrize("locale", ["ko-KR", "en-GB"])
def test_pictures_of_the_watch(
    locale: str, hana: Actor, eli: Actor, as_: Any, browser: Browser, live_server: Any
) -> None:
    case = make_case(hana)
    write_hours(hana)
    with as_owner():
        SafeContact.objects.filter(person=case.main_person).update(sms_ok=True, from_hour=9, to_hour=18)
    watch = begin(hana, case)
    neighbour(hana, watch)
    tick(ELEVEN)
    sent("watch.ask")
    tick(ELEVEN + timedelta(minutes=61))
    alarm = alarm_of(watch)
    assert alarm is not None
    case_pages = [f"/desk/cases/{case.number}/watch/", f"/desk/cases/{case.number}/watch/{watch.pk}/"]
    paths = ["/desk/watch/", f"/desk/watch/alarms/{alarm.pk}/", *case_pages, "/desk/watch/hours/"]
    with clock.pinned(ELEVEN + timedelta(minutes=70)):
        for size in (DESKTOP, PHONE):
            context = open_context(browser, live_server, viewport=size, locale=locale)
            page = logged_in(context, live_server, as_(hana))
            for number, path in enumerate(paths):
                page.goto(path)
                look(page, f"watch-{locale[:2]}-{size['width']}-{number}")
            context.close()
