"""The plan and the closing take effect when the line has approved them, and urgent help waits for nobody (K1, R47)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.models import AftercareCheck, Approval, Case, CaseLock, Cover, NeedAnswer, ServiceRecord
from cases.rules import conferences as rules
from cases.selectors.approvals import waiting_for
from cases.selectors.central_approvals import asked_centrally, central_heads
from cases.services import approvals
from cases.services.closing import close_case
from cases.services.linkage import link
from cases.services.plans import set_goal, sign_off
from cases.services.services_given import Given, record_service
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, Ground, Organisation, Person, ProviderKind, ReadEntry, Service
from hopecare.messaging.models import Message
from tests.cases.case_kit import DAY, TOLD, again, approve, ask, consent, entries, events, goal, task
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.rule("K1")]


def sign(actor, case):
    return sign_off(by=actor.viewer, number=case.number, herself=True, signed_on=DAY)


def close(actor, case, **fields):
    told = {"reason": "improved", "words": "이제 이웃이랑 같이 먹어.", "values": TOLD, **fields}
    return close_case(by=actor.viewer, number=case.number, **told)


@pytest.fixture
def case(hana, eli):
    case = make_case(hana)
    ask(hana, case, TOLD)
    goal(hana, case)
    return case


def test_a_plan_takes_effect_with_the_approval_whichever_came_first(case, hana, eli):
    plan = sign(hana, case)
    assert (again(case).stage, plan.signed_on) == ("planning", DAY), "she agreed, and the line has not"
    approve(eli, case)
    assert again(case).stage == "delivery"
    other = make_case(hana)
    goal(hana, other)
    approvals.ask(by=hana.viewer, number=other.number)
    approve(eli, other)
    assert again(other).stage == "planning", "approved, and she was not asked yet"
    sign(hana, other)
    assert again(other).stage == "delivery"


def test_help_waits_for_no_approval(case, hana):
    sign(hana, case)
    given = Given(
        service=Service.objects.get(code="meals"),
        category=Category.objects.get(code="living"),
        provider_kind=ProviderKind.objects.get(code="private"),
        provider=Organisation.objects.get(code="east_centre"),
        given_on=DAY,
        person=case.main_person,
    )
    record_service(by=hana.viewer, number=case.number, given=given)
    with as_owner():
        assert ServiceRecord.objects.filter(case=case).exists()


def test_another_goal_takes_back_what_waits(case, hana, eli):
    sign(hana, case)
    set_goal(by=hana.viewer, number=case.number, goal="self_reliance", words="")
    with as_owner():
        assert list(Approval.objects.filter(case=case).values_list("state", flat=True)) == ["withdrawn"]
    sign(hana, case)
    approve(eli, case)
    assert again(case).stage == "delivery"


def test_the_light_track_asks_nobody(hana, eli):
    case = make_case(hana)
    ask(hana, case, {"living": "2"})
    link(by=hana.viewer, number=case.number, category=Category.objects.get(code="living"), title="푸드마켓 추천",
         organisation=Organisation.objects.get(code="hwado_office"), due_on=DAY + timedelta(days=5))  # fmt: skip
    assert again(case).stage == "delivery"
    close(hana, case, values={"living": "0"})
    assert again(case).stage == "closed"


def test_a_closing_waits_with_its_answers_and_ends_with_the_last_yes(case, hana, eli):
    close(hana, case)
    close(hana, case, reason="moved")
    assert again(case).is_open and not events("case.closed")
    with as_owner():
        assert NeedAnswer.objects.filter(case=case, phase="close").count() == 8
        assert list(Approval.objects.values_list("reason", flat=True)) == ["improved"], "asked once"
    approve(eli, case)
    assert (again(case).stage, case.close_reason, case.close_words) == (
        "closed",
        "improved",
        "이제 이웃이랑 같이 먹어.",
    )
    with as_owner():
        assert AftercareCheck.objects.filter(case=case).count() == 3
    assert len(events("case.closed")) == 1 and entries(case)[-1] == "closed"


def test_a_closing_that_came_back_keeps_the_case_open_and_is_asked_again(case, hana, eli, as_):
    close(hana, case)
    with as_owner():
        row = Approval.objects.get(state="open")
    approvals.decide(by=eli.viewer, approval_id=row.pk, verdict="returned", words="난방을 먼저 보세요")
    page = as_(hana).get(f"/desk/cases/{case.number}/").content.decode()
    assert again(case).is_open and "난방을 먼저 보세요" in page and eli.user.name in page
    close(hana, case)
    approve(eli, case)
    assert again(case).stage == "closed"
    with as_owner(), pytest.raises(IntegrityError, match="ends_only_when_closing"), transaction.atomic():
        Approval.objects.update(subject="plan")


def test_whoever_leads_and_is_the_only_head_cannot_close_alone(hana, eli, someone):
    case = make_case(eli)
    with pytest.raises(errors.Impossible, match="nobody"):
        close(eli, case)
    sign_off_case = make_case(eli)
    goal(eli, sign_off_case)
    sign(eli, sign_off_case)
    assert again(sign_off_case).stage == "planning" and sign_off_case.signed_off
    manager = someone("case_manager")
    close(eli, case)
    approve(manager, case)
    assert again(case).stage == "closed"


@pytest.fixture
def central(someone):
    """The head of the central centre, who sees no case of the East."""
    return someone("centre_head", "central", "central")


def asked_of(actor):
    with acting_as(actor.viewer) as viewer:
        return asked_centrally(viewer)


def test_where_the_line_holds_nobody_else_the_head_of_the_central_centre_decides_on_a_plan(eli, central, chi, as_):
    case = make_case(eli)
    consent(eli, case.main_person, "case_management")
    name = case.main_person.name
    goal(eli, case)
    task(eli, case)
    task(eli, case, title="비밀 상담", category=Category.objects.get(code="emotion_culture"),
         service=Service.objects.get(code="psychotherapy"))  # fmt: skip
    sign(eli, case)
    row, here = _open("plan"), "/desk/approvals/"
    assert again(case).stage == "planning" and [step.level for step in _steps(row)] == ["central"]
    assert central.user.name in as_(eli).get(f"/desk/cases/{case.number}/").content.decode()
    desk, page = as_(central), f"{here}{row.pk}/"
    assert desk.get(f"/desk/cases/{case.number}/").status_code == 404, "the case itself stays shut"
    assert page in desk.get(here).content.decode() and page not in as_(chi).get(here).content.decode()
    shown = desk.get(page).content.decode()
    assert "더 나빠지지 않게" in shown and "에너지바우처" in shown
    assert "비밀 상담" not in shown and name not in shown
    assert as_(chi).get(page).status_code == as_(eli).get(page).status_code == 404
    assert desk.post(page, {"verdict": "returned", "words": ""}).status_code == 422
    assert desk.post(page, {"verdict": "approved"}).status_code == 302
    assert again(case).stage == "delivery"
    assert desk.get(page).status_code == 404 and asked_of(central) == [], "the access ends with the decision"
    with as_owner():
        reads = ReadEntry.objects.filter(user_id=central.id, what="approvals", refused=False)
        assert {tuple(ids) for ids in reads.values_list("subject_ids", flat=True)} == {(case.pk,)}
        told = Message.objects.filter(purpose="approval").order_by("pk").values_list("recipient_id", flat=True)
        assert list(told) == [str(central.id), str(eli.id)]


def test_a_closing_that_the_head_of_the_central_centre_returned_and_approved(eli, central, as_):
    case = make_case(eli)
    consent(eli, case.main_person, "case_management")
    name = case.main_person.name
    ask(eli, case, TOLD)
    quiet = task(eli, case, title="비밀 상담", service=Service.objects.get(code="psychotherapy"))
    close(eli, case, values={**TOLD, "living": "1"})
    page = f"/desk/approvals/{_open('closing').pk}/"
    shown = as_(central).get(page).content.decode()
    assert "이제 이웃이랑 같이 먹어." in shown and "생활" in shown and name not in shown
    as_(central).post(page, {"verdict": "returned", "words": "난방을 먼저 보세요"})
    assert again(case).is_open and "난방을 먼저 보세요" in as_(eli).get(f"/desk/cases/{case.number}/").content.decode()
    close(eli, case, values={**TOLD, "living": "1"})
    approve(central, case)
    with as_owner():
        quiet.refresh_from_db()
    assert again(case).stage == "closed" and quiet.state == "cancelled", "what she may not read ends all the same"


@pytest.mark.rule("D5")
@pytest.mark.rule("D6")
@pytest.mark.rule("K6")
@pytest.mark.parametrize("shut", ["kin", "sealed", "public", "taken_back"])
def test_kin_the_protected_and_the_citys_own_cases_stay_shut_to_the_central_centre(eli, central, shut):
    case = make_case(eli)
    consent(eli, case.main_person, "case_management")
    goal(eli, case)
    sign(eli, case)
    row = _open("plan")
    assert [one.approval_id for one in asked_of(central)] == [row.pk]
    with as_owner():
        if shut == "kin":
            CaseLock.objects.create(case=case, team=case.team, provider=case.provider, user=central.user, kind="kin")
        if shut == "sealed":
            keys = [-(1_000_000_000 + eli.id)]
            Person.objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=keys)
        if shut == "public":
            office = Organisation.objects.get(code="hwado_office")
            Case.objects.filter(pk=case.pk).update(provider=office)
            Ground.objects.update(kind="public_duty", article="제5조")
        if shut == "taken_back":
            Ground.objects.update(given=False)
    assert asked_of(central) == []
    with pytest.raises(errors.NotFound):
        approvals.decide(by=central.viewer, approval_id=row.pk, verdict="approved")
    with acting_as(eli.viewer):
        assert central_heads(again(case), asker=eli.id) == [], "and nobody there is asked"


def test_who_takes_the_place_of_the_central_head_decides_and_a_colleague_there_does_not(eli, central, someone):
    case = make_case(eli)
    consent(eli, case.main_person, "case_management")
    goal(eli, case)
    sign(eli, case)
    colleague = someone("social_worker", "central", "central")
    assert (len(asked_of(central)), asked_of(colleague)) == (1, [])
    with as_owner():
        house = Organisation.objects.get(code="central")
        Cover.objects.create(organisation=house, absent=central.user, cover=colleague.user, by=central.user,
                             starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(days=3))  # fmt: skip
    assert len(asked_of(colleague)) == 1
    approve(colleague, case)
    assert again(case).stage == "delivery"


@pytest.mark.rule("K6")
@pytest.mark.rule("K7")
def test_a_joint_case_without_a_ground_is_not_laid_before_the_central_centre(eli, central):
    case = make_case(eli)
    goal(eli, case)
    with acting_as(eli.viewer):
        assert again(case).kind == "joint" and central_heads(case, asker=eli.id) == []
    with pytest.raises(errors.Impossible, match="nobody"):
        approvals.ask(by=eli.viewer, number=case.number)
    with as_owner():
        keys = {"starts_on": DAY, "recorded_by": eli.user, "scope_keys": case.main_person.scope_keys}
        law = {"kind": "law", "article": "제5조", "given": True, "purpose": "case_management"}
        Ground.objects.create(person=case.main_person, **law, **keys)
    approvals.ask(by=eli.viewer, number=case.number)
    assert len(asked_of(central)) == 1, "a duty carries what a private house gives out"


def test_nobody_of_the_central_centre_approves_what_they_asked_for(someone):
    central = someone("centre_head", "central", "central", "east_mixed")
    case = make_case(central)
    goal(central, case)
    with pytest.raises(errors.Impossible, match="nobody"):
        approvals.ask(by=central.viewer, number=case.number)


def _steps(row):
    with as_owner():
        return list(row.steps.all())


@pytest.mark.rule("R18")
def test_who_stands_in_for_the_head_decides_in_her_place(case, hana, eli, someone, as_):
    deputy = someone("social_worker")
    sign(hana, case)
    assert f"{case.number}/approval/" not in as_(deputy).get("/desk/").content.decode()
    with pytest.raises(errors.Impossible, match="level"):
        approve(deputy, case)
    with as_owner():
        Cover.objects.create(organisation=case.provider, absent=eli.user, cover=deputy.user, by=eli.user,
                             starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(days=3))  # fmt: skip
        row = Approval.objects.get(state="open")
    assert [one.pk for one in approvals_of_day(deputy)] == [row.pk]
    assert f"/desk/cases/{case.number}/approval/{row.pk}/" in as_(deputy).get("/desk/").content.decode()
    approve(deputy, case)
    assert again(case).stage == "delivery"


def approvals_of_day(actor):
    with acting_as(actor.viewer) as viewer:
        return waiting_for(viewer)


@pytest.mark.rule("D6")
def test_a_head_who_may_not_see_the_case_is_no_level_of_its_line(case, hana, eli, someone):
    manager = someone("case_manager")
    with as_owner():
        CaseLock.objects.create(case=case, team=case.team, provider=case.provider, user=eli.user, kind="kin")
    sign(hana, case)
    with as_owner():
        assert list(Approval.objects.get().steps.values_list("level", flat=True)) == ["team_leader"]
    approve(manager, case)
    assert again(case).stage == "delivery"


def test_the_page_says_what_waits_for_whom_and_since_when(case, hana, eli, as_):
    here = f"/desk/cases/{case.number}/"
    assert "결재를 기다립니다" not in as_(hana).get(here).content.decode()
    said = as_(hana).post(f"{here}plan/agreement/", {"herself": "yes", "signed_on": f"{DAY}"}, follow=True)
    page = said.content.decode()
    assert "서비스 제공계획" in page and "결재를 기다립니다" in page and "이을영 (센터장), 오늘부터" in page
    closing = f"{here}close/"
    assert "결재선" in as_(hana).get(closing).content.decode()
    close(hana, case)
    waits = as_(hana).get(closing).content.decode()
    assert "이을영" in waits and 'name="reason"' not in waits
    as_(eli).post(f"{here}approval/{_open('closing').pk}/", {"verdict": "approved"})
    assert again(case).stage == "closed"


def _open(subject):
    with as_owner():
        return Approval.objects.get(subject=subject, state="open")


def test_how_far_the_line_goes_is_data(monkeypatch, case, hana, eli, someone):
    roles = {"case_manager": [7], "centre_head": [8]}
    assert [level.code for level in rules.line_for(1, roles)] == ["team_leader", "head"]
    assert [level.code for level in rules.line_for(1, roles, up_to="team_leader")] == ["team_leader"]
    assert [level.code for level in rules.line_for(1, {"centre_head": [8]}, up_to="team_leader")] == ["head"]
    monkeypatch.setitem(rules._approval()["lines"], "east_centre", "none")
    close(hana, case)
    assert again(case).stage == "closed" and clock.today() == DAY
