"""Keyboard alone over the desk's pages: every stop of the main part is reached in its order, seen while it holds the
focus, and left again."""

from typing import Any

import pytest
from playwright.sync_api import Page

from cases.models import MarketSite
from cases.services import market, pathways
from hopecare.kernel.models import Town
from tests.cases import import_kit as kit
from tests.cases.case_kit import DAY, TOLD, ask, goal, task
from tests.cases.desk_kit import assign, make_report
from tests.cast import NOW, Actor
from tests.drill.walking import Walk, go
from tests.factories import make_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
MOST_STOPS, MOST_INSIDE = 400, 9  # a field for a date has four stops of its own

#: Numbers the stops a keyboard should make in the main part: of radios the chosen one, or else the first.
_NUMBER = """() => { const named = {}; let count = 0;
  const all = 'main :is(a[href], button, input, select, textarea, summary, [tabindex="0"])';
  for (const one of document.querySelectorAll(all)) {
    if (one.disabled || one.type === 'hidden' || one.tabIndex < 0 || !one.checkVisibility()) continue;
    if (one.type === 'radio') {
      const group = [...one.form.elements].filter(other => other.type === 'radio' && other.name === one.name);
      if (one !== (group.find(other => other.checked) || group[0])) continue;
    }
    one.dataset.stop = count++;
  }
  return count; }"""
_HERE = """() => { const one = document.activeElement;
  const ringed = other => other && (getComputedStyle(other).outlineStyle !== 'none'
    || getComputedStyle(other).boxShadow !== 'none');
  return [one === document.body, one.dataset.stop ?? '', !!(ringed(one) || ringed(one.nextElementSibling)
    || ringed(one.closest('label, li, .hc-check'))), one.outerHTML.slice(0, 140)]; }"""


def by_keyboard(page: Page) -> None:
    """Tab from the top to the end."""
    count, met, stays, before = page.evaluate(_NUMBER), list[int](), 0, ""
    for _turn in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at_end, stop, seen, what = page.evaluate(_HERE)
        if at_end and met:
            break
        stays = stays + 1 if what == before else 0
        assert stays <= MOST_INSIDE, f"{page.url}: no way on from {what}"
        assert at_end or seen or stays, f"{page.url}: nobody sees that the focus is on {what}"
        before = what
        if stop and (not met or met[-1] != int(stop)):
            if met and int(stop) == 0:
                break
            met.append(int(stop))
        if len(met) == count:
            break
    assert met == list(range(count)), f"{page.url}: of {count} in another order, or left out: {met}"


def test_everything_is_reached_in_order_and_seen(browser: Any, live_server: Any, as_: Any, city: Any, hana: Actor,
                                                 ana: Actor, eli: Actor, ivo: Actor) -> None:  # fmt: skip
    case, mina, walk = make_case(hana), kit.desk(city), Walk(browser, live_server, as_)
    ask(hana, case, TOLD)
    goal(hana, case)
    task(hana, case)
    begun = pathways.Begun(person=case.main_person, kind="home_repair", told=pathways.Told(on=DAY))
    row = pathways.begin(by=hana.viewer, number=case.number, begun=begun)
    site = MarketSite(name="동부 나눔가게", town=Town.objects.get(code="hwado"), phone="031-000-0701")
    market.add_site(by=hana.viewer, site=site)
    market.fill(by=hana.viewer, site=site, name="쌀 4kg", won=15_000, more=9)
    assign(ana, make_report(), ana, hana, at=NOW.replace(hour=15))
    here, kind = f"/desk/cases/{case.number}/", row.pk if row else 0
    inside = ["", f"pathways/{kind}/", "market/", "papers/", "benefits/", "watch/", "assessment/", "services/new/"]
    inside += ["people/", "consents/"]
    paths = {
        hana: [
            *(f"{here}{path}" for path in inside),
            *(f"{here}needs/{case.main_person_id}/", "/desk/", "/desk/pathways/", "/desk/watch/", "/desk/watch/hours/"),
            *("/desk/people/", "/desk/note/", "/desk/services/list/", "/desk/boards/", "/desk/omissions/"),
        ],
        eli: ["/desk/groups/", "/desk/agreements/", "/desk/market/shelves/", "/desk/cases/reassign/"],
        mina: ["/desk/imports/", "/desk/imports/keys/", "/desk/messages/partners/"],
        ivo: ["/desk/accounts/", "/desk/accounts/odd/", "/desk/accounts/receipts/", "/desk/payouts/"],
    }
    for actor, addresses in paths.items():
        for path in addresses:
            go(walk.as_(actor), path)
            by_keyboard(walk.as_(actor))
