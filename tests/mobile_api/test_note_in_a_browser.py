"""A note written at the door without signal is about whom was chosen; who left meanwhile is said, nothing is lost."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cases.models import TimelineEntry, Visit
from hopecare.kernel import clock
from tests.browser_fixtures import PHONE
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case, make_person
from tests.mobile_api.test_field_api import THERE
from tests.mobile_api.test_field_in_a_browser import shot, telephone
from tests.mobile_api.test_phone_app import nothing_serious


def choose(page: Page, name: str) -> None:
    page.locator("#contact-about").get_by_label(name).check()


def write(page: Page, words: str) -> None:
    page.locator("#contact [name=words]").fill(words)
    page.locator("#contact > button").click()


@pytest.mark.browser
@pytest.mark.rule("D4")
@pytest.mark.django_db(transaction=True)
def test_a_note_about_one_of_them_waits_for_signal_and_for_a_new_choice(
    ana: Actor, hana: Actor, let_go: None, browser: Browser, live_server: Any
) -> None:
    case = make_case(hana)
    husband = make_person("김영수", case.household, birth_date=date(1946, 1, 5), relation="spouse", phone="")
    with as_owner():
        keys = {"team_id": case.team_id, "provider_id": case.provider_id}
        Visit.objects.create(case=case, kind="review", at=THERE, official=ana.user, worker=hana.user, **keys)
    with clock.pinned(THERE):
        context, page = telephone(browser, live_server, hana, viewport={**PHONE, "width": 320})
        for link in ("#field-today a", "#call-card a"):
            page.locator(link).click(timeout=20_000)
        choose(page, "김영수")
        nothing_serious(page)
        shot(page, "note-about")
        write(page, "남편분만 들으신 말")
        expect(page.locator("#contact-said")).to_be_visible(timeout=20_000)
        expect(page.locator("#about-")).to_be_checked(timeout=20_000)
        write(page, "두 분 모두의 일")
        with as_owner():
            husband.memberships.update(ends_on=NOW.date())
        context.set_offline(False)
        expect(page.locator("#contact-refused")).to_contain_text("남편분만 들으신 말", timeout=20_000)
        expect(page.locator("#contact-refused")).to_contain_text("더는 이 가구에")
        nothing_serious(page)
        shot(page, "note-refused")
        page.locator("#contact-refused button").click()
        expect(page.locator("#contact [name=words]")).to_have_value("남편분만 들으신 말", timeout=20_000)
        write(page, "남편분만 들으신 말, 지금은 이사 가심")
        expect(page.locator("#contact-error")).to_contain_text("누구에 관한", timeout=20_000)
        choose(page, "가구 전체")
        page.locator("#contact > button").click()
        expect(page.locator("#contact-refused")).to_be_hidden(timeout=20_000)
        page.goto("/m/#home")
        expect(page.locator("#waiting")).to_be_hidden(timeout=20_000)
        context.close()
    with as_owner():
        rows = TimelineEntry.objects.filter(case=case, kind="contact").order_by("pk")
        assert list(rows.values_list("words", "person_id")) == [
            ("두 분 모두의 일", None),
            ("남편분만 들으신 말, 지금은 이사 가심", None),
        ]
