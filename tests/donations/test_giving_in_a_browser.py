"""Giving in Chromium: from a need to its outcome; boxes, shops, schools; a debit that fails; money that goes back.

No faults, nothing cut off at 320 px.
"""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cases.services import published
from cases.services.published import Telling
from donations.models import Order
from donations.selectors import boxes as box_counts
from donations.selectors import transparency as figures
from donations.selectors.follow import follow
from donations.selectors.receipts import years_behind
from donations.services import boxes, charging, filing, monthly, payouts, receipts
from donations.services.payouts import Wanted
from donations.services.receipts import Asked
from hopecare.kernel import clock, codes
from hopecare.kernel.access import acting_as
from hopecare.kernel.context import forget_city
from hopecare.kernel.models import Category, GroundPurpose, Service
from tests.browser_fixtures import DESKTOP, PHONE, open_context, press
from tests.browser_fixtures import follow as go_through
from tests.cases.case_kit import consent, task
from tests.cast import NOW, Actor
from tests.donations.books_kit import GIVING, fund, giving
from tests.donations.conftest import StandIn, charge_of
from tests.donations.test_boxes import HOLDER
from tests.donations.test_partners import signed
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


def open_link(page: Page, name: str) -> None:
    """A link, until the page behind it is there: what is looked at before is no page."""
    go_through(page.get_by_role("link", name=name))


def good(page: Page, name: str) -> None:
    """Without faults and not cut off at 320 px; a picture of it where HOPECARE_PICTURES names a folder."""
    page.wait_for_load_state("load")
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
    open_link(page, "난방비")
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
    expect(page.get_by_text("따뜻한 겨울을 나게 되셨어요.").first).to_be_visible()
    good(page, "follow")
    _a_letter(page, visit(as_actor=hana))
    page.goto(f"/donate/follow/{codes.shown(order.code)}/")
    open_link(page, "영수증 신청하기")
    page.get_by_label("신분증이나").fill("도하람")
    page.get_by_label("주민등록번호").fill(NUMBER)
    page.get_by_label("국세청에 알려").check()
    press(page, "영수증 발급받기")
    good(page, "receipts")
    open_link(page, "보기·인쇄")
    expect(page.get_by_text("2026-000001")).to_be_visible()
    good(page, "paper")
    desk = visit("en-GB", as_actor=ivo)
    desk.goto("/desk/accounts/receipts/")
    press(desk, "Make the sheet")
    good(desk, "register")


def _a_letter(page: Page, worker: Page) -> None:
    """The giver writes, a worker reads and passes it on, the paper is for the person."""
    open_link(page, "편지 쓰기")
    page.get_by_label("편지", exact=True).fill("따뜻한 겨울 보내시길 빕니다.")
    good(page, "letter-write")
    press(page, "직원에게 보내기")
    expect(page.get_by_text("직원이 먼저 읽어요")).to_be_visible()
    good(page, "letter-follow")
    worker.goto("/desk/payouts/")
    open_link(worker, "후원자의 편지")
    good(worker, "letters")
    open_link(worker, "읽어 보기")
    good(worker, "letter")
    press(worker, "전하지 않기")
    expect(worker.get_by_text("이유를 골라 주세요").first).to_be_visible()
    press(worker, "전하기")
    open_link(worker, "인쇄")
    expect(worker.get_by_text("따뜻한 겨울 보내시길 빕니다.")).to_be_visible()
    good(worker, "letter-paper")
    open_link(worker, "돌아가기")
    press(worker, "당사자가 받음")
    page.reload()
    expect(page.get_by_text("직원이 읽었고 전해 드려요")).to_be_visible()


def banked(payments: StandIn, *sums: tuple[str, int]) -> None:
    """Transfers that bear these signs stand on the statement of the East's dedicated account."""
    for slip, won in sums:
        payments.post("deposit", account=fund().receiver.account_number, name=slip, won=won)
    filing.take_files()


@pytest.mark.rule("R68")
@pytest.mark.rule("R69")
@pytest.mark.rule("R74")
def test_a_box_a_shop_and_a_school_until_their_money_is_in_the_account(
    payments: StandIn, hana: Actor, eli: Actor, visit: Callable[..., Page]
) -> None:
    boxed = boxes.register(by=hana.viewer, many=1)[0]
    trip = boxes.issue(by=hana.viewer, box_id=boxed.pk, holder=HOLDER)
    boxes.take_back(by=hana.viewer, trip_id=trip.pk)
    first, second, page = visit(as_actor=hana), visit(as_actor=eli), visit()
    first.goto("/desk/giving/boxes/counts/new/")
    first.get_by_label(boxed.shown).fill("83,450")
    press(first, "이만큼 들어 있었습니다")
    second.goto(first.url)
    assert not second.get_by_text("83,450").count()
    second.get_by_label(boxed.shown).fill("83,450")
    press(second, "이만큼 들어 있었습니다")
    good(second, "box-count")
    with acting_as(hana.viewer):
        slips = [(box_counts.counts(hana.viewer)[0].bank.slip, 83_450)]

    shop, school = signed(hana), signed(hana, "school", name="호평초등학교")
    for partner, fields, won in (
        (shop, {"매출": "20,000,000"}, 300_000),
        (
            school,
            {"학년 1": "3", "반 1": "2", "원 1": "84,000", "낸 학생 수 1": "21", "보호자 동의 수 1": "21"},
            84_000,
        ),
    ):
        page.goto(f"/donate/together/{codes.shown(partner.code)}/")
        for label, typed in fields.items():
            page.get_by_label(label, exact=label.endswith("1")).fill(typed)
        if partner == school:
            page.get_by_label("동의서를 학교가").check()
        press(page, "입금 안내 보기")
        good(page, f"partner-{partner.kind}")
        slips.append((page.locator(".hc-slip dd.mono").inner_text(), won))
    banked(payments, *slips)
    page.goto("/donate/together/")
    assert all(page.get_by_text(words).count() for words in ("물골안식당", "호평초등학교", "84,000"))
    second.reload()
    expect(second.get_by_text("입금됨").first).to_be_visible()


@pytest.mark.rule("R64")
@pytest.mark.rule("K14")
def test_a_debit_that_fails_another_account_and_money_that_goes_back(
    payments: StandIn, transferred: Callable[..., Order], ivo: Actor, eli: Actor, visit: Callable[..., Page]
) -> None:
    page = visit()
    page.goto("/donate/monthly/")
    told = {"이름 (계좌라면": "도하람", "전화": "010-0000-0055", "은행": "예시은행", "계좌번호": "000-0000-0099"}
    for label, typed in told.items():
        page.locator("form.hc-form").get_by_label(label, exact=label in ("전화", "은행", "계좌번호")).fill(typed)
    page.get_by_label("내 은행 계좌").check()
    page.get_by_label("빠져나가는 데 동의").check()
    good(page, "monthly")
    press(page, "구좌 열기")
    due = clock.at(NOW.date().replace(day=25), clock.OPENS)
    for again in (False, True):
        with clock.pinned(due):
            monthly.run_today()
            payments.post("banks")
            filing.take_files()
        page.reload()
        if not again:
            good(page, "debit-failed")
            open_link(page, "다른 통장")
            page.get_by_label("은행").fill("예시은행")
            page.get_by_label("계좌번호").fill("000-0000-0011")
            page.get_by_label("동의").check()
            good(page, "other-account")
            press(page, "이 통장으로")
    expect(page.get_by_role("table").get_by_text("5,000").first).to_be_visible()

    order = transferred(50_000)
    asked = Asked(kind="person", name="도하람", number=NUMBER, consent=True)
    receipts.ask(by=GIVING, year=years_behind(follow(order.code))[0], asked=asked)
    books, head = visit(as_actor=ivo), visit(as_actor=eli)
    books.goto(f"/desk/accounts/back/?code={order.code}")
    good(books, "backs")
    go_through(books.get_by_role("link", name="돌려드리기").first)
    books.get_by_label("돌려드릴 금액").fill("20,000")
    books.get_by_label("후원하신 분이").check()
    books.get_by_label("예금주", exact=True).fill("도하람")
    books.get_by_label("은행과 계좌번호").fill("예시은행 000-0000-0055")
    press(books, "두 번째 확인")
    head.goto("/desk/payouts/")
    open_link(head, "두 번째 확인")
    head.goto(books.url)
    press(head, "돌려드려도")
    books.reload()
    books.get_by_label("이체 확인번호").fill("T-9")
    press(books, "이체했어요")
    good(books, "back")
    page.goto(f"/donate/follow/{codes.shown(order.code)}/receipts/2026/")
    expect(page.get_by_text("2026-000002")).to_be_visible()
    expect(page.get_by_text("30,000").first).to_be_visible()
