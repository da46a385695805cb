"""Paying out: a second person, never the requester; only what the fund was given for; the way back to the giver."""

import html
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from cases.models import Action, ServiceRecord
from cases.services import published
from cases.services.leads import transfer
from cases.services.published import Telling
from donations.models import Order, Payout
from donations.rules.proposals import Lacking, Waiting, propose
from donations.selectors.choosing import need_choice
from donations.selectors.follow import follow
from donations.selectors.ledger import payable
from donations.services import filing, giving, payouts
from donations.services.giving import Wish
from donations.services.payouts import Wanted
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Category, GroundPurpose, Organisation, Service, Team
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import documents
from tests.cases.case_kit import consent, task
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.donations.books_kit import TODAY, fund, given
from tests.donations.conftest import StandIn
from tests.factories import make_case, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def heating(hana: Actor) -> Action:
    """A task of a plan: the heating bill, which gifts may pay as living."""
    service = Service.objects.get(code="other")
    return task(
        hana, make_case(hana), title="밀린 난방비", service=service, category=Category.objects.get(code="living")
    )


def wanted(won: int = 200_000, code: str = "east:cause:living", **fields: Any) -> Wanted:
    payee = {"payee_kind": "shop", "payee_name": "한마음에너지", "payee_account": "예시은행 00-11"}
    values: dict[str, Any] = {**payee, "why": "난방비 두 달"}
    return Wanted(**{"fund_id": fund(code).pk, "won": won, **values, **fields})


def asked(actor: Actor, action: Action, **fields: Any) -> Payout:
    return payouts.request(by=actor.viewer, action_id=action.pk, wanted=wanted(**fields))


def photo() -> documents.Draft:
    content = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(content, "PNG")
    content.seek(0)
    return documents.keep_photo(content, len(content.getvalue()))


@pytest.mark.rule("R72")
def test_education_is_paid_for_children_alone(hana: Actor) -> None:
    given("g1", 500_000, "east:cause:children_education")
    service, kind = Service.objects.get(code="education"), Category.objects.get(code="education")
    case = make_case(hana)
    action = task(hana, case, title="학원비", service=service, category=kind)
    asking = {"code": "east:cause:children_education", "payee_kind": "academy"}
    with pytest.raises(errors.Impossible) as refusal:
        asked(hana, action, **asking)
    assert [problem.code for problem in refusal.value.problems] == ["children"]
    make_person("윤하늘", case.household, birth_date=date(2012, 5, 5))
    assert asked(hana, action, **asking).purpose == "children_education"


@pytest.mark.rule("R61")
@pytest.mark.rule("R71")
def test_request_second_approval_payment_proof(hana: Actor, eli: Actor, ivo: Actor, heating: Action) -> None:
    given("g1", 500_000)
    row = asked(hana, heating)
    with pytest.raises(errors.Impossible):
        payouts.pay(by=ivo.viewer, key=row.uuid, bank_reference="T1")
    payouts.approve(by=eli.viewer, key=row.uuid)
    payouts.pay(by=ivo.viewer, key=row.uuid, bank_reference="T1")
    with pytest.raises(errors.Impossible):
        payouts.pay(by=ivo.viewer, key=row.uuid, bank_reference="T2")
    assert payable(fund().pk) == 300_000
    payouts.prove(by=hana.viewer, key=row.uuid, outcome="따뜻한 겨울을 나게 되셨어요.", receipt=photo())
    with acting_as(hana.viewer):
        record = ServiceRecord.objects.get(payment_uuid=row.uuid)
        assert (record.amount_won, record.fund_source.code) == (200_000, "gift_living")


def test_whoever_asks_cannot_approve_not_even_in_sql(eli: Actor, hana: Actor, heating: Action) -> None:
    given("g1", 500_000)
    row = asked(eli, heating)
    with pytest.raises(errors.Impossible) as refusal:
        payouts.approve(by=eli.viewer, key=row.uuid)
    assert refusal.value.problems[0].code == "own"
    with pytest.raises(errors.Forbidden):
        payouts.approve(by=hana.viewer, key=row.uuid)
    with acting_as(eli.viewer), pytest.raises(IntegrityError, match="payout_second_approver"), transaction.atomic():
        Payout.objects.filter(pk=row.pk).update(approved_by_id=eli.id, approved_at=clock.now())
    with acting_as(eli.viewer), pytest.raises(IntegrityError, match="payout_paid_only"), transaction.atomic():
        Payout.objects.filter(pk=row.pk).update(state="paid")


@pytest.mark.rule("K13")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"won": 500_001}, "no_money"),
        ({"code": "east:cause:medical"}, "purpose"),
        ({"payee_account": " "}, "required"),
        ({"urgent": True, "won": 400_000}, "urgent"),
    ],
)
def test_a_request_is_refused(hana: Actor, heating: Action, fields: dict[str, Any], code: str) -> None:
    given("g1", 500_000)
    given("g2", 500_000, "east:cause:medical")
    with pytest.raises(errors.Impossible) as refusal:
        asked(hana, heating, **fields)
    assert code in {problem.code for problem in refusal.value.problems}


def test_what_is_promised_to_one_payment_is_not_promised_twice(hana: Actor, heating: Action) -> None:
    given("g1", 300_000)
    asked(hana, heating)
    with pytest.raises(errors.Impossible):
        asked(hana, heating)


def test_a_small_urgent_payment_is_approved_afterwards(hana: Actor, eli: Actor, ivo: Actor, heating: Action) -> None:
    given("g1", 500_000)
    row = asked(hana, heating, urgent=True)
    paid = payouts.pay(by=ivo.viewer, key=row.uuid, bank_reference="T1")
    assert paid.approve_by == clock.next_working_day(NOW.date())
    assert payouts.approve(by=eli.viewer, key=row.uuid).approved_by_id == eli.id


def test_another_centre_sees_no_payment_and_cannot_ask(hana: Actor, chi: Actor, heating: Action) -> None:
    given("g1", 500_000)
    asked(hana, heating)
    with acting_as(chi.viewer):
        assert not Payout.objects.exists()
    with pytest.raises(errors.NotFound):
        asked(chi, heating)


@pytest.mark.rule("R22")
def test_a_need_from_the_worker_s_words_to_the_giver_s_screen(
    payments: StandIn, hana: Actor, eli: Actor, ivo: Actor, heating: Action, ordered: Callable[..., Order]
) -> None:
    case = heating.case
    consent(hana, case.main_person, GroundPurpose.DONORS)
    telling = Telling("겨울을 따뜻하게 나실 난방비가 모자랍니다.", heating.service, 300_000)
    need = published.publish(by=hana.viewer, number=case.number, telling=telling)
    assert need is not None
    with clock.pinned(NOW + timedelta(days=5)):
        choice = need_choice(need_uuid=need.uuid)
        own = giving.fund_of_choice(choice)
        order = giving.start(Wish(own, 200_000, "bank", name="도하람", phone="010-0000-0055"))
        with pytest.raises(errors.Impossible) as refusal:
            giving.start(Wish(own, 150_000, "bank", name="또하람"))
        assert refusal.value.problems[0].code == "too_much"
        account = fund().receiver.account_number
        payments.post("deposit", account=account, name=f"도하람{order.code[:6]}", won=200_000)
        filing.take_files()
        assert follow(order.code).left_won == 200_000
        with pytest.raises(errors.Impossible):  # another case's need may not be paid from it
            other = task(hana, make_case(hana), title="x", service=heating.service)
            payouts.request(by=hana.viewer, action_id=other.pk, wanted=wanted(fund_id=own))
        row = payouts.request(by=hana.viewer, action_id=heating.pk, wanted=wanted(fund_id=own))
        payouts.approve(by=eli.viewer, key=row.uuid)
        payouts.pay(by=ivo.viewer, key=row.uuid, bank_reference="T1")
        with pytest.raises(errors.Impossible):
            payouts.prove(by=hana.viewer, key=row.uuid, outcome="윤순덕 어르신이 웃으셨어요", receipt=photo())
        told = {"key": row.uuid, "outcome": "따뜻한 겨울을 나게 되셨어요.", "receipt": photo()}
        with pytest.raises(errors.Impossible) as letter:
            payouts.prove(by=hana.viewer, **told, thanks="윤순덕 드림")
        assert [problem.field for problem in letter.value.problems] == ["thanks"]
        payouts.prove(by=hana.viewer, **told, thanks="방이 따뜻해서 잠이 잘 옵니다. 고맙습니다.")
        found = follow(order.code)
    assert [(use.outcome, use.thanks) for use in found.uses] == [
        ("따뜻한 겨울을 나게 되셨어요.", "방이 따뜻해서 잠이 잘 옵니다. 고맙습니다.")
    ]
    assert (found.left_won, found.uses[0].my_won, found.uses[0].alone) == (0, 200_000, True)


@pytest.mark.rule("K11")
def test_what_a_need_does_not_use_goes_where_its_giver_chose(payments: StandIn, hana: Actor, heating: Action) -> None:
    consent(hana, heating.case.main_person, GroundPurpose.DONORS)
    telling = Telling("따뜻한 이불이 필요합니다.", heating.service, 100_000)
    need = published.publish(by=hana.viewer, number=heating.case.number, telling=telling)
    assert need is not None
    with clock.pinned(NOW + timedelta(days=5)):
        own = giving.fund_of_choice(need_choice(need_uuid=need.uuid))
        for number, overflow in enumerate(("category", "general", "return")):
            order = giving.start(Wish(own, 20_000, "bank", overflow=overflow, name=f"후원{number}"))
            account = fund().receiver.account_number
            payments.post("deposit", account=account, name=order.code[:6], won=20_000)
        filing.take_files()
        published.withdraw(by=hana.viewer, number=heating.case.number, need_uuid=need.uuid)
        giving.need_closed({"need": str(need.uuid), "reason": "withdrawn"})
    assert (payable(own), payable(fund().pk), payable(fund("east:general").pk)) == (20_000, 20_000, 20_000)


@pytest.mark.rule("R65")
def test_the_urgent_first_and_the_oldest_narrowest_money_and_no_won_twice() -> None:
    needs = [Lacking("calm", "living", 50_000, False, TODAY), Lacking("urgent", "living", 80_000, True, TODAY)]
    needs.append(Lacking("other", "medical", 10_000, True, TODAY))
    old, young = TODAY - timedelta(days=90), TODAY
    funds = [
        Waiting(1, ("living", "medical"), 30_000, old),
        Waiting(2, ("living",), 60_000, young),
        Waiting(3, ("living",), 40_000, old),
    ]
    found = [(one.key, one.fund_id, one.won) for one in propose(needs, funds)]
    assert found == [
        ("other", 1, 10_000), ("urgent", 3, 40_000), ("urgent", 2, 40_000), ("calm", 2, 20_000), ("calm", 1, 20_000),
    ]  # fmt: skip


@pytest.mark.rule("R65")
def test_a_need_meets_the_money_that_waits_and_a_person_asks_for_it(
    as_: Callable[..., Any], hana: Actor, chi: Actor, heating: Action
) -> None:
    consent(hana, heating.case.main_person, GroundPurpose.DONORS)
    telling = Telling("겨울을 따뜻하게 나실 난방비가 모자랍니다.", heating.service, 300_000)
    assert published.publish(by=hana.viewer, number=heating.case.number, telling=telling) is not None
    given("g1", 120_000)
    given("g2", 500_000, "west:general")
    with clock.pinned(NOW + timedelta(days=5)):
        page = as_(hana).get("/desk/payouts/proposals/").content.decode()
        link = f"/desk/payouts/new/{heating.pk}/?fund={fund().pk}&amp;won=120000"
        assert link in page and "300,000" in page and "500,000" not in page
        assert 'value="120000"' in as_(hana).get(html.unescape(link)).content.decode()
        asked(hana, heating, won=120_000)
        assert link not in as_(hana).get("/desk/payouts/proposals/").content.decode()
        assert "난방비가" not in as_(chi).get("/desk/payouts/proposals/").content.decode()


@pytest.mark.rule("R56")
def test_payments_of_a_case_go_with_it_and_whoever_asked_keeps_seeing_them(
    hana: Actor, eli: Actor, chi: Actor, ivo: Actor, heating: Action, as_: Callable[..., Any]
) -> None:
    given("g1", 500_000)
    paid, waiting = asked(hana, heating), asked(hana, heating, won=100_000)
    payouts.approve(by=eli.viewer, key=paid.uuid)
    payouts.pay(by=ivo.viewer, key=paid.uuid, bank_reference="B1")
    payouts.prove(by=hana.viewer, key=paid.uuid, outcome="방이 따뜻해졌습니다.", receipt=photo())
    with as_owner():
        number, person = heating.case.number, heating.case.main_person
        team, centre = Team.objects.get(code="north_mixed"), Organisation.objects.get(code="north_centre")
    consent(hana, person, "case_management")
    transfer(by=hana.viewer, number=number, team=team, provider=centre, to=chi.user, reason="이사")
    with as_owner():
        moved = Payout.objects.get(pk=paid.pk)
        assert (moved.team_id, moved.provider_id) == (team.pk, paid.provider_id)
    for actor in (hana, chi):
        with acting_as(actor.viewer):
            assert set(Payout.objects.values_list("pk", flat=True)) == {paid.pk, waiting.pk}
            assert set(visible_to(actor.viewer, Payout).values_list("pk", flat=True)) == {paid.pk, waiting.pk}
        page = as_(actor).get(f"/desk/payouts/{paid.uuid}/")
        assert "한마음에너지" in page.content.decode()
        assert as_(actor).get(f"/desk/payouts/{paid.uuid}/receipt/").status_code == 200


@pytest.mark.rule("R71")
def test_after_a_hand_over_the_centre_that_pays_approves_and_the_new_team_proves(
    hana: Actor, eli: Actor, chi: Actor, ivo: Actor, heating: Action, as_: Callable[..., Any]
) -> None:
    given("g1", 500_000)
    row = asked(hana, heating)
    with as_owner():
        number, person = heating.case.number, heating.case.main_person
        team, centre = Team.objects.get(code="north_mixed"), Organisation.objects.get(code="north_centre")
    consent(hana, person, "case_management")
    transfer(by=hana.viewer, number=number, team=team, provider=centre, to=chi.user, reason="이사")
    may_approve = replace(chi.viewer, permissions=chi.viewer.permissions | {Permission.PAYOUT_APPROVE})
    with pytest.raises(errors.Impossible) as refusal:
        payouts.approve(by=may_approve, key=row.uuid)
    assert [problem.code for problem in refusal.value.problems] == ["centre"]
    payouts.approve(by=eli.viewer, key=row.uuid)
    payouts.pay(by=ivo.viewer, key=row.uuid, bank_reference="B1")
    with pytest.raises(errors.Impossible) as refusal:
        payouts.prove(by=hana.viewer, key=row.uuid, outcome="방이 따뜻해졌습니다.", receipt=photo())
    assert [problem.code for problem in refusal.value.problems] == ["handed_over"]
    assert 'value="prove"' not in as_(hana).get(f"/desk/payouts/{row.uuid}/").content.decode()
    payouts.prove(by=chi.viewer, key=row.uuid, outcome="방이 따뜻해졌습니다.", receipt=photo())
    with as_owner():
        assert Payout.objects.get(pk=row.pk).state == "proven"
