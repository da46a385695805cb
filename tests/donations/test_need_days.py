"""Until when gifts help a need: shown, put in order, told to its worker, and afterwards each gift where it shall go."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from cases.selectors.published import published_needs
from cases.services import need_days, published
from cases.services.published import Telling
from donations.models import Fund, Gift, Order
from donations.selectors.choosing import need_choice
from donations.selectors.follow import follow
from donations.selectors.ledger import trouble
from donations.services import filing, giving, payouts
from hopecare.kernel import clock, codes, errors, events
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, GroundPurpose, Service
from hopecare.messaging.models import Message
from tests.cases.case_kit import consent, task
from tests.cast import NOW, Actor
from tests.donations.books_kit import GIVING, TODAY
from tests.donations.conftest import charge_of
from tests.donations.test_payouts import wanted
from tests.factories import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R22")]
UNTIL = TODAY + timedelta(days=12)
As = Callable[..., Any]


def published_by(hana: Actor, until: date | None, *, service: str = "other", **fields: Any) -> Any:
    """Shown since today."""
    case = make_case(hana)
    told = Telling(
        "겨울 이불과 난방비가 필요합니다.", Service.objects.get(code=service), 300_000, **fields, wanted_by=until
    )
    with clock.pinned(NOW - timedelta(days=5)):
        consent(hana, case.main_person, GroundPurpose.DONORS)
        need = published.publish(by=hana.viewer, number=case.number, telling=told)
    assert need is not None
    return need


def given_to(need: Any, won: int, transferred: Callable[..., Order], **fields: Any) -> Order:
    fund_id = giving.fund_of_choice(need_choice(need_uuid=need.uuid))
    return transferred(won, Fund.objects.get(pk=fund_id).code, **fields)


@pytest.mark.rule("R59")
@pytest.mark.rule("D1")
def test_a_wish_is_told_with_its_price_and_day_and_the_nearest_comes_first(hana: Actor, as_: As) -> None:
    for until in (None, TODAY, TODAY + timedelta(days=400)):
        with pytest.raises(errors.Impossible) as refusal:
            published_by(hana, until, service="wish")
        assert [problem.code for problem in refusal.value.problems] == ["until"]
    later = published_by(hana, TODAY + timedelta(days=30), service="wish")
    none, sooner = published_by(hana, None), published_by(hana, UNTIL)
    with acting_as(GIVING):
        assert [card.uuid for card in published_needs(GIVING)] == [sooner.uuid, later.uuid, none.uuid]
        with clock.pinned(NOW + timedelta(days=24)):
            assert published_needs(GIVING, uuids=[later.uuid])[0].urgent
    page = as_().get("/donate/").content.decode()
    assert "소원" in page and f"{UNTIL.month}월 {UNTIL.day}일" in page
    assert f"{UNTIL.month}월 {UNTIL.day}일" in as_().get(f"/donate/need/{sooner.uuid}/").content.decode()


@pytest.mark.rule("R65")
@pytest.mark.rule("K11")
def test_after_its_day_a_need_is_closed_and_each_gift_goes_where_its_giver_chose(
    hana: Actor, eli: Actor, ivo: Actor, as_: As, transferred: Callable[..., Order]
) -> None:
    need = published_by(hana, UNTIL)
    first = given_to(need, 40_000, transferred, overflow="general")
    second = given_to(need, 60_000, transferred, overflow="return")
    living = Category.objects.get(code="living")
    action = task(hana, need.case, title="이불", service=need.service, category=living)
    asked = wanted(30_000)
    row = payouts.request(
        by=hana.viewer, action_id=action.pk, wanted=type(asked)(**{**vars(asked), "fund_id": first.fund_id})
    )
    assert need_days.watch() == 0
    for days, told in ((5, 1), (6, 0), (10, 1), (13, 1), (14, 0)):
        with clock.pinned(NOW + timedelta(days=days)):
            assert need_days.watch() == told, days
            events.deliver_open()
    with acting_as(hana.viewer):
        assert Message.objects.notices().filter(purpose="need_day").count() == 3
    with acting_as(GIVING), clock.pinned(NOW + timedelta(days=14)):
        assert published_needs(GIVING) == [] and trouble() == []
        general = Gift.objects.get(order=first, carried_from__isnull=False)
        assert (general.amount_won, general.fund.code) == (10_000, "east:general")  # 30,000 wait for the payment
        assert Gift.objects.get(order=second).remaining_won == 60_000  # a person sends them back
    page = as_().get(f"/donate/follow/{codes.shown(first.code)}/").content.decode()
    assert "10,000" in page and "어디든" in page
    payouts.refuse(by=hana.viewer, key=row.uuid, why="")
    with clock.pinned(NOW + timedelta(days=15)):
        assert giving.release_ended() == 1
    assert [(one.won, one.fund_ko) for one in follow(first.code).moved] == [
        (10_000, "동부 어디든"),
        (30_000, "동부 어디든"),
    ]


def test_a_need_that_was_met_keeps_its_money_until_its_worker_says_that_nothing_is_lacking(
    hana: Actor, as_: As, transferred: Callable[..., Order]
) -> None:
    need = published_by(hana, UNTIL)
    order = given_to(need, 300_000, transferred)
    assert giving.close_met_needs() == 1
    events.deliver_open()
    assert follow(order.code).moved == [] and giving.release_ended() == 0
    url = f"/desk/cases/{need.case.number}/givers/"
    assert "더 필요하지 않아요" in as_(hana).get(url).content.decode()
    as_(hana).post(f"{url}{need.uuid}/back/")
    events.deliver_open()
    assert [one.won for one in follow(order.code).moved] == [300_000]


def test_won_that_a_provider_still_holds_move_on_when_they_have_arrived(
    hana: Actor, payments: Any, ordered: Callable[..., Order]
) -> None:
    need = published_by(hana, UNTIL)
    fund_id = giving.fund_of_choice(need_choice(need_uuid=need.uuid))
    order = ordered(50_000, code=Fund.objects.get(pk=fund_id).code)
    giving.window_or_nothing(order)
    payments.post("finish", id=charge_of(order).reference)
    giving.window_or_nothing(order)
    published.withdraw(by=hana.viewer, number=need.case.number, need_uuid=need.uuid)
    events.deliver_open()
    assert giving.release_ended() == 0
    payments.post("banks")
    filing.take_files()
    assert giving.release_ended() == 1 and [one.won for one in follow(order.code).moved] == [50_000]
