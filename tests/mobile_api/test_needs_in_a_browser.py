"""Answers about the eight written without signal meet a colleague's: both are shown before anything is written."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from cases.models import NeedAnswer, TimelineEntry, Visit
from hopecare.kernel import clock
from tests.browser_fixtures import PHONE, open_context
from tests.cast import Actor
from tests.database import as_owner
from tests.factories import make_case
from tests.mobile_api.test_field_api import THERE, desk_code, key_of
from tests.mobile_api.test_field_in_a_browser import shot
from tests.mobile_api.test_needs_api import answer
from tests.mobile_api.test_phone_app import nothing_serious

#: An old telephone: what was answered before the draft is read must not be written over by it.
SLOW_STORE = """() => {
  const get = HopeStore.get;
  HopeStore.get = (...asked) => new Promise(done => setTimeout(done, 400)).then(() => get(...asked));
}"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_draft_of_the_eight_meets_a_colleagues_answers(
    ana: Actor, hana: Actor, let_go: None, browser: Browser, live_server: Any
) -> None:
    case = make_case(hana)
    with as_owner():
        keys = {"team_id": case.team_id, "provider_id": case.provider_id}
        Visit.objects.create(case=case, kind="review", at=THERE, official=ana.user, worker=hana.user, **keys)
    with clock.pinned(THERE):
        context = open_context(browser, live_server, viewport=PHONE, is_mobile=True)
        page = context.new_page()
        page.clock.set_fixed_time(THERE)
        page.goto("/m/#me", timeout=60_000)
        page.locator("#stranger summary").click()
        page.locator("#m-staff").fill(desk_code(hana))
        page.locator("#staff button").click()
        expect(page.locator("#as-staff")).to_contain_text("송하나", timeout=20_000)
        page.goto("/m/#field")
        for link in ("#field-today a", "#call-card a"):
            page.locator(link).click(timeout=20_000)
        page.locator("#contact [name=words]").fill("문 앞에서 잠깐 뵈었습니다")
        page.locator("#contact").evaluate("form => { form.requestSubmit(); form.requestSubmit(); }")  # a hurried thumb
        expect(page.locator("#contact-said")).to_be_visible()
        page.locator("#house-ask a").click()
        context.set_offline(True)
        shot(page, "needs")
        page.evaluate(SLOW_STORE)
        page.get_by_role("link", name="윤순덕").click()
        page.locator("#need-living").select_option("3")
        page.locator("#need-care").select_option("2")
        nothing_serious(page)
        shot(page, "asking")
        page.locator("#answers > button").click()
        expect(page.locator("#asking-waits")).to_be_visible(timeout=20_000)
        answer(key_of(ana), case, {"living": "1"}, seen={"living": 0}, before={"living": "unasked"})
        context.set_offline(False)
        expect(page.locator("#asking-both li")).to_contain_text("안서연: 1", timeout=20_000)
        nothing_serious(page)
        shot(page, "asking-conflict")
        page.get_by_role("button", name="제 답이 나중이에요").click()
        expect(page.locator("#answers")).to_be_visible(timeout=20_000)
        context.close()
    with as_owner():
        rows = [(row.category.code, row.severity, row.by.name) for row in NeedAnswer.objects.order_by("pk")]
        assert TimelineEntry.objects.filter(words="문 앞에서 잠깐 뵈었습니다").count() == 1
    assert rows == [("living", 1, "안서연"), ("living", 3, "송하나"), ("care", 2, "송하나")]
