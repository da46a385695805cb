"""What waits on a telephone, walked in Chromium: words of danger without signal (D13), a report that fails again and
again, the next one who signs in, and the end of the seven days."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cases.rules.reports import danger_words, sounds_dangerous
from tests.browser_fixtures import PHONE, open_context
from tests.cases.report_kit import reports
from tests.drill.test_walks_phone import WAIT, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
NARROW = {**PHONE, "width": 320}
RINGS = """(words) => words.filter((text) => {
  HopePage.ring(text, false);
  return !document.getElementById("danger").hidden;
})"""


def opened(browser: Browser, live_server: object) -> tuple[BrowserContext, Page]:
    context = open_context(browser, live_server, viewport=NARROW, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto("/m/", timeout=60_000)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return context, page


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
    city: object, browser: Browser, live_server: object
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
    assert numbers(page) == ["119", "112", "109"]
    tell(page, "우편물이 쌓여요")
    assert numbers(page) == [] and len(reports()) == 2
    context.close()


@pytest.mark.rule("D13")
def test_the_telephone_judges_words_as_the_server_does(city: object, browser: Browser, live_server: object) -> None:
    _context, page = opened(browser, live_server)
    listed = [word for _number, korean, english in danger_words() for word in (*korean, *english)]
    around = [f"He said: {word}!" for word in listed] + [f"어제 {' '.join(word)} 했대요" for word in listed]
    calm = ["낙상 위험이 있어요", "She knits", "skill", "우편물이 쌓였어요", "beatscape", ""]
    told = [*listed, *around, *calm]
    assert page.evaluate(RINGS, told) == [text for text in told if sounds_dangerous(text)]
    assert not any(map(sounds_dangerous, calm)) and all(map(sounds_dangerous, listed))
