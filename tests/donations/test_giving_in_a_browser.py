"""One gift in Chromium: from a need to what came of it and its receipt; no faults, nothing cut off at 320 px."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from cases.services import published
from cases.services.published import Telling
from donations.models import Order
from donations.selectors import transparency as figures
from donations.services import charging, filing, payouts
from donations.services.payouts import Wanted
from hopecare.kernel import clock, codes
from hopecare.kernel.context import forget_city
from hopecare.kernel.models import Category, GroundPurpose, Service
from tests.browser_fixtures import DESKTOP, PHONE, open_context, press
from tests.cases.case_kit import consent, task
from tests.cast import NOW, Actor
from tests.donations.books_kit import giving
from tests.donations.conftest import StandIn, charge_of
from tests.donations.test_payouts import photo
from tests.factories import make_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
NUMBER, PICTURES = "000101-9000000", os.environ.get("HOPECARE_PICTURES", "")


@pytest.fixture
def visit(browser: Browser, live_server: Any, as_: Callable[..., Any], let_go: None) -> Iterator[Callable[..., Page]]:
    """`visit("en-GB")` is a fresh visitor, `visit(as_actor=ivo)` one who is logged in."""
    opened: list[BrowserContext] = []
    forget_city()

    def visitor(locale: str = "ko-KR", as_actor: Actor | None = None) -> Page:
        context = open_context(browser, live_server, locale=locale)
        opened.append(context)
        if as_actor is not None:
            cookies = as_(as_actor).cookies.items()
            context.add_cookies([{"name": key, "value": one.value, "url": live_server.url} for key, one in cookies])
        return context.new_page()

    yield visitor
    for context in opened:
        context.close()
    forget_city()


def good(page: Page, name: str) -> None:
    """Without faults and not cut off at 320 px; a picture of it where HOPECARE_PICTURES names a folder."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    assert [f"{row['id']}: {[node['target'] for node in row['nodes']][:3]}" for row in found] == [], name
    for size, mark in ((DESKTOP, ""), (PHONE, "-phone")) if PICTURES else ():
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.screenshot(path=Path(PICTURES) / f"{name}{mark}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, name
    page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})


@pytest.mark.rule("R22")
def test_a_gift_to_a_need_until_its_outcome_and_receipt(
    payments: StandIn, hana: Actor, eli: Actor, ivo: Actor, visit: Callable[..., Page]
) -> None:
    figures.forget()
    heating, living = Service.objects.get(code="other"), Category.objects.get(code="living")
    with clock.pinned(NOW - timedelta(days=6)):
        case = make_case(hana)
        consent(hana, case.main_person, GroundPurpose.DONORS)
        told = Telling("겨울을 따뜻하게 나실 난방비가 모자랍니다.", heating, 300_000)
        assert published.publish(by=hana.viewer, number=case.number, telling=told) is not None
    action = task(hana, case, title="밀린 난방비", service=heating, category=living)

    page = visit()
    page.goto("/donate/")
    good(page, "door")
    page.get_by_role("link", name="난방비").click()
    page.get_by_label("다른 금액").fill("200,000")
    page.get_by_label("해외 카드").check()
    good(page, "give")
    press(page, "결제하러 가기")
    with giving():
        order = Order.objects.select_related("fund").get()
    assert page.get_by_role("link", name="결제창 열기").get_attribute("href") == charge_of(order).window
    payments.post("finish", id=charge_of(order).reference)
    payments.post("banks")
    charging.look_again("stripe", charge_of(order).reference)
    filing.take_files()
    wanted = Wanted(order.fund_id, 200_000, "shop", "한마음에너지", "예시은행 000-11", "난방비 두 달")
    row = payouts.request(by=hana.viewer, action_id=action.pk, wanted=wanted)
    second = visit(as_actor=eli)
    second.goto(f"/desk/payouts/{row.uuid}/")
    good(second, "payout")
    press(second, "지급 승인")
    payouts.pay(by=ivo.viewer, key=row.uuid, bank_reference="T-1")
    payouts.prove(by=hana.viewer, key=row.uuid, outcome="따뜻한 겨울을 나게 되셨어요.", receipt=photo())

    page.goto(f"/donate/follow/{codes.shown(order.code)}/")
    assert page.get_by_text("따뜻한 겨울을 나게 되셨어요.").first.is_visible()
    good(page, "follow")
    page.get_by_role("link", name="영수증 신청하기").click()
    page.get_by_label("신분증이나").fill("도하람")
    page.get_by_label("주민등록번호").fill(NUMBER)
    page.get_by_label("국세청에 알려").check()
    press(page, "영수증 발급받기")
    good(page, "receipts")
    page.get_by_role("link", name="보기·인쇄").click()
    assert page.get_by_text("2026-000001").is_visible()
    good(page, "paper")
    desk = visit("en-GB", as_actor=ivo)
    desk.goto("/desk/accounts/receipts/")
    press(desk, "Make the sheet")
    good(desk, "register")
