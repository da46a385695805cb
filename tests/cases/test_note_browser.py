"""A note in seconds, in Chromium: taps are counted by the page itself, words by their keys (R46)."""

from datetime import date

import pytest

from cases.models import TimelineEntry
from tests.browser_fixtures import follow, open_context
from tests.cases.test_case_browser import logged_in
from tests.database import as_owner
from tests.factories import make_case, make_person

pytestmark = pytest.mark.usefixtures("let_go")
COUNTS = """addEventListener('pointerdown', event => {
  if (event.isTrusted) sessionStorage.taps = Number(sessionStorage.taps || 0) + 1
}, true)"""
#: A practised hand points and taps in 1.3 s, types a key in 0.28 s and takes 1.35 s to think of each step (Card, Moran
#: and Newell); a syllable is three keys.
TAP, KEY, THOUGHT, KEYS = 1.3, 0.28, 1.35, 3
MOST = 20.0


def taps(page):
    return int(page.evaluate("sessionStorage.taps || 0"))


def noted(case):
    with as_owner():
        rows = TimelineEntry.objects.filter(case=case, kind__in=["note", "contact"]).order_by("pk")
        return [(row.details.get("way"), row.words) for row in rows]


@pytest.mark.browser
@pytest.mark.rule("R46")
@pytest.mark.django_db(transaction=True)
def test_a_note_takes_four_taps_from_any_page_and_no_answer_takes_one(browser, live_server, hana, as_):
    case, words = make_case(hana), "난방 걱정하심"
    context = open_context(browser, live_server)
    context.add_init_script(COUNTS)
    page = logged_in(context, live_server, as_(hana))
    page.goto("/desk/cases/")
    follow(page.locator("a[href^='/desk/note/']").first)
    at_hand = taps(page)
    follow(page.get_by_role("button", name="전화함, 안 받음").first)
    assert (at_hand, taps(page)) == (1, 2) and noted(case) == [("no_answer", "")]
    page.goto("/desk/cases/")
    page.evaluate("sessionStorage.taps = 0")
    follow(page.locator("a[href^='/desk/note/']").first)
    follow(page.locator("main").get_by_role("link", name="윤순덕").first)
    page.locator("main [name='way'][value='called']").check(force=True)
    page.locator("main [name='words']").focus()  # by the tabulator: no tap
    page.keyboard.type(words)
    follow(page.locator("main form.hc-fields").get_by_role("button", name="저장"))
    assert taps(page) == 4 and noted(case)[1:] == [("called", words)]
    seconds = 4 * (TAP + THOUGHT) + len(words) * KEYS * KEY
    assert seconds <= MOST
    with as_owner():
        husband = make_person("김영수", case.household, birth_date=date(1946, 1, 5), relation="spouse", phone="")
    page.evaluate("sessionStorage.taps = 0")
    follow(page.locator("a[href^='/desk/note/']").first)  # from the page of the case: it is chosen already
    page.locator("main [name='way'][value='called']").check(force=True)
    page.locator(f"main [name='person'][value='{husband.pk}']").check(force=True)
    page.locator("main [name='words']").focus()
    page.keyboard.type(words)
    follow(page.locator("main form.hc-fields").get_by_role("button", name="저장"))
    with as_owner():
        assert TimelineEntry.objects.get(case=case, person=husband).words == words
    assert taps(page) == 4 and noted(case)[2:] == [("called", words)], "one of them is one tap more"
    assert 5 * (TAP + THOUGHT) + len(words) * KEYS * KEY <= MOST
    context.close()
