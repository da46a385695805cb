"""Giving from end to end in Chromium, every hand on the pages themselves: the Korean window with its card, the second
approval, what came back from a payee, a refund with its new receipt, a platform's list, guests of an event.

Boxes, shops, schools and debits that fail stand in tests/donations/test_giving_in_a_browser.py.
"""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from cases.services import published
from cases.services.published import Telling
from donations.models import Order
from donations.selectors import transparency as figures
from donations.services import charging, filing, monthly
from hopecare.kernel import clock
from hopecare.kernel.context import forget_city
from hopecare.kernel.models import Category, GroundPurpose, Service
from tests.browser_fixtures import DESKTOP, follow, press
from tests.cases.case_kit import consent, task
from tests.cast import NOW, Actor
from tests.donations import conftest as givers
from tests.donations.books_kit import TODAY, fund, given, giving
from tests.donations.conftest import StandIn, charge_of
from tests.donations.test_giving_in_a_browser import good
from tests.factories import make_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
payments = givers.payments
NUMBER = "000101-9000000"
Visit = Callable[..., Page]


@pytest.fixture
def visit(
    browser: Browser, live_server: Any, as_: Callable[..., Any], settings: Any, payments: StandIn, let_go: None
) -> Iterator[Visit]:
    """A visitor who may reach our own server and the payment company's stand-in, and nothing else."""
    opened: list[BrowserContext] = []
    settings.PUBLIC_URL = live_server.url
    own = {urlsplit(address).netloc for address in (live_server.url, payments.url)}
    forget_city()
    figures.forget()

    def only_ours(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.netloc in own or address.scheme in ("data", "blob", "about"):
            route.continue_()
        else:
            route.abort()

    def visitor(as_actor: Actor | None = None) -> Page:
        context = browser.new_context(
            base_url=live_server.url, timezone_id="Asia/Seoul", locale="ko-KR", viewport=DESKTOP
        )  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        context.route("**/*", only_ours)
        opened.append(context)
        if as_actor is not None:
            cookies = as_(as_actor).cookies.items()
            context.add_cookies([{"name": key, "value": one.value, "url": live_server.url} for key, one in cookies])
        return context.new_page()

    yield visitor
    for context in opened:
        context.close()
    forget_city()


def receipt() -> dict[str, Any]:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(content, "PNG")
    return {"name": "receipt.png", "mimeType": "image/png", "buffer": content.getvalue()}


def only_order() -> Order:
    with giving():
        return Order.objects.select_related("fund").get()


def at_the_company(page: Page, opens: str) -> None:
    """Our page with the window, the window itself, and back."""
    follow(page.get_by_role("link", name=opens))
    good(page, "window")
    press(page, opens)
    press(page, "결제하기")


@pytest.mark.rule("R22")
@pytest.mark.rule("R73")
def test_a_gift_through_the_korean_window_until_its_outcome_and_what_came_back(
    visit: Visit, payments: StandIn, hana: Actor, eli: Actor, ivo: Actor
) -> None:
    heating, living = Service.objects.get(code="other"), Category.objects.get(code="living")
    with clock.pinned(NOW - timedelta(days=6)):
        case = make_case(hana)
        consent(hana, case.main_person, GroundPurpose.DONORS)
        until = TODAY + timedelta(days=20)
        told = Telling("겨울을 따뜻하게 나실 난방비가 모자랍니다.", heating, 300_000, wanted_by=until)
        assert published.publish(by=hana.viewer, number=case.number, telling=told) is not None
    action = task(hana, case, title="밀린 난방비", service=heating, category=living)

    page = visit()
    page.goto("/donate/")
    follow(page.get_by_role("link", name="난방비"))
    page.get_by_label("다른 금액").fill("200,000")
    page.get_by_label("카드·간편결제").check()
    good(page, "give")
    press(page, "결제하러 가기")
    at_the_company(page, "결제창 열기")
    expect(page.get_by_text("잘 받았습니다")).to_be_visible()
    payments.post("banks")
    filing.take_files()

    worker, head, books = visit(hana), visit(eli), visit(ivo)
    worker.goto(f"/desk/payouts/new/{action.pk}/")
    worker.get_by_label("어느 기금에서").select_option(str(only_order().fund_id))
    worker.get_by_label("금액(원)").fill("200,000")
    worker.get_by_label("가게", exact=True).check()
    worker.get_by_label("예금주").fill("한마음에너지")
    worker.get_by_label("은행과 계좌번호").fill("예시은행 000-11")
    worker.get_by_label("무엇에").fill("난방비 두 달")
    good(worker, "ask")
    press(worker, "두 번째 승인 요청")
    assert not worker.get_by_role("button", name="지급 승인").count()
    head.goto(worker.url)
    press(head, "지급 승인")
    books.goto(worker.url)
    books.get_by_label("이체 확인번호").fill("T-1")
    press(books, "이체했어요")
    worker.reload()
    worker.get_by_label("어떻게 되었는지").fill("따뜻한 겨울을 나게 되셨어요.")
    worker.get_by_label("영수증 사진").set_input_files(receipt())
    press(worker, "후원자에게 알리기")
    page.reload()
    expect(page.get_by_text("따뜻한 겨울을 나게 되셨어요.").first).to_be_visible()
    good(page, "outcome")

    account = fund().receiver.account_number
    payments.post("deposit", account=account, name="한마음에너지", won=30_000)
    filing.take_files()
    books.goto("/desk/accounts/")
    good(books, "accounts")
    follow(books.get_by_role("link", name="받은 곳에서 돌아온 돈"))
    books.get_by_label("한마음에너지").check()
    books.get_by_label("보낸 돈보다 덜 들었어요").check()
    good(books, "came-back")
    press(books, "돌아온 돈으로 적기")
    good(books, "payout")
    page.reload()
    expect(page.get_by_text("받은 곳에서 돌아왔어요")).to_be_visible()
    expect(page.get_by_text("30,000").first).to_be_visible()
    good(page, "back-again")


@pytest.mark.rule("K14")
def test_a_card_gift_is_sent_back_in_part_and_its_receipt_made_anew(
    visit: Visit, payments: StandIn, ivo: Actor
) -> None:
    page, books = visit(), visit(ivo)
    page.goto(f"/donate/fund/{fund('east:general').pk}/")
    page.get_by_label("다른 금액").fill("50,000")
    page.get_by_label("카드·간편결제").check()
    page.get_by_label("이름").fill("도하람")
    press(page, "결제하러 가기")
    at_the_company(page, "결제창 열기")
    follow(page.get_by_role("link", name="영수증 신청하기"))
    page.get_by_label("신분증이나").fill("도하람")
    page.get_by_label("주민등록번호").fill(NUMBER)
    page.get_by_label("국세청에 알려").check()
    press(page, "영수증 발급받기")
    books.goto("/desk/accounts/")
    books.get_by_label("돌려드릴 금액").first.fill("20000")
    press(books, "돌려드리기")
    charging.look_again("portone", str(charge_of(only_order()).uuid))
    follow(page.get_by_role("link", name="보기·인쇄"))
    expect(page.get_by_text("2026-000002")).to_be_visible()
    expect(page.get_by_text("30,000").first).to_be_visible()
    good(page, "paper")


@pytest.mark.rule("R64")
def test_a_monthly_account_by_korean_card_whose_debit_fails_and_another_card(visit: Visit, payments: StandIn) -> None:
    page = visit()
    page.goto("/donate/monthly/")
    form = page.locator("form.hc-form")
    form.get_by_label("이름 (계좌라면").fill("도하람")
    form.get_by_label("전화", exact=True).fill("010-0000-0055")
    page.get_by_label("내 카드 (번호는").check()
    page.get_by_label("빠져나가는 데 동의").check()
    press(page, "구좌 열기")
    home = page.url
    follow(page.get_by_role("link", name="카드 입력창 열기"))
    issue = page.locator("#portone-open").get_attribute("data-issue")
    press(page, "카드 입력창 열기")
    payments.post("finish", id=issue, do="soft")
    due = clock.at(NOW.date().replace(day=25), clock.OPENS)
    page.goto(home)
    expect(page.get_by_text("아직 빠져나간 돈이 없습니다")).to_be_visible()
    with clock.pinned(due):
        monthly.run_today()
    page.reload()
    expect(page.get_by_text("빠져나가지 못했습니다")).to_be_visible()
    good(page, "soft")
    press(page, "다른 카드")
    at_the_company(page, "카드 입력창 열기")
    with clock.pinned(due):
        charging.run_due()
    page.reload()
    expect(page.get_by_role("table").get_by_text("5,000").first).to_be_visible()


@pytest.mark.rule("R66")
@pytest.mark.rule("R75")
def test_a_platform_s_list_and_the_guests_of_an_event(visit: Visit, payments: StandIn, hana: Actor, ivo: Actor) -> None:
    given("before", 1_000)
    desk, books = visit(hana), visit(ivo)
    desk.goto("/desk/giving/platforms/new/")
    desk.get_by_label("플랫폼 이름").fill("좋은콩")
    desk.get_by_label("플랫폼이 뗀 수수료").fill("1000")
    lines = (
        "번호,날짜,금액,이름,전화번호,영수증\nA-1,2026-11-01,50000,도하람,010-0000-0055,N\nA-2,2026-11-02,31000,,,Y\n"
    )
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    desk.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    desk.get_by_label("동의하셨습니다").check()
    good(desk, "platform-new")
    press(desk, "읽어 보기")
    good(desk, "platform-list")
    payments.post("deposit", account=fund().receiver.account_number, name="좋은콩재단", won=80_000)
    filing.take_files()
    books.goto(desk.url)
    press(books, "한 건씩 장부에 적기")
    good(books, "platform-booked")
    books.goto("/desk/giving/platforms/")
    good(books, "platforms")

    desk.goto("/desk/giving/goods/new/")
    desk.get_by_label("행사").check()
    for label, typed in {"내역": "생신 잔치", "수량": "1", "단위": "회", "가액": "450,000"}.items():
        desk.get_by_label(label).first.fill(typed)
    desk.locator("[name=guests]").fill("12")
    press(desk, "대장에 올리기")
    desk.locator("[name=invited]").fill("3")
    desk.locator("[name=words]").fill("휠체어 1")
    good(desk, "event")
    press(desk, "명단에 적기")
    desk.locator("[name=came]").fill("2")
    press(desk, "적기")
    assert desk.locator("[name=came]").input_value() == "2"
