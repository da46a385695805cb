"""A volunteer says yes from a notification: the push comes through our own service, the browser's worker shows it."""

import json
import os
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Worker, expect

from hopecare.messaging import services
from hopecare.messaging.gateway.push import public_key
from hopecare.messaging.models import Message
from hopecare.messaging.standin.server import Server
from tests.browser_fixtures import PHONE, open_context
from tests.cast import NOW
from tests.database import as_owner
from tests.mobile_api.test_phone_app import nothing_serious
from tests.push_kit import Receiver, service
from tests.volunteers.conftest import Street, offer_of
from tests.volunteers.test_by_app_in_a_browser import shot, sign_in
from volunteers.models import Volunteer
from volunteers.services import requests

__all__ = ["service"]
SHOTS = os.environ.get("SHOTS", "")
#: The browser's own push service is out of reach here; everything behind it is ours.
SUBSCRIBES = """{
  let made = null;
  const told = %s, leave = async () => { made = null; return true; };
  PushManager.prototype.getSubscription = async () => made;
  PushManager.prototype.subscribe = async () => (made = { toJSON: () => told, unsubscribe: leave });
  Notification.requestPermission = async () => "granted";
}"""
SHOWN = "self.registration.getNotifications().then((all) => all.map((one) => [one.title, one.body]))"
PRESSED = """self.registration.getNotifications().then((all) => {
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification: all[0] }));
})"""


def deliver(context: BrowserContext, page: Page, address: str, told: dict[str, Any]) -> None:
    """As the browser does when its push service has something for this page's worker."""
    link, found = context.new_cdp_session(page), list[dict[str, Any]]()
    link.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    link.send("ServiceWorker.enable")
    page.wait_for_function("() => true")
    registration = next(one for one in found if one["scopeURL"].endswith("/m/"))
    values = {"origin": address, "registrationId": registration["registrationId"], "data": json.dumps(told)}
    link.send("ServiceWorker.deliverPushMessage", values)


def worker_of(context: BrowserContext) -> Worker:
    return context.service_workers[0]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("D4")
def test_a_yes_from_a_notification(
    service: Server, street: Street, moon_helps: Volunteer, let_go: None, browser: Browser, live_server: Any
) -> None:
    context = open_context(browser, live_server, viewport=PHONE, has_touch=True, is_mobile=True)
    context.grant_permissions(["notifications"], origin=live_server.url)
    receiver = Receiver(service, public_key())
    context.add_init_script(SUBSCRIBES % json.dumps(receiver.subscription))
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    sign_in(page, "010-0000-0041")
    page.get_by_role("button", name="이 휴대폰으로 알림 받기").click(timeout=20_000)
    expect(page.locator("#push-off")).to_be_visible(timeout=20_000)
    nothing_serious(page)
    shot(page, "push-on")
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    services.send_due()
    (told,) = receiver.fetched()
    deliver(context, page, live_server.url, told)
    page.wait_for_timeout(500)
    assert worker_of(context).evaluate(SHOWN) == [
        ["답을 기다리고 있어요", "앱을 열어 주세요. 가능한지 아닌지 잠깐이면 됩니다."]
    ]
    worker_of(context).evaluate(PRESSED)
    page.get_by_role("button", name="예, 갈게요").click(timeout=20_000)
    expect(page.locator("#visit dl")).to_contain_text("파란 대문", timeout=20_000)
    with as_owner():
        assert Message.objects.get(purpose="offer").state == "delivered"
    assert offer_of(moon_helps).answered_via == "app"
    context.close()
