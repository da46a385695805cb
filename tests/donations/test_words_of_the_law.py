"""What the law wants to stand wherever somebody is asked for money, and below which sum a need asks alone (K11)."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.rules.publishing import target_problems
from donations.rules.campaigns import REGISTERED_FROM_WON
from donations.services import campaigns, rosters
from hopecare.kernel import clock, codes
from tests.cases.test_publishing import publish
from tests.cast import NOW, Actor
from tests.donations.books_kit import fund
from tests.donations.test_campaigns import PLAN
from tests.donations.test_pages import text
from tests.donations.test_partners import signed
from tests.donations.test_rosters import brought, codes_of, people  # noqa: F401
from tests.factories import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.rule("K11")]
WORDS = {
    "ko": ("시는 후원금을 모으지도 받지도 않습니다", "세액공제", "15%", "모집 비용", "등록"),
    "en": ("The city collects no gifts and receives none", "lower your tax", "15 %", "Costs", "Registration"),
}


def test_the_figure_of_the_law_is_one_for_needs_and_campaigns() -> None:
    assert target_problems(REGISTERED_FROM_WON) and not target_problems(REGISTERED_FROM_WON - 1)


def giving_page(kind: str, hana: Actor, eli: Actor, brought: Any) -> str:  # noqa: F811
    """Each page on which a gift begins."""
    if kind == "join":
        roster = brought(people(5))
        rosters.send(by=hana.viewer, roster_id=roster.pk)
        return f"/donate/join/{codes_of(roster)[0]}/"
    if kind == "need":
        return f"/donate/need/{publish(hana, make_case(hana)).uuid}/"
    if kind.startswith("campaign"):
        row = campaigns.open_it(by=eli.viewer, code=campaigns.propose(by=hana.viewer, plan=PLAN).code)
        return f"/donate/campaigns/{codes.shown(row.code)}/" + ("give/" if kind == "campaign-give" else "")
    if kind == "shop":
        return f"/donate/together/{codes.shown(signed(hana).code)}/"
    plain = {"fund": f"/donate/fund/{fund('east:general').pk}/", "door": "/donate/"}
    return plain.get(kind) or f"/donate/{kind}/"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    "kind", ["door", "need", "fund", "campaign", "campaign-give", "monthly", "together", "shop", "join"]
)
def test_every_giving_page_bears_what_the_law_asks(
    as_: Callable[..., Client],
    hana: Actor,
    eli: Actor,
    brought: Any,  # noqa: F811
    kind: str,
    language: str,
) -> None:
    """Receiver, registration, tax relief, costs, and that the city collects nothing."""
    url, receiver = giving_page(kind, hana, eli, brought), fund("east:general").receiver
    with clock.pinned(NOW + timedelta(days=5)):
        page = html.unescape(text(as_(), url, language))
    name = receiver.organisation.name_ko if language == "ko" else receiver.organisation.name_en
    for wanted in (name, receiver.registration, *WORDS[language]):
        assert wanted in page, (url, wanted)
