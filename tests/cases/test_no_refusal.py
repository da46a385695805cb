"""Nobody refuses: accept, or hand over and answer for it until another accepts; time without an owner alarms (R17)."""

from datetime import timedelta

import pytest

from cases.models import Case, CaseHandOver, Intake, ServiceRecord
from cases.services import hand_over, leads, ownership, urgent
from cases.services.intake import join_case
from cases.states import CASE_STEPS, REPORT_STEPS
from hopecare.kernel import clock, errors
from hopecare.kernel.models import Organisation, Team, TeamMembership, Town, User
from hopecare.messaging.models import Message
from tests.cases import sharing_kit as kit
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case


def offer(hana, case, reason="진접으로 이사"):
    kit.ground(case, hana.user, "case_management", given=True)
    team, house = Team.objects.get(code="north_mixed"), Organisation.objects.get(code="north_centre")
    return hand_over.offer(by=hana.viewer, number=case.number, team=team, provider=house, reason=reason)


def owner(case):
    with as_owner():
        row = Case.objects.select_related("team", "lead").get(pk=case.pk)
    return row.team.code, row.lead.username


@pytest.mark.rule("R17")
def test_until_the_other_team_accepts_the_sender_answers(hana, chi):
    case = make_case(hana)
    kit.fill(case, hana.user)
    row = offer(hana, case)
    assert owner(case) == ("east_mixed", "hana")
    hand_over.accept(by=chi.viewer, hand_over_id=row.pk, to=chi.user)
    assert owner(case) == ("north_mixed", "chi")
    with as_owner():
        moved = set(ServiceRecord.objects.filter(case=case).values_list("team__code", "provider__code"))
    assert moved == {("north_mixed", "east_centre")}  # also the sections Chi may not read


@pytest.mark.rule("R17")
def test_no_step_and_no_page_refuses(hana, chi, as_):
    assert not {step.after for step in (*CASE_STEPS, *REPORT_STEPS)} & {"rejected", "refused", "declined"}
    row = offer(hana, make_case(hana))
    page = as_(chi).get("/desk/hand-overs/").content.decode()
    assert "진접으로 이사" in page and page.count('value="accept"') == 1 and 'value="keep"' not in page
    with pytest.raises(errors.NotFound):
        hand_over.take_back(by=chi.viewer, hand_over_id=row.pk)
    with as_owner():
        assert CaseHandOver.objects.filter(withdrawn_at=None).exists()


@pytest.mark.rule("K6")
def test_a_case_is_offered_to_a_private_centre_only_with_consent(hana):
    case = make_case(hana)
    kit.ground(case, hana.user, "case_management", given=False)
    team, house = Team.objects.get(code="north_mixed"), Organisation.objects.get(code="north_centre")
    with pytest.raises(errors.Impossible, match="no_consent"):
        hand_over.offer(by=hana.viewer, number=case.number, team=team, provider=house, reason="이사")


@pytest.mark.rule("R17")
def test_an_offer_nobody_accepts_reaches_the_centre_once(hana, chi):
    offer(hana, make_case(hana))
    assert ownership.watch() == 0
    with clock.pinned(NOW + timedelta(hours=9)):
        assert (ownership.watch() > 0, ownership.watch()) == (True, 0)
    with as_owner():
        central = Team.objects.get(code="central").pk
        told = Message.objects.filter(purpose="unowned", recipient_kind="team")
        assert list(told.values_list("recipient_id", flat=True)) == [str(central)]


@pytest.mark.rule("R17")
def test_a_case_whose_lead_left_or_is_locked_out_alarms(hana, eli):
    case = make_case(hana)
    User.objects.filter(pk=hana.id).update(is_active=False)
    assert ownership.watch() == 2  # the central team and the head
    kit.lock(case, hana.user)
    assert ownership.watch() == 1


@pytest.mark.rule("R17")
def test_a_lead_who_left_the_team_and_handed_nothing_over_alarms_the_head_and_then_the_centre(hana, eli, sol, as_):
    case = make_case(hana)
    TeamMembership.objects.filter(user=hana.user).update(ends_on=NOW.date())
    assert (told_of_moved(days=0), told_of_moved(days=1)) == ([], []), "a working day to hand over"
    assert told_of_moved(days=2) == [("user", str(eli.id))] == told_of_moved(days=2)
    assert len(told_of_moved(days=3)) == 2 == len(told_of_moved(days=9)), "then the centre, each once"
    with clock.pinned(NOW + timedelta(days=1)):
        page = as_(sol).get("/desk/hand-overs/").content.decode()
        assert case.number in page and hana.user.name in page
        leads.change_lead(by=sol.viewer, number=case.number, to=sol.user)
        assert case.number not in as_(sol).get("/desk/hand-overs/").content.decode()


def test_who_is_away_for_good_alarms_at_once_and_not_once_more(hana, eli):
    make_case(hana)
    TeamMembership.objects.filter(user=hana.user).update(ends_on=NOW.date())
    User.objects.filter(pk=hana.id).update(is_active=False)
    assert told_of_moved(days=9) == []


def told_of_moved(*, days):
    with clock.pinned(NOW + timedelta(days=days)):
        ownership.watch()
    with as_owner():
        rows = Message.objects.filter(purpose="unowned", object_kind="moved_lead")
        return sorted(rows.values_list("recipient_kind", "recipient_id"))


@pytest.fixture
def sol(someone):
    return someone("case_manager")


@pytest.mark.rule("R17")
def test_accepting_twice_is_accepting_once(hana, chi, as_):
    row = offer(hana, make_case(hana))
    url, body = f"/desk/hand-overs/{row.pk}/", {"what": "accept", "to": chi.id}
    assert as_(chi).post(url, body).status_code == 302
    with pytest.raises((errors.Impossible, errors.NotFound)):
        hand_over.accept(by=chi.viewer, hand_over_id=row.pk, to=chi.user)


@pytest.mark.rule("R38")
def test_a_partners_urgent_request_has_one_clock_for_both(hana, gil, chi, as_):
    body = {"town": Town.objects.get(code="hwado").pk, "category": "", "call_back": "031-000-0261"}
    assert as_(gil).post("/desk/urgent/", body).status_code == 422
    town = Town.objects.select_related("zone").get(code="hwado")
    row = urgent.ask(by=gil.viewer, town=town, category="living", call_back="031-000-0261", words="오늘 밤 난방이 없음")
    assert row.promised_at == NOW + timedelta(hours=2)
    for actor in (hana, gil):
        assert "난방이 없음" in as_(actor).get("/desk/urgent/").content.decode()
    assert "난방이 없음" not in as_(chi).get("/desk/urgent/").content.decode()
    with clock.pinned(NOW + timedelta(hours=3)):
        assert ownership.watch() >= 2  # team, partner; then head and centre
        urgent.take(by=hana.viewer, request_id=row.pk)
        assert "송하나" in as_(gil).get("/desk/urgent/").content.decode()
        urgent.finish(by=hana.viewer, request_id=row.pk, words="전기장판을 드렸습니다")
        assert "전기장판" in as_(gil).get("/desk/urgent/").content.decode()
    with pytest.raises(errors.NotFound):
        urgent.take(by=chi.viewer, request_id=row.pk)


@pytest.mark.rule("R38")
@pytest.mark.rule("R17")
def test_an_urgent_request_that_is_taken_stands_in_the_inbox_until_it_has_its_end(hana, gil, as_):
    town = Town.objects.select_related("zone").get(code="hwado")
    row = urgent.ask(by=gil.viewer, town=town, category="living", call_back="031-000-0261", words="오늘 밤 난방이 없음")
    with as_owner():
        assert not Intake.objects.exists(), "nobody has taken it"
    for _twice in range(2):
        urgent.take(by=hana.viewer, request_id=row.pk)
    with as_owner():
        row.refresh_from_db()
        intake = Intake.objects.get()
    assert (row.intake_id, intake.door, intake.town_id, intake.state) == (intake.pk, "partner", town.pk, "open")
    assert (intake.promised_at, intake.received_at) == (row.promised_at, row.asked_at)
    sheet = as_(hana).get(f"/desk/intake/{intake.number}/").content.decode()
    for words in ("난방이 없음", "031-000-0261", "길도윤", "한빛종합사회복지관"):
        assert words in sheet, words
    link = f'href="/desk/intake/{intake.number}/"'
    assert link in as_(hana).get("/desk/urgent/").content.decode()
    assert intake.number not in as_(gil).get("/desk/urgent/").content.decode()
    urgent.finish(by=hana.viewer, request_id=row.pk, words="전기장판을 드렸습니다")
    with as_owner():
        intake.refresh_from_db()
    assert intake.state == "open", "it ends as every door does"
    case = make_case(hana)
    join_case(by=hana.viewer, number=intake.number, case_number=case.number)
    with as_owner():
        intake.refresh_from_db()
    assert intake.case_id == case.pk
