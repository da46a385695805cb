"""The food market: a neutral card on recommendation, four pieces and 40,000 won a month, shelves never below none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cases.models import Case, MarketCard, MarketGood, MarketSite, MarketTaking, ServiceRecord
from cases.selectors.overlaps import equivalent
from cases.services import market
from hopecare.kernel import clock, codes, errors
from hopecare.kernel.access import Principal, acting_as, system, visible_to
from hopecare.kernel.models import ChangeEntry, Service, Town
from tests.cases.case_kit import DAY
from tests.cast import Actor
from tests.database import as_owner
from tests.factories import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R41")]
As = Callable[..., Client]


@pytest.fixture
def site(city: Any, hana: Actor) -> MarketSite:
    place = MarketSite(name="동부 나눔가게", town=Town.objects.get(code="hwado"), phone="031-000-0701")
    market.add_site(by=hana.viewer, site=place)
    for name, won, more in (("쌀 4kg", 15_000, 9), ("김", 3_000, 2), ("세제", 8_000, 9)):
        market.fill(by=hana.viewer, site=place, name=name, won=won, more=more)
    return place


def give(actor: Actor, case: Case) -> MarketCard:
    told = {"recommended_by": "화도읍장", "recommended_on": DAY}
    return market.give_card(by=actor.viewer, number=case.number, person=case.main_person, **told)


def take(actor: Actor, card: MarketCard, site: MarketSite, **counts: int) -> market.AtCounter:
    rows = {good.name: good.pk for good in MarketGood.objects.filter(site=site)}
    wanted = {"rice": "쌀 4kg", "seaweed": "김", "soap": "세제"}
    told = {rows[wanted[name]]: many for name, many in counts.items()}
    return market.take(by=actor.viewer, typed=codes.shown(card.number).lower(), site=site, counts=told)


def why(refusal: Any) -> set[str]:
    return {problem.code for problem in refusal.value.problems}


def test_four_pieces_and_forty_thousand_won_a_month(hana: Actor, gil: Actor, site: MarketSite) -> None:
    card = give(hana, make_case(hana))
    rest = take(gil, card, site, rice=2).left
    assert (rest.items, rest.won) == (2, 10_000)
    for counts, wrong in (({"soap": 2}, {"won"}), ({"seaweed": 3}, {"stock", "items"}), ({}, {"nothing"})):
        with pytest.raises(errors.Impossible) as refusal:
            take(gil, card, site, **counts)
        assert why(refusal) == wrong
    assert take(gil, card, site, seaweed=2).left.items == 0
    assert MarketGood.objects.get(name="김").stock == 0
    with clock.pinned(clock.now() + timedelta(days=14)):  # another month
        assert market.look(by=gil.viewer, typed=card.number).left.items == 4


@pytest.mark.rule("D9")
def test_the_counter_learns_a_number_and_nothing_else(hana: Actor, gil: Actor, site: MarketSite, as_: As) -> None:
    case = make_case(hana)
    card, client = give(hana, case), as_(gil)
    page = client.post(f"/desk/market/?site={site.pk}", {"look": "1", "number": codes.shown(card.number)})
    text = page.content.decode()
    assert page.status_code == 200 and "40,000" in text and codes.shown(card.number) in text
    assert "윤순덕" not in text and case.number not in text
    with acting_as(gil.viewer):
        assert not visible_to(gil.viewer, MarketCard).exists() and not MarketCard.objects.exists()
    with acting_as(system(Principal.MARKET, subject=codes.new_code())):
        assert not MarketCard.objects.exists() and not MarketTaking.objects.exists()
    paper = as_(hana).get(f"/desk/cases/{case.number}/market/paper/").content.decode()
    assert "윤순덕" not in paper and "푸드마켓" not in paper and "나눔가게" in paper
    unknown = client.post(f"/desk/market/?site={site.pk}", {"look": "1", "number": "0000"})
    assert unknown.status_code == 422 and "0000" in unknown.content.decode()


def test_handing_out_by_page_counts_once_and_keeps_what_was_typed(
    hana: Actor, gil: Actor, site: MarketSite, as_: As
) -> None:
    case = make_case(hana)
    card, client, here = give(hana, case), as_(gil), f"/desk/market/?site={site.pk}"
    soap = MarketGood.objects.get(name="세제").pk
    form = {"take": "1", "number": card.number, "token": "once", f"good_{soap}": "2"}
    for _time in range(2):
        assert client.post(here, form).status_code == 302
    with as_owner():
        assert [(row.count, row.won, row.by_id) for row in MarketTaking.objects.all()] == [(2, 16_000, gil.id)]
    refused = client.post(here, {**form, "token": "two", f"good_{soap}": "3"})
    assert refused.status_code == 422 and 'value="3"' in refused.content.decode()
    assert "세제" in as_(hana).get(f"/desk/cases/{case.number}/market/").content.decode()


@pytest.mark.rule("R20")
@pytest.mark.rule("D9")
def test_a_day_at_the_market_is_a_service_of_the_case_and_says_who_handed_out(
    hana: Actor, gil: Actor, site: MarketSite
) -> None:
    case = make_case(hana)
    card = give(hana, case)
    take(gil, card, site, rice=1)
    take(gil, card, site, seaweed=1)
    food = Service.objects.get(code="food_market")
    with as_owner():
        (record,) = ServiceRecord.objects.filter(case=case)
        assert (record.service_id, record.given_on, record.amount_won, record.source) == (food.pk, DAY, 0, "market")
        rows = ChangeEntry.objects.filter(what="market_taking").values_list("user_name", "user_id", "principal")
        assert set(rows) == {("길도윤", gil.id, "market")}
    with acting_as(hana.viewer):
        near = {"case_id": case.pk, "person_id": case.main_person_id, "service_id": food.pk, "given_on": DAY}
        assert [one.record_id for one in equivalent(hana.viewer, **near, giver_id=None)] == [record.pk]
    with acting_as(gil.viewer):
        assert not ServiceRecord.objects.exists(), "the counter's own house learns of no case"
    with acting_as(system(Principal.MARKET, subject=codes.new_code())):
        assert not ServiceRecord.objects.exists()


def test_a_household_has_one_card_for_six_months_on_recommendation(hana: Actor, chi: Actor, site: MarketSite) -> None:
    case = make_case(hana)
    with pytest.raises(errors.Impossible) as refusal:
        market.give_card(
            by=hana.viewer, number=case.number, person=case.main_person, recommended_by=" ", recommended_on=None
        )
    assert why(refusal) == {"required"}
    lost, card = give(hana, case), give(hana, case)
    assert card.good_until == DAY.replace(year=2027, month=5)
    for ended in (lost, card):
        with pytest.raises(errors.Impossible) as no:
            if ended is card:
                market.end_card(by=hana.viewer, number=case.number)
            take(hana, ended, site, seaweed=1)
        assert why(no) == {"ended"}
    with pytest.raises(errors.NotFound):
        market.end_card(by=chi.viewer, number=case.number)


@pytest.mark.django_db(transaction=True)
def test_two_counters_at_once_do_not_pass_the_bound(hana: Actor, gil: Actor, site: MarketSite, let_go: None) -> None:
    card = give(hana, make_case(hana))

    def one(_turn: int) -> bool:
        try:
            take(gil, card, site, rice=2)
        except errors.Impossible:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [False, False, False, True]
    assert MarketGood.objects.get(name="쌀 4kg").stock == 7


def test_shelves_are_filled_by_page_and_never_hold_fewer_than_none(gil: Actor, site: MarketSite, as_: As) -> None:
    client, here = as_(gil), f"/desk/market/shelves/?site={site.pk}"
    assert client.post(here, {"good": "1", "name": "라면", "won": "1000", "more": "20"}).status_code == 302
    assert client.post(here, {"good": "1", "name": "라면", "won": "1000", "more": "-21"}).status_code == 422
    assert MarketGood.objects.get(name="라면").stock == 20
    place = {"site": "1", "name": "동부 나눔가게", "town": site.town_id, "phone": ""}
    assert client.post("/desk/market/shelves/", place).status_code == 422
    assert client.post("/desk/market/shelves/", {**place, "name": "북부 나눔가게"}).status_code == 302
