"""What waits on a telephone, walked in Chromium: words of danger without signal (D13), a report that fails again and
again, the next one who signs in, and the end of the seven days."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from cases.models import Visit
from cases.rules.reports import danger_words, sounds_dangerous
from hopecare.kernel import clock
from hopecare.kernel.models import Device
from tests.browser_fixtures import PHONE, open_context
from tests.cases.desk_kit import assign, make_report
from tests.cases.report_kit import reports
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.drill.test_walks_phone import WAIT, look
from tests.mobile_api.test_field_api import THERE, desk_code
from tests.mobile_api.test_field_in_a_browser import write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
NARROW = {**PHONE, "width": 320}
DAYS = 24 * 3600 * 1000
#: Everything that the app keeps on this telephone.
STORED = """async () => (await Promise.all(["waiting", "sent", "keys", "kept"].map((name) => HopeStore.all(name))))"""
#: Two steps about one subject, of which the first fails, and one about another; unsigned, so that no key is asked for.
QUEUE = """async () => {
  for (const [about, name] of [["x", "first"], ["x", "second"], ["y", "other"]])
    await HopeStore.put("waiting", {
      at: Date.now(), title: name, method: "POST", path: "/tried/" + name, headers: {}, body: {}, about,
    });
}"""
RINGS = """(words) => words.filter((text) => {
  HopePage.ring(text, false);
  return !document.getElementById("danger").hidden;
})"""


def opened(browser: Browser, live_server: Any, *, worker: bool = True) -> tuple[BrowserContext, Page]:
    """The app with a clock that the test moves. Without its worker the test may answer in place of the server."""
    way = {"service_workers": "allow" if worker else "block"}
    context = open_context(browser, live_server, viewport=NARROW, has_touch=True, is_mobile=True, **way)
    page = context.new_page()
    page.clock.install(time=NOW)
    page.goto("/m/", timeout=60_000)
    if worker:
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return context, page


def failing(context: BrowserContext, path: str, marks: list[str]) -> list[str]:
    """The server fails for bodies or paths that hold one of the marks; what came, in its order."""
    came: list[str] = []

    def answer(route: Route) -> None:
        told = f"{route.request.url} {route.request.post_data or ''}"
        came.append(told)
        if any(mark in told for mark in marks):
            route.fulfill(status=500, content_type="application/problem+json", body='{"detail": "oops", "errors": []}')
        elif "/tried/" in told:
            route.fulfill(status=204)
        else:
            route.continue_()

    context.route(re.compile(path), answer)
    return came


def tell(page: Page, words: str, *, about: str = "neighbour", urgency: str = "soon") -> None:
    """A report with a town and words, as quickly as one would."""
    page.goto(f"/m/#{about}")
    page.locator("#m-town").select_option("hwado")
    page.locator("#m-words").fill(words)
    page.locator(f"#m-{urgency}").check()
    page.locator("#telling > button").click()
    expect(page.locator("#home")).to_be_visible(timeout=WAIT)


def numbers(page: Page) -> list[str]:
    """The numbers of the box, first one first; none where it is not shown."""
    found = page.locator("#ring a:visible").evaluate_all("(links) => links.map((one) => one.getAttribute('href'))")
    return [one.removeprefix("tel:") for one in found]


@pytest.mark.rule("D13")
def test_words_of_danger_put_the_fitting_number_first_with_signal_and_without(
    city: Any, browser: Browser, live_server: Any
) -> None:
    context, page = opened(browser, live_server)
    tell(page, "사흘째 불이 안 켜졌어요")
    expect(page.locator("#sent-list li")).to_have_count(1, timeout=WAIT)
    assert numbers(page) == []
    tell(page, "죽고 싶다는 말을 하세요")
    assert numbers(page) == ["109", "119", "112"]
    expect(page.locator("#sent-list li")).to_have_count(2, timeout=WAIT)
    context.set_offline(True)
    page.reload()
    tell(page, "아이를 때리는 소리가 나요")
    assert numbers(page) == ["112", "119", "109"]
    look(page, "danger-without-signal")
    tell(page, "계단 불이 꺼졌어요", urgency="danger")
    assert numbers(page) == ["112", "119", "109"]
    tell(page, "우편물이 쌓여요")
    assert numbers(page) == ["112", "119", "109"] and len(reports()) == 2, "as long as what is dangerous waits here"
    context.set_offline(False)
    page.reload()
    expect(page.locator("#sent-list li")).to_have_count(5, timeout=WAIT)
    tell(page, "우편물이 또 쌓여요")
    expect(page.locator("#danger")).to_be_hidden(timeout=WAIT)
    context.close()


@pytest.mark.rule("D13")
def test_the_telephone_judges_words_as_the_server_does(city: Any, browser: Browser, live_server: Any) -> None:
    _context, page = opened(browser, live_server)
    listed = [word for _number, korean, english in danger_words() for word in (*korean, *english)]
    around = [f"He said: {word}!" for word in listed] + [f"어제 {' '.join(word)} 했대요" for word in listed]
    calm = ["낙상 위험이 있어요", "She knits", "skill", "우편물이 쌓였어요", "beatscape", ""]
    told = [*listed, *around, *calm]
    assert page.evaluate(RINGS, told) == [text for text in told if sounds_dangerous(text)]
    assert not any(map(sounds_dangerous, calm)) and all(map(sounds_dangerous, listed))


@pytest.mark.rule("R27")
def test_a_report_that_fails_again_and_again_holds_back_no_other(city: Any, browser: Browser, live_server: Any) -> None:
    context, page = opened(browser, live_server, worker=False)
    marks = ["막힌 글"]
    failing(context, r"/api/v1/reports$", marks)
    tell(page, "막힌 글")
    tell(page, "우편물이 쌓여요")
    wait_until_sent(page, 1, leap=31_000)
    expect(page.locator("#waiting-list li")).to_have_count(1, timeout=WAIT)
    expect(page.locator("#waiting-list")).to_contain_text("아직 도착하지 않음", timeout=WAIT)
    assert [row.words for row in reports()] == ["우편물이 쌓여요"]
    look(page, "waits-and-tries-again")
    marks.clear()
    wait_until_sent(page, 2, leap=6 * 60 * 1000)
    assert [row.words for row in reports()] == ["우편물이 쌓여요", "막힌 글"]
    context.close()


#: Ten tries without signal, one that the server could not answer, and then both at once.
WITHOUT_SIGNAL = """async () => { for (let n = 0; n < 10; n++) await HopeSend.all(); }"""


@pytest.mark.rule("R27")
def test_a_lost_signal_is_no_fault_of_what_waits(city: Any, browser: Browser, live_server: Any) -> None:
    context, page = opened(browser, live_server, worker=False)
    page.evaluate(QUEUE)
    context.route(re.compile(r"/api/v1/tried/"), lambda route: route.abort())
    page.evaluate(WITHOUT_SIGNAL)
    context.unroute_all()
    marks = ["/tried/"]
    came = failing(context, r"/api/v1/tried/", marks)
    page.evaluate("HopeSend.all()")
    marks.clear()
    page.clock.fast_forward(40_000)
    page.evaluate("HopeSend.all()")
    assert page.evaluate("HopeStore.all('waiting')") == [], came
    context.close()


@pytest.mark.rule("R27")
def test_what_waits_stays_theirs_when_the_server_calls_them_by_a_newer_mark(
    ana: Actor, hana: Actor, browser: Browser, live_server: Any
) -> None:
    assign(ana, make_report(), ana, hana)
    context = open_context(browser, live_server, viewport=NARROW, is_mobile=True, service_workers="block")
    page = context.new_page()
    page.clock.set_fixed_time(THERE)
    with clock.pinned(THERE):
        let_in(page, hana)
        page.goto("/m/#field")
        expect(page.locator("#field-today li")).to_have_count(1, timeout=WAIT)
        context.set_offline(True)
        write(page, "met", "문을 열어 주셨어요")
        page.evaluate(OLDER_MARK)
        page.clock.set_fixed_time(THERE + timedelta(minutes=20))
        context.set_offline(False)
        page.goto("/m/#home")
        page.reload()
        expect(page.locator("#waiting")).to_be_hidden(timeout=WAIT)
        assert recorded() == [("met", hana.id)]
    context.close()


def wait_until_sent(page: Page, many: int, *, leap: int) -> None:
    """The telephone's clock leaps until so many went out: the next try may be set only after a leap."""
    for _ in range(20):
        page.clock.fast_forward(leap)
        page.wait_for_timeout(1000)
        if page.locator("#sent-list li").count() == many:
            return
    expect(page.locator("#sent-list li")).to_have_count(many, timeout=1)


@pytest.mark.rule("R27")
def test_what_came_later_about_the_same_subject_waits_behind_it(city: Any, browser: Browser, live_server: Any) -> None:
    context, page = opened(browser, live_server, worker=False)
    marks = ["/tried/first"]
    came = failing(context, r"/api/v1/tried/", marks)
    page.evaluate(QUEUE)
    for _ in range(4):
        page.evaluate("HopeSend.all()")
    assert [one.split()[0].rpartition("/")[2] for one in came] == ["first", "first", "first", "other"]
    marks.clear()
    page.clock.fast_forward(6 * 60 * 1000)
    page.evaluate("HopeSend.all()")
    assert [one.split()[0].rpartition("/")[2] for one in came][4:] == ["first", "second"]
    assert page.evaluate("HopeStore.all('waiting')") == []
    context.close()


@pytest.mark.rule("R27")
def test_nothing_unsent_goes_without_a_word(city: Any, browser: Browser, live_server: Any) -> None:
    context, page = opened(browser, live_server)
    context.set_offline(True)
    tell(page, "산길 끝 집")
    expect(page.locator("#ending")).to_be_hidden()
    page.clock.fast_forward(5.5 * DAYS)
    page.reload()
    expect(page.locator("#ending")).to_contain_text("11월 30일", timeout=WAIT)
    look(page, "ends-in-two-days")
    page.clock.fast_forward(2 * DAYS)
    page.reload()
    expect(page.locator("#lost-said")).to_contain_text("1건", timeout=WAIT)
    expect(page.locator("#waiting")).to_be_hidden()
    assert "산길" not in str(page.evaluate(STORED))
    look(page, "gone-unsent")
    page.get_by_role("button", name="읽었어요").click()
    expect(page.locator("#lost")).to_be_hidden(timeout=WAIT)
    tell(page, "고개 너머 집")
    page.goto("about:blank")
    page.clock.fast_forward(8 * DAYS)
    context.set_offline(False)
    page.goto("/m/")
    expect(page.locator("#sent-list li")).to_have_count(1, timeout=WAIT)
    assert [row.words for row in reports()] == ["고개 너머 집"], "with signal it was tried before it would have gone"
    context.close()


def let_in(page: Page, actor: Actor) -> None:
    """With a code of the desk, typed on the telephone."""
    page.goto("/m/#me")
    page.locator("#stranger summary").click()
    page.locator("#m-staff").fill(desk_code(actor))
    page.locator("#staff button").click()
    expect(page.locator("#as-staff")).to_contain_text(actor.user.name, timeout=WAIT)


def lapse(page: Page, minutes: int) -> None:
    """The desk ends every telephone; this one learns of it when it asks for its next key."""
    with as_owner():
        Device.objects.filter(ended_at=None).update(ended_at=NOW, ended_why="revoked")
    page.clock.set_fixed_time(THERE + timedelta(minutes=minutes))
    page.goto("/m/#me")
    page.reload()
    expect(page.locator("#stranger")).to_be_visible(timeout=WAIT)


def recorded() -> list[tuple[str, int | None]]:
    with as_owner():
        return [(row.result, row.recorded_by_id) for row in Visit.objects.all()]


@pytest.mark.rule("R27")
def test_what_one_left_unsent_never_goes_out_under_the_name_of_the_next(
    ana: Actor, hana: Actor, browser: Browser, live_server: Any
) -> None:
    assign(ana, make_report(), ana, hana)
    context = open_context(browser, live_server, viewport=NARROW, is_mobile=True, service_workers="block")
    page = context.new_page()
    page.clock.set_fixed_time(THERE)
    with clock.pinned(THERE):
        let_in(page, hana)
        page.goto("/m/#field")
        expect(page.locator("#field-today li")).to_have_count(1, timeout=WAIT)
        context.set_offline(True)
        write(page, "met", "문을 열어 주셨어요")
        context.route(re.compile("/api/v1/field/visits/.*/result"), lambda route: route.abort())
        context.set_offline(False)
        lapse(page, 20)
        page.goto("/m/#home")
        expect(page.locator("#waiting-list")).to_contain_text("다시 들어와 주세요", timeout=WAIT)
        context.unroute_all()
        let_in(page, ana)
        page.goto("/m/#field")
        expect(page.locator("#field-today li")).to_have_count(1, timeout=WAIT)
        expect(page.locator("#field-today")).not_to_contain_text("신호를 기다림")
        page.goto("/m/#home")
        expect(page.locator("#waiting")).to_be_hidden(timeout=WAIT)
        page.evaluate("HopeSend.all()")
        assert recorded() == [("", None)]
        assert "문을 열어" in str(page.evaluate(STORED)), "it is still there for whoever wrote it"
        lapse(page, 40)
        let_in(page, hana)
        page.goto("/m/#home")
        expect(page.locator("#waiting")).to_be_hidden(timeout=WAIT)
        assert recorded() == [("met", hana.id)]
    context.close()


#: As a telephone that signed in before the keys of the city were changed.
OLDER_MARK = """async () => {
  const rows = (await HopeStore.all("waiting")).map((row) => ["waiting", {...row, owner: "older"}]);
  const keys = (await HopeStore.all("keys")).map((row) => ["keys", row.account ? {...row, account: "older"} : row]);
  for (const [name, row] of [...rows, ...keys]) await HopeStore.put(name, row);
}"""
#: As a field worker's telephone keeps her round.
A_ROUND = """() => Promise.all([
  HopeStore.put("kept", { name: "cards", at: Date.now(), items: [{ person: "이순덕" }] }),
  HopeStore.put("keys", { name: "staff", at: Date.now() }),
  HopeStore.put("keys", { name: "device", at: Date.now(), until: Infinity, access: "secret", account: "of-hana" }),
])"""


@pytest.mark.rule("D4")
def test_a_page_left_open_keeps_nothing_after_seven_days(city: Any, browser: Browser, live_server: Any) -> None:
    context, page = opened(browser, live_server)
    context.set_offline(True)
    tell(page, "산길 끝 집")
    page.evaluate(A_ROUND)
    page.goto("/m/#neighbour")
    page.locator("#m-words").fill("적다가 만 이야기")
    page.clock.fast_forward(5.5 * DAYS)
    expect(page.locator("#ending-said")).to_contain_text("11월 30일", timeout=WAIT)
    assert page.locator("#m-words").input_value() == "적다가 만 이야기"
    page.clock.fast_forward(2 * DAYS)
    expect(page.locator("#m-words")).to_have_value("", timeout=WAIT)
    page.goto("/m/#home")
    expect(page.locator("#lost")).to_be_visible(timeout=WAIT)
    waiting, sent, keys, kept = page.evaluate(STORED)
    assert (waiting, kept, [row["code"] for row in sent]) == ([], [], ["unsent"])
    assert [(row["name"], row["account"]) for row in keys] == [("was", "of-hana")], "whose it was, and no key"
    context.close()


@pytest.mark.rule("D4")
def test_who_asks_for_themselves_is_first_asked_how_to_reach_them(
    city: Any, browser: Browser, live_server: Any
) -> None:
    context, page = opened(browser, live_server)
    for about, first in (
        ("self", "연락을 받으시겠어요?"),
        ("neighbour", "어디인가요?"),
        ("self", "연락을 받으시겠어요?"),
    ):
        page.goto(f"/m/#{about}")
        steps = page.locator("#telling legend:visible").all_inner_texts()
        assert [step.strip()[0] for step in steps] == list("12345")
        assert first in steps[0]
        assert page.locator("#m-safe-when").is_visible() == (about == "self")
    page.locator("#m-phone").fill("010-0000-0042")
    page.locator("#m-safe-when").fill("평일 낮")
    page.locator("#m-self-cares").check()
    look(page, "asks-for-herself")
    page.locator("#m-town").select_option("hwado")
    page.locator("#telling > button").click()
    expect(page.locator("#sent-list li")).to_have_count(1, timeout=WAIT)
    (report,) = reports()
    assert (report.about, report.seen) == ("self", ["cares"]) and "평일 낮" in report.words and report.reporter_phone
    context.close()
