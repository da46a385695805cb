"""Conferences of a mixed team, the line of approval, the light track, who could join, aftercare (R47, R57, R58, K1)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.models import AftercareCheck, ApprovalStep, CaseMember, Commitment, Conference, Decision
from cases.rules import conferences as rules
from cases.services import approvals, conferences
from cases.services.closing import close_case, record_aftercare
from cases.services.conferences import Called, Held, Seat
from cases.services.linkage import link
from cases.services.plans import Wanted
from hopecare.kernel import clock, errors
from hopecare.kernel.models import Category, Organisation, User
from hopecare.messaging.models import Message
from tests.cases.case_kit import THURSDAY, TOLD, again, ask, entries, goal
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person


def seats(hana, ana):
    both = [Seat("송하나", "private", "동부센터", hana.id), Seat("안서연", "public", "화도읍", ana.id)]
    return [*both, Seat("한보순", "volunteer")]


def call(actor, case, chairs, **fields):
    values = {"at": THURSDAY, "place": "동부희망케어센터 2층", "agenda": "찾은 것\n바라는 것", "seats": chairs}
    return conferences.call(by=actor.viewer, number=case.number, called=Called(**{**values, **fields}))


def held(actor, row, **fields):
    with as_owner():
        there = list(row.seats.values_list("pk", flat=True))
    values = {"present": there, "client_wish": "sends_words", "client_words": "혼자 두지 마세요", "track": "full"}
    return conferences.hold(by=actor.viewer, conference_id=row.pk, held=Held(**{**values, **fields}))


@pytest.fixture
def surveyed(hana):
    case = make_case(hana)
    ask(hana, case, TOLD)
    return case


@pytest.mark.rule("R47")
def test_city_and_centre_both_sit_in(surveyed, hana, ana):
    with pytest.raises(errors.Impossible, match="one_sided"):
        call(hana, surveyed, seats(hana, ana)[:1])
    row = call(hana, surveyed, seats(hana, ana))
    with as_owner():
        assert sorted(row.seats.values_list("sector", flat=True)) == ["private", "public", "volunteer"]
        assert Message.objects.filter(purpose="conference").count() == 1, "who calls needs no notice"
    assert call(hana, surveyed, [], purpose="urgent") is not None


@pytest.mark.rule("R47")
def test_nothing_is_decided_about_somebody_who_was_not_asked(surveyed, hana, ana):
    row = call(hana, surveyed, seats(hana, ana))
    conferences.decide(by=hana.viewer, conference_id=row.pk, words="사례관리 대상으로 정함")
    with pytest.raises(errors.Impossible, match="not_asked"):
        held(hana, row, client_wish="not_asked")
    with as_owner(), pytest.raises(IntegrityError, match="after_asking"), transaction.atomic():
        Conference.objects.filter(pk=row.pk).update(held_at=clock.now(), client_wish="not_asked")


@pytest.mark.rule("R47")
def test_dissent_is_kept_with_its_name_and_promises_have_owners(surveyed, hana, ana):
    row = call(hana, surveyed, seats(hana, ana))
    with pytest.raises(errors.Impossible, match="dissent"):
        conferences.decide(by=hana.viewer, conference_id=row.pk, words="도시락 주 2회", dissent="주 3회가 맞다")
    conferences.decide(
        by=hana.viewer, conference_id=row.pk, words="도시락 주 2회", dissent="주 3회가 맞다", dissenters="한보순"
    )
    living, due = Category.objects.get(code="living"), NOW.date() + timedelta(days=7)
    wanted = Wanted("에너지바우처 신청", living, "staff", due, owner=ana.user)
    conferences.promise(by=hana.viewer, conference_id=row.pk, wanted=wanted)
    with as_owner():
        assert Decision.objects.get().dissenters == "한보순"
        action = Commitment.objects.get().action
    assert (action.owner_id, action.owner_organisation.code) == (ana.id, "hwado_office")


@pytest.mark.rule("K1")
def test_a_conference_on_classification_opens_the_planning(surveyed, hana, ana):
    row = call(hana, surveyed, seats(hana, ana))
    with pytest.raises(errors.Impossible, match="no_decision"):
        held(hana, row)
    conferences.decide(by=hana.viewer, conference_id=row.pk, words="전체 사례관리")
    held(hana, row)
    assert again(surveyed).stage == "planning"
    with pytest.raises(errors.Impossible, match="held"):
        conferences.decide(by=hana.viewer, conference_id=row.pk, words="나중에")


@pytest.mark.rule("K1")
def test_a_late_conference_is_said_aloud_and_not_forbidden():
    day = NOW.date()
    assert rules.calling_warnings(on=day, due=day) == []
    assert [found.code for found in rules.calling_warnings(on=day + timedelta(days=1), due=day)] == ["after_due"]


def test_chi_and_the_fraud_role_find_no_conference(surveyed, hana, ana, chi, fraud, as_):
    row = call(hana, surveyed, seats(hana, ana))
    address = f"/desk/cases/{surveyed.number}/conferences/"
    assert as_(hana).get(f"{address}{row.pk}/").status_code == 200
    for other in (chi, fraud):
        assert as_(other).get(address).status_code == 404
        assert as_(other).get(f"{address}{row.pk}/sheet/").status_code == 404


@pytest.mark.rule("R57")
def test_six_people_and_eight_categories_stand_on_the_sheet(surveyed, hana, ana, as_):
    with as_owner():
        surveyed.refresh_from_db()
        house, keys = surveyed.household, surveyed.main_person.scope_keys
    for number in range(5):
        one = make_person(f"가족{number}", house, phone="", relation="child")
        with as_owner():
            for rows in (one.memberships.all(), type(one).objects.filter(pk=one.pk)):
                rows.update(scope_keys=keys)
    row = call(hana, surveyed, seats(hana, ana))
    sheet = as_(hana).get(f"/desk/cases/{surveyed.number}/conferences/{row.pk}/sheet/").content.decode()
    assert sheet.count('class="hc-sev"') == 7 * 8


# the line of approval


@pytest.fixture
def planned(surveyed, hana, someone):
    someone("case_manager")
    goal(hana, surveyed)
    return surveyed


@pytest.mark.rule("K1")
def test_the_line_goes_level_by_level(planned, hana, eli, someone):
    row = approvals.ask(by=hana.viewer, number=planned.number)
    with as_owner():
        assert list(row.steps.order_by("position").values_list("level", flat=True)) == ["team_leader", "head"]
    manager = _account("case_manager_east_centre")
    approvals.decide(by=manager.viewer, approval_id=row.pk, verdict="approved")
    again_sent = approvals.decide(by=manager.viewer, approval_id=row.pk, verdict="approved")
    assert again_sent.state == "open", "sent twice is once, and the next level is somebody else's"
    with pytest.raises(errors.Impossible, match="level"):
        approvals.decide(by=manager.viewer, approval_id=row.pk, verdict="returned", words="다시 보세요")
    assert approvals.decide(by=eli.viewer, approval_id=row.pk, verdict="approved").state == "approved"


def _account(username):
    return Actor(User.objects.get(username=username))


@pytest.mark.rule("K1")
def test_nobody_approves_what_they_asked_for(planned, eli):
    row = approvals.ask(by=eli.viewer, number=planned.number)
    with as_owner():
        assert list(row.steps.values_list("level", flat=True)) == ["team_leader"], "she is the only head"
    with pytest.raises(errors.Impossible, match="own"):
        approvals.decide(by=eli.viewer, approval_id=row.pk, verdict="approved")
    moment = clock.now()
    with as_owner(), pytest.raises(IntegrityError, match="no_approval_of_ones_own"), transaction.atomic():
        ApprovalStep.objects.update(decided_by=eli.user, decided_at=moment, verdict="approved")


def test_returned_needs_words_and_may_be_asked_again(planned, hana, eli):
    row = approvals.ask(by=hana.viewer, number=planned.number)
    assert approvals.ask(by=hana.viewer, number=planned.number).pk == row.pk
    manager = _account("case_manager_east_centre")
    with pytest.raises(errors.Impossible, match="no_words"):
        approvals.decide(by=manager.viewer, approval_id=row.pk, verdict="returned")
    approvals.decide(by=manager.viewer, approval_id=row.pk, verdict="returned", words="기한을 앞당겨 주세요")
    assert approvals.ask(by=hana.viewer, number=planned.number).pk != row.pk


def test_what_waits_for_me_stands_on_one_page(planned, hana, eli, as_):
    approvals.ask(by=hana.viewer, number=planned.number)
    assert "윤순덕" not in as_(eli).get("/desk/approvals/").content.decode()
    assert "윤순덕" in as_(_account("case_manager_east_centre")).get("/desk/approvals/").content.decode()


# the light track, the team, closing, aftercare


@pytest.mark.rule("K1")
def test_the_light_track_needs_no_full_grid_from_opening_to_closing(hana):
    case = make_case(hana)
    ask(hana, case, {"living": "2"})
    living = Category.objects.get(code="living")
    house = Organisation.objects.get(code="hwado_office")
    link(by=hana.viewer, number=case.number, category=living, organisation=house, title="푸드마켓 추천",
         due_on=NOW.date() + timedelta(days=5))  # fmt: skip
    assert (again(case).track, case.stage) == ("linkage", "delivery")
    close_case(by=hana.viewer, number=case.number, reason="improved", words="", values={"living": "0"})
    assert again(case).stage == "closed"


@pytest.mark.rule("R57")
def test_the_full_track_closes_with_all_eight(surveyed, hana):
    with pytest.raises(errors.Impossible, match="ask_again"):
        close_case(by=hana.viewer, number=surveyed.number, reason="improved", words="", values={"living": "0"})
    with pytest.raises(errors.Impossible, match="old_reason"):
        close_case(by=hana.viewer, number=surveyed.number, reason="tired", words="", values=TOLD)
    close_case(by=hana.viewer, number=surveyed.number, reason="improved", words="", values=TOLD)


@pytest.mark.rule("R58")
def test_who_could_join_is_told_per_open_category_with_why(surveyed, hana, someone, as_):
    nurse = someone("nurse")
    page = as_(hana).get(f"/desk/cases/{surveyed.number}/team/builder/").content.decode()
    assert nurse.user.name in page and "보건" in page and "고용·자활" not in page.split("<tbody>")[1]
    as_(hana).post(f"/desk/cases/{surveyed.number}/team/members/", {"user": nurse.id})
    with as_owner():
        assert CaseMember.objects.filter(case=surveyed, user=nurse.user).exists()


@pytest.mark.rule("K1")
def test_aftercare_has_a_result_and_is_tried_again(surveyed, hana, as_):
    close_case(by=hana.viewer, number=surveyed.number, reason="improved", words="", values=TOLD)
    with as_owner():
        first = AftercareCheck.objects.filter(case=surveyed).order_by("due_on").first()
    record_aftercare(by=hana.viewer, check_id=first.pk, done_on=NOW.date(), words="전화 안 받음", result="not_reached")
    with as_owner():
        later = AftercareCheck.objects.get(case=surveyed, due_on=NOW.date() + timedelta(days=14))
    typed = {"done_on": NOW.date(), "result": "worse", "words": "다시 굶으심"}
    answer = as_(hana).post(f"/desk/cases/{surveyed.number}/aftercare/{later.pk}/", typed)
    assert answer["Location"].endswith("/reopen/") and "aftercare" in entries(surveyed)


@pytest.mark.rule("R87")
def test_no_page_of_the_way_asks_for_a_class(hana, ana, as_):
    case = make_case(hana, make_person(household=make_household()))
    for path in ("assessment/", "conferences/new/", "linkage/", "approval/", "team/builder/"):
        page = as_(hana).get(f"/desk/cases/{case.number}/{path}")
        assert page.status_code == 200 and "수급자격" not in page.content.decode()
