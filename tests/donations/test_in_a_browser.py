"""A gift to one person's need in Chromium, until the giver reads what came of it; axe finds nothing on the way."""

import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from cases.services import published
from cases.services.published import Telling
from donations.models import Order, Payout
from donations.selectors import transparency as figures
from donations.services import charging, filing, periods
from hopecare.kernel import clock, codes
from hopecare.kernel.models import Category, GroundPurpose, Service
from tests.cases.case_kit import consent, task
from tests.cast import NOW, Actor
from tests.donations.books_kit import given, giving, paid
from tests.donations.conftest import StandIn, charge_of
from tests.factories import make_case
from tests.volunteers.test_in_a_browser import cut_off, faults, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["look"]
Look = Callable[..., Page]
PICTURES = os.environ.get("HOPECARE_PICTURES", "")


def looked_at(page: Page, name: str) -> Page:
    """Without faults, not cut off at 320 px; a picture of it where HOPECARE_PICTURES names a folder."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    assert faults(page) == [], name
    assert cut_off(page) <= 0, name
    if PICTURES:
        page.set_viewport_size({"width": 360, "height": 740})
        page.screenshot(path=Path(PICTURES) / f"{name}-phone.png", full_page=True)
    page.set_viewport_size({"width": 1366, "height": 800})
    return page


def receipt(tmp_path: Path) -> Path:
    content = io.BytesIO()
    Image.new("RGB", (60, 60), "white").save(content, "PNG")
    path = tmp_path / "receipt.png"
    path.write_bytes(content.getvalue())
    return path


@pytest.mark.rule("R22")
def test_a_gift_to_a_need_until_the_giver_reads_the_outcome(
    payments: StandIn, hana: Actor, eli: Actor, ivo: Actor, look: Look, tmp_path: Path, settings: Any
) -> None:
    figures.forget()
    heating, living = Service.objects.get(code="other"), Category.objects.get(code="living")
    with clock.pinned(NOW - timedelta(days=6)):
        case = make_case(hana)
        consent(hana, case.main_person, GroundPurpose.DONORS)
        told = Telling("겨울을 따뜻하게 나실 난방비가 모자랍니다.", heating, 300_000)
        need = published.publish(by=hana.viewer, number=case.number, telling=told)
    assert need is not None
    action = task(hana, case, title="밀린 난방비", service=heating, category=living)
    for number in range(6):
        given(f"g{number}", 40_000 + number * 10_000, "east:general", source="monthly")
    paid("p0", 90_000, "east:general", "parcels")
    periods.seal_day()

    page = looked_at(look("/donate/"), "door")
    looked_at(look("/donate/", language="en"), "door-en")
    looked_at(look("/donate/monthly/"), "monthly")
    page.get_by_role("link", name="난방비").click()
    looked_at(page, "give")
    page.get_by_label("얼마를 보내시겠어요").fill("200,000")
    page.get_by_text("해외 카드").click()
    page.get_by_role("button", name="결제하러 가기").click()
    page.get_by_role("heading", name="이제 보내실 차례예요").wait_for()
    looked_at(page, "pay")
    with giving():
        order = Order.objects.get()
    assert page.get_by_role("link", name="결제창 열기").get_attribute("href") == charge_of(order).window
    payments.post("finish", id=charge_of(order).reference)
    payments.post("banks")
    charging.look_again("stripe", charge_of(order).reference)
    filing.take_files()

    desk = look(f"/desk/payouts/new/{action.pk}/", as_=hana)
    looked_at(desk, "payout-new")
    desk.get_by_label("금액(원)").fill("200,000")
    desk.get_by_text("가게", exact=True).click()
    desk.get_by_label("예금주").fill("한마음에너지")
    desk.get_by_label("은행과 계좌번호").fill("예시은행 000-11")
    desk.get_by_label("무엇에").fill("난방비 두 달")
    desk.get_by_role("button", name="두 번째 승인 요청").click()
    desk.get_by_role("heading", name="다른 사람이 봐야 해요").wait_for()
    looked_at(desk, "payout-own")
    with giving():
        url = f"/desk/payouts/{Payout.objects.get().uuid}/"
    second = looked_at(look(url, as_=eli), "payout-second")
    second.get_by_role("button", name="지급 승인").click()
    looked_at(look("/desk/accounts/", as_=ivo), "accounts")
    money = look(url, as_=ivo)
    money.get_by_label("이체 확인번호").fill("T-1")
    money.get_by_role("button", name="이체했어요").click()
    proof = looked_at(look(url, as_=hana), "payout-proof")
    proof.get_by_label("어떻게 되었는지").fill("따뜻한 겨울을 나게 되셨어요.")
    proof.get_by_label("영수증 사진").set_input_files(receipt(tmp_path))
    proof.get_by_role("button", name="후원자에게 알리기").click()
    proof.get_by_role("link", name="사진 보기").wait_for()

    follow = f"/donate/follow/{codes.shown(order.code)}/"
    last = looked_at(look(follow), "follow")
    assert last.get_by_text("따뜻한 겨울을 나게 되셨어요.").first.is_visible()
    looked_at(look(follow, language="en"), "follow-en")
    figures.forget()
    looked_at(look("/donate/transparency/"), "transparency")
    looked_at(look("/donate/transparency/", language="en"), "transparency-en")
    looked_at(look(f"/desk/cases/{case.number}/givers/", as_=hana), "givers")
