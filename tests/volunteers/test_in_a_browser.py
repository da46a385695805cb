"""Every page of the volunteers in Chromium: axe finds nothing, nothing is cut off, the way from link to done works."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hopecare.kernel.context import forget_city
from tests.axe import faults
from tests.cast import Actor, log_in
from tests.volunteers.conftest import Street, offer_of, offers_principal
from tests.volunteers.test_circles import RICE, join
from tests.volunteers.test_partners import FRIDAY, MEALS, SHOP, want
from tests.volunteers.test_projects import PAPER, SURVEY
from tests.waiting import wait_for_the_server
from volunteers.models import Volunteer
from volunteers.services import answers, circles, coupons, partners, projects, requests

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[..., Page]


@pytest.fixture
def look(browser: Browser, live_server: Any, settings: Any, client: Any) -> Iterator[Look]:
    """`look("/o/…/", language="en", width=390, as_=hana)`."""
    settings.HOPECARE_DEMO = True
    forget_city()
    contexts: dict[tuple[str, Any], BrowserContext] = {}

    def enter(language: str, who: Any) -> BrowserContext:
        context = browser.new_context(locale="ko-KR")
        cookies = {"django_language": language}
        if who is not None:
            log_in(client, who)
            cookies |= {name: morsel.value for name, morsel in client.cookies.items()}
        context.add_cookies([{"name": key, "value": value, "url": live_server.url} for key, value in cookies.items()])
        return context

    def open_page(address: str, *, language: str = "ko", width: int = 1366, as_: Any = None) -> Page:
        if (language, as_) not in contexts:
            contexts[language, as_] = enter(language, as_)
        page = contexts[language, as_].new_page()
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{live_server.url}{address}")
        return page

    yield open_page
    for context in contexts.values():
        context.close()
    forget_city()
    wait_for_the_server()


def cut_off(page: Page) -> int:
    page.set_viewport_size({"width": 320, "height": 800})
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_no_page_has_faults(street: Street, moon_helps: Volunteer, bo_helps: Volunteer, look: Look) -> None:
    hana = street.hana
    found: dict[tuple[str, str], list[Any]] = {}
    proposal = f"/desk/matching/{street.action.pk}/"
    first = [("/volunteer/", None), ("/volunteer/thanks/", None), ("/o/none/", None), (proposal, hana)]
    found |= _faults_of(look, first)
    requests.open_request(by=hana.viewer, action_id=street.action.pk)
    asked = f"/o/{offer_of(moon_helps).token}/"
    found |= _faults_of(look, [(asked, None), ("/desk/matching/calls/", hana)])
    answers.answer_by_link(token=offer_of(moon_helps).token, yes=False)
    answers.answer_by_link(token=offer_of(bo_helps).token, yes=True)
    offer = offer_of(bo_helps)
    after = [(asked, None), (f"/o/{offer.token}/", None), (proposal, hana), ("/desk/matching/", hana)]
    confirm = f"/desk/matching/offers/{offer.pk}/confirm/"
    found |= _faults_of(look, [*after, (confirm, hana), ("/desk/matching/volunteers/new/", hana)])
    assert {place: what for place, what in found.items() if what} == {}


def _faults_of(look: Look, places: list[tuple[str, Any]]) -> dict[tuple[str, str], list[Any]]:
    found = {}
    for (address, who), language in product(places, ("ko", "en")):
        page = look(address, language=language, as_=who)
        found[address, language] = [
            *faults(page, contrast=language == "ko"),
            *([f"cut off {wide}"] if (wide := cut_off(page)) > 0 else []),
        ]
        page.close()
    return found


def test_bo_answers_goes_and_says_so_on_her_telephone(street: Street, bo_helps: Volunteer, look: Look) -> None:
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    page = look(f"/o/{offer_of(bo_helps).token}/", width=390)
    page.get_by_role("button", name="예, 갈게요").click()
    expect(page.get_by_role("heading", name="약속되었어요")).to_be_visible()
    expect(page.get_by_text("파란 대문")).to_be_visible()
    page.get_by_role("button", name="다녀왔어요").click()
    expect(page.get_by_role("heading", name="다녀와 주셔서 고맙습니다")).to_be_visible()


def test_a_volunteer_signs_up_and_a_fault_keeps_what_was_typed(city: Any, look: Look) -> None:
    page = look("/volunteer/", width=390)
    page.get_by_label("말벗·장보기").check()
    page.get_by_label("평일 오후 (1–6시)").check()
    page.get_by_label("이름", exact=True).fill("노정임")
    page.get_by_label("휴대전화").fill("010-0000-0063")
    page.get_by_label("어디 사세요?").select_option("hwado")
    page.get_by_role("button", name="보내기").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert faults(page) == []
    assert page.get_by_label("이름", exact=True).input_value() == "노정임"
    page.get_by_label("태어난 해", exact=True).fill("1963")
    page.get_by_label("봉사를 여쭙기 위해").check()
    page.get_by_role("button", name="보내기").click()
    expect(page.get_by_role("heading", name="고맙습니다!")).to_be_visible()


def test_projects_coupons_and_circles_have_no_faults(street: Street, eli: Actor, look: Look) -> None:
    project = projects.draft(by=street.hana.viewer, number=street.case.number, title="겨울 전에 따뜻한 집")
    for told in (SURVEY, PAPER):
        projects.add(by=street.hana.viewer, project_id=project.pk, told=told)
    projects.begin(by=street.hana.viewer, project_id=project.pk)
    shop = partners.register(by=eli.viewer, told=SHOP, gift=MEALS)
    partners.thank_in_public(by=eli.viewer, partner_id=shop.pk, wished=True)
    want(street)
    with offers_principal():
        portion = shop.standings.get().portions.get().pk
    coupon = coupons.issue(by=street.hana.viewer, portion_id=portion)
    circle = circles.open_circle(by=eli.viewer, village="창현 느티나무길", town="hwado")
    people = [join(eli, circle, number) for number in range(3)]
    circles.write(token=people[0].token, kind="ask", text=RICE, on=FRIDAY.date())
    hana, found = street.hana, dict[str, list[Any]]()
    for address, who in (
        (f"/desk/matching/projects/{project.pk}/", hana),
        (f"/desk/matching/portions/{portion}/coupon/paper/", hana),
        (f"/desk/matching/circles/{circle.pk}/", eli),
        ("/desk/matching/hours/", eli),
        (f"/n/{people[1].token}/", None),
        (f"/v/{coupon.code}/", None),
        (f"/g/{shop.token}/", None),
        ("/volunteer/partners/", None),
    ):
        page = look(address, as_=who)
        found[address] = [*faults(page), *([f"cut off {wide}"] if (wide := cut_off(page)) > 0 else [])]
        page.close()
    assert {place: what for place, what in found.items() if what} == {}
