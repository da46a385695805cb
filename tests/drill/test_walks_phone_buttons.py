"""Buttons of the phone app pressed in Chromium, with signal and without: a volunteer's stand-by and days off, a field
worker's in and out at a visit, the choice of pushes for her notices. What waits goes out once, in order, with the
moment at which it was pressed."""

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cases.models import Presence, Visit
from hopecare.kernel import clock
from hopecare.kernel.models import Device
from hopecare.messaging import services
from hopecare.messaging.facts import Recipient
from hopecare.messaging.gateway.push import public_key
from hopecare.messaging.models import Message, PushSubscription
from hopecare.messaging.services import queueing
from hopecare.messaging.standin.server import Server
from tests.cases.desk_kit import assign, make_report
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.drill.test_walks_phone import (
    CHANGED,
    PRESSED,
    SHOWS,
    SUBSCRIBES,
    WAIT,
    addresses,
    deliver,
    look,
    on_a_phone,
    worker_of,
)
from tests.drill.walking import NARROW
from tests.mobile_api.test_field_api import THERE, desk_code
from tests.push_kit import Receiver, service
from tests.volunteers.conftest import Street, helper, moon_helps, street
from tests.volunteers.test_by_app_in_a_browser import sign_in
from volunteers.models import DayOff, StandBy, Volunteer

__all__ = ["helper", "moon_helps", "service", "street"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
LATER = timedelta(minutes=20)
#: Everything that the app keeps on this telephone.
STORED = """async () => (await Promise.all(["waiting", "sent", "keys", "kept"].map((name) => HopeStore.all(name))))"""


def answered(page: Page) -> Counter[str]:
    """How often the server answered each change."""
    found = Counter[str]()

    def note(response: Any) -> None:
        if response.request.method == "POST" and response.ok:
            found[response.url.rpartition("/")[2]] += 1

    page.on("response", note)
    return found


def said_of(volunteer: Volunteer) -> tuple[list[str], list[tuple[date, date]]]:
    with as_owner():
        weeks = StandBy.objects.filter(volunteer=volunteer).values_list("state", flat=True)
        return list(weeks), list(DayOff.objects.filter(volunteer=volunteer).values_list("first", "last"))


@pytest.mark.rule("R89")
def test_stand_by_and_days_off_with_signal_and_without(
    street: Street, moon_helps: Volunteer, browser: Browser, live_server: Any
) -> None:
    context = on_a_phone(browser, live_server)
    page = context.new_page()
    page.set_viewport_size(NARROW)
    page.clock.set_fixed_time(NOW)
    sign_in(page, "010-0000-0041")
    sent = answered(page)
    page.goto("/m/#visits")
    page.locator("#people summary").first.click(timeout=WAIT)
    ring, not_now = page.locator("[data-call='1']"), page.locator("[data-call='']")
    ring.focus()
    page.keyboard.press("Enter")
    expect(not_now).to_be_focused(timeout=WAIT)
    expect(page.locator("[data-person-waits]")).to_be_hidden(timeout=WAIT)
    look(page, "stand-by")
    assert said_of(moon_helps) == (["on"], [])
    page.keyboard.press("Enter")
    expect(ring).to_be_focused(timeout=WAIT)
    expect(page.locator("[data-person-waits]")).to_be_hidden(timeout=WAIT)
    assert said_of(moon_helps) == (["off"], [])
    keep = page.locator("form[data-off] button")
    keep.click()
    expect(page.locator("[data-off-wrong]")).to_be_visible()
    page.locator("[name=first]").fill("2026-12-10")
    keep.click()
    expect(page.locator("[data-off-list] li")).to_have_text("12/10", timeout=WAIT)
    assert said_of(moon_helps)[1] == [(date(2026, 12, 10), date(2026, 12, 10))]
    context.set_offline(True)
    ring.click()
    page.locator("[name=first]").fill("2026-12-24")
    page.locator("[name=last]").fill("2026-12-26")
    keep.click()
    expect(page.locator("[data-off-list] .hc-tag")).to_be_visible(timeout=WAIT)
    expect(page.locator("[data-person-waits]")).to_be_visible()
    look(page, "stand-by-waits")
    page.goto("/m/#home")
    expect(page.locator("#waiting-list li")).to_have_count(2)
    assert said_of(moon_helps) == (["off"], [(date(2026, 12, 10), date(2026, 12, 10))])
    context.set_offline(False)
    expect(page.locator("#waiting")).to_be_hidden(timeout=WAIT)
    page.goto("/m/#visits")
    expect(page.locator("[data-off-list] li")).to_have_count(2)
    weeks, days = said_of(moon_helps)
    assert weeks == ["on"] and days[1:] == [(date(2026, 12, 24), date(2026, 12, 26))]
    assert {name: sent[name] for name in ("stand-by", "days-off")} == {"stand-by": 3, "days-off": 2}
    context.close()


@pytest.mark.rule("R89")
def test_what_is_refused_once_it_arrives_is_said_on_the_card(
    street: Street, moon_helps: Volunteer, browser: Browser, live_server: Any
) -> None:
    context = on_a_phone(browser, live_server)
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    sign_in(page, "010-0000-0041")
    page.goto("/m/#visits")
    page.locator("#people summary").first.click(timeout=WAIT)
    page.locator("[name=first]").fill("2026-12-24")
    page.locator("[name=last]").fill("2026-12-20")
    page.locator("form[data-off] button").click()
    expect(page.locator("#people [data-wrong]")).to_contain_text("1년", timeout=WAIT)
    page.locator("[name=first]").fill("2026-12-24")
    page.locator("form[data-off] button").click()
    expect(page.locator("[data-off-list] li")).to_have_text("12/24", timeout=WAIT)
    expect(page.locator("#people [data-wrong]")).to_be_hidden()
    context.close()


def stays() -> list[tuple[Any, Any]]:
    with as_owner():
        return list(Presence.objects.order_by("pk").values_list("came_at", "left_at"))


def let_in(page: Page, hana: Actor) -> None:
    page.goto("/m/#me", timeout=60_000)
    page.locator("#stranger summary").click()
    page.locator("#m-staff").fill(desk_code(hana))
    page.locator("#staff button").click()
    expect(page.locator("#as-staff")).to_contain_text(hana.user.name, timeout=WAIT)


def open_visit(page: Page, hana: Actor) -> None:
    let_in(page, hana)
    page.goto("/m/#field")
    page.locator("#field-today a").click(timeout=WAIT)


def tell_of(by: Actor, to: Actor) -> None:
    queueing.notify(
        by=by.viewer,
        purpose="trial",
        about=("report", 1),
        step="1",
        to=Recipient.user(to.id),
        words="%(name)s",
        parameters={"name": "윤순덕 님이 전화를 기다려요."},
        link="/desk/",
    )


@pytest.fixture
def visit(ana: Actor, hana: Actor) -> Visit:
    return assign(ana, make_report(), ana, hana)


@pytest.mark.rule("D10")
def test_in_and_out_at_a_visit_with_signal_and_without(
    visit: Visit, hana: Actor, browser: Browser, live_server: Any
) -> None:
    context = on_a_phone(browser, live_server)
    page = context.new_page()
    page.set_viewport_size(NARROW)
    page.clock.set_fixed_time(THERE)
    go_in, out, unseen = page.locator("#go-in button"), page.locator("#come-out"), page.locator("#stay-unseen")
    with clock.pinned(THERE):
        open_visit(page, hana)
        sent = answered(page)
        page.locator("#stay-minutes").select_option("30")
        go_in.click()
        expect(out).to_be_focused(timeout=WAIT)
        expect(page.locator("#stay-said")).to_contain_text("11:00", timeout=WAIT)
        expect(unseen).to_be_hidden(timeout=WAIT)
        look(page, "inside")
        assert stays() == [(THERE, None)]
        page.keyboard.press("Enter")
        expect(page.locator("#stay-minutes")).to_be_focused(timeout=WAIT)
        expect(page.locator("#stay-waits")).to_be_hidden(timeout=WAIT)
        assert stays() == [(THERE, THERE)]
    context.set_offline(True)
    came, left = THERE + LATER, THERE + 2 * LATER
    with clock.pinned(THERE + 3 * LATER):
        page.clock.set_fixed_time(came)
        go_in.click()
        expect(unseen).to_be_visible(timeout=WAIT)
        look(page, "inside-unseen")
        page.clock.set_fixed_time(left)
        page.reload()
        out.click(timeout=WAIT)
        expect(page.locator("#stay-waits")).to_be_visible(timeout=WAIT)
        look(page, "out-waits")
        assert stays() == [(THERE, THERE)]
        page.clock.set_fixed_time(THERE + 3 * LATER)
        context.set_offline(False)
        expect(page.locator("#stay-waits")).to_be_hidden(timeout=WAIT)
        assert stays() == [(THERE, THERE), (came, left)]
        context.set_offline(True)
        go_in.click()
        expect(unseen).to_be_visible(timeout=WAIT)
        context.set_offline(False)
        expect(unseen).to_be_hidden(timeout=WAIT)
        expect(out).to_be_visible()
        assert stays()[2:] == [(THERE + 3 * LATER, None)]
        out.click()
        expect(go_in).to_be_visible(timeout=WAIT)
        expect(page.locator("#stay-waits")).to_be_hidden(timeout=WAIT)
    assert stays()[2:] == [(THERE + 3 * LATER, THERE + 3 * LATER)]
    assert {name: sent[name] for name in ("in", "out")} == {"in": 3, "out": 3}
    context.close()


@pytest.mark.rule("D4")
def test_a_member_of_staff_chooses_pushes_for_her_notices(
    service: Server, ana: Actor, hana: Actor, visit: Visit, browser: Browser, live_server: Any
) -> None:
    receiver = Receiver(service, public_key())
    context = on_a_phone(browser, live_server)
    context.add_init_script(SUBSCRIBES % json.dumps(receiver.subscription))
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    let_in(page, hana)
    expect(page.locator("#push-on")).to_be_visible(timeout=WAIT)
    assert addresses() == [], "off by default"
    page.locator("#push-on").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#push-off")).to_be_focused(timeout=WAIT)
    look(page, "push-staff")
    assert addresses() == [receiver.endpoint]
    worker, receiver = worker_of(context, page), Receiver(service, public_key())
    worker.evaluate(CHANGED, receiver.subscription)
    assert addresses() == [receiver.endpoint]
    tell_of(ana, hana)
    services.send_due()
    (told,) = receiver.fetched()
    worker.evaluate(SHOWS)
    deliver(context, page, live_server.url, told)
    row = Message.objects.filter(purpose="notice.push")
    for _ in range(200):
        with as_owner():
            state = row.get().state
        if state == "delivered":
            break
        page.wait_for_timeout(100)
    assert state == "delivered"
    (shown,) = worker.evaluate("() => self.shownHere")
    assert shown["title"] == "알림장에 새 글이 있어요" and "순덕" not in json.dumps(shown, ensure_ascii=False)
    worker.evaluate(PRESSED)
    expect(page.locator("#notices-list")).to_contain_text("윤순덕", timeout=WAIT)
    page.set_viewport_size(NARROW)
    look(page, "notices")
    assert "윤순덕" not in json.dumps(page.evaluate(STORED), ensure_ascii=False), "nothing of it is kept"
    page.goto("/m/#me")
    page.get_by_role("button", name="나가고 모두 지우기").click()
    page.get_by_role("button", name="지우기", exact=True).click()
    expect(page.locator("#erased")).to_be_visible(timeout=WAIT)
    assert addresses() == [], "off at log-out"
    context.close()


def test_whoever_signs_in_next_on_the_same_telephone_has_not_chosen(
    service: Server, ana: Actor, hana: Actor, browser: Browser, live_server: Any
) -> None:
    receiver = Receiver(service, public_key())
    context = on_a_phone(browser, live_server)
    context.add_init_script(SUBSCRIBES % json.dumps(receiver.subscription))
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    let_in(page, hana)
    page.locator("#push-on").click(timeout=WAIT)
    expect(page.locator("#push-off")).to_be_visible(timeout=WAIT)
    with as_owner():
        Device.objects.update(ended_at=NOW, ended_why="revoked")
        PushSubscription.objects.update(endpoint="", receiver_key="", secret="", ended_at=NOW)
    page.clock.set_fixed_time(NOW + timedelta(minutes=15))
    page.evaluate("HopeSend.access().catch(() => {})")
    page.evaluate("location.hash = 'home'; location.hash = 'me'")
    expect(page.locator("#stranger")).to_be_visible(timeout=WAIT)
    page.locator("#m-staff").fill(desk_code(ana))
    page.locator("#staff button").click()
    expect(page.locator("#as-staff")).to_contain_text(ana.user.name, timeout=WAIT)
    expect(page.locator("#push-on")).to_be_visible(timeout=WAIT)
    page.evaluate("HopePage.sync()")
    assert addresses() == []
    context.close()
