"""Campaigns: registered where the law asks, opened by a second person, stopped at the target (K11, R65)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from donations.models import Campaign, Fund, Order
from donations.rules.campaigns import Plan
from donations.selectors import campaigns as selectors
from donations.selectors.ledger import fund_balance, trouble
from donations.services import campaigns, filing, giving
from donations.services.giving import Wish
from hopecare.kernel import clock, codes, errors
from hopecare.kernel.access import acting_as
from tests.cast import NOW, Actor
from tests.donations.books_kit import TODAY, fund
from tests.donations.books_kit import giving as giving_side
from tests.donations.conftest import StandIn

pytestmark = pytest.mark.django_db
PLAN = Plan(
    "겨울 난방 모금", "혼자 겨울을 나는 이웃의 방을 데웁니다.", "living", 1_000_000, TODAY, TODAY + timedelta(days=60)
)


@pytest.fixture
def running(hana: Actor, eli: Actor) -> Campaign:
    """One million won for heating, open since today."""
    row = campaigns.propose(by=hana.viewer, plan=PLAN)
    return campaigns.open_it(by=eli.viewer, code=row.code)


def started(campaign: Campaign, won: int, overflow: str = "general", name: str = "도하람") -> Order:
    return giving.start(Wish(campaign.fund_id or 0, won, "bank", overflow, name, source="campaign"))


def transferred(payments: StandIn, *rows: Order) -> None:
    for order in rows:
        account = fund().receiver.account_number
        payments.post("deposit", account=account, name=order.code[:6], won=order.amount_won)
    filing.take_files()


@pytest.mark.rule("K11")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"target_won": 10_000_000}, "registration"),
        ({"ends_on": TODAY + timedelta(days=366)}, "long"),
        ({"purpose": "operating"}, "required"),
        ({"title": " "}, "required"),
    ],
)
def test_a_campaign_is_refused(hana: Actor, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(errors.Impossible) as refusal:
        campaigns.propose(by=hana.viewer, plan=replace(PLAN, **fields))
    assert code in {problem.code for problem in refusal.value.problems}


@pytest.mark.rule("K11")
def test_the_database_itself_wants_registration_a_year_and_two_people(hana: Actor) -> None:
    row = campaigns.propose(by=hana.viewer, plan=PLAN)
    with pytest.raises(errors.Impossible):
        campaigns.open_it(by=hana.viewer, code=row.code)
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"target_won": 10_000_000}, "registered"),
        ({"ends_on": TODAY + timedelta(days=366)}, "a_year"),
        ({"opened_by": hana.id}, "second"),
    )
    for fields, name in wrong:
        with acting_as(hana.viewer), pytest.raises(IntegrityError, match=name), transaction.atomic():
            Campaign.objects.filter(pk=row.pk).update(**fields)


@pytest.mark.rule("K11")
@pytest.mark.rule("R65")
def test_it_stops_at_its_target_and_the_rest_goes_where_the_giver_chose(payments: StandIn, running: Campaign) -> None:
    first = started(running, 900_000)
    with pytest.raises(errors.Impossible) as refusal:
        started(running, 150_000, "return")
    assert refusal.value.problems[0].code == "too_much"
    second = started(running, 150_000, "category", name="또하람")
    transferred(payments, first, second)
    assert fund_balance(running.fund_id or 0) == 1_000_000
    assert fund_balance(fund("east:cause:living").pk) == 50_000
    with pytest.raises(errors.Impossible):
        started(running, 10_000)
    campaigns.close_over()
    found = selectors.by_code(running.code)
    assert (found.row.state, found.row.close_reason, found.running, found.percent) == ("closed", "target", False, 100)
    with giving_side():
        assert trouble() == []


@pytest.mark.rule("K11")
def test_a_late_transfer_never_carries_it_beyond_the_target(payments: StandIn, running: Campaign) -> None:
    late = started(running, 400_000)
    with clock.pinned(NOW + timedelta(days=5)):
        quick = started(running, 800_000, name="또하람")
        transferred(payments, quick, late)
    assert fund_balance(running.fund_id or 0) == 1_000_000
    assert fund_balance(fund("east:general").pk) == 200_000


@pytest.mark.rule("K11")
def test_what_is_left_of_a_registered_campaign_waits_for_the_registrar(
    payments: StandIn, hana: Actor, eli: Actor, ivo: Actor
) -> None:
    large = replace(PLAN, target_won=10_000_000, registration="예시 2026-가-01")
    row = campaigns.open_it(by=eli.viewer, code=campaigns.propose(by=hana.viewer, plan=large).code)
    transferred(payments, started(row, 50_000))
    with clock.pinned(NOW + timedelta(days=61)):
        assert campaigns.close_over() == 1
        with pytest.raises(errors.Impossible):
            campaigns.move_on(by=ivo.viewer, code=row.code, approval="")
        assert campaigns.move_on(by=ivo.viewer, code=row.code, approval="예시 승인 2027-1") == 1
    assert (fund_balance(row.fund_id or 0), fund_balance(fund("east:general").pk)) == (0, 50_000)


@pytest.mark.rule("R65")
def test_a_campaign_from_the_plan_to_its_end_on_the_pages(
    as_: Callable[..., Any], hana: Actor, eli: Actor, chi: Actor
) -> None:
    desk, url = as_(hana), "/desk/giving/campaigns/"
    told = {"title": PLAN.title, "words": PLAN.words, "purpose": "living", "target_won": "1,000,000"}
    assert desk.post(f"{url}new/", told).status_code == 422
    page = desk.post(f"{url}new/", {**told, "starts_on": f"{TODAY}", "ends_on": "2027-01-31"})["Location"]
    public = f"/donate/campaigns/{codes.shown(page.split('/')[-2])}/"
    assert as_().get(public).status_code == 404
    assert desk.post(page, {"do": "open"}).status_code == 422 and as_(chi).get(page).status_code == 404
    assert as_(eli).post(page, {"do": "open"}).status_code == 302
    assert "data:image/svg" in desk.get(f"{page}poster/").content.decode()
    giver = as_()
    assert PLAN.title in giver.get("/donate/").content.decode()
    shown = giver.get(public).content.decode()
    foundation = fund("east:general").receiver.organisation.name_ko
    assert all(words in shown for words in ("1,000,000", foundation, 'property="og:title"'))
    gift = {"amount": "50,000", "provider": "bank", "name": "도하람", "overflow": "general"}
    assert giver.post(f"{public}give/", {**gift, "amount": "1"}).status_code == 422
    assert giver.post(f"{public}give/", gift)["Location"].startswith("/donate/follow/")
    assert desk.post(page, {"do": "close"}).status_code == 302
    assert giver.get(f"{public}give/")["Location"] == public
    assert giver.get(f"/donate/fund/{Fund.objects.get(kind='campaign').pk}/").status_code == 404
