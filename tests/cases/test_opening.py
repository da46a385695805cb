"""A case opens once, on a ground, with a team and a safe contact; everything or nothing is written."""

from datetime import date

import pytest

from cases.facts import NewPerson
from cases.models import Case, CaseMember, LeadPeriod, TimelineEntry
from cases.rules import deadlines
from cases.rules import opening as rules
from cases.selectors import likeness
from cases.services import opening, triage
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as, case_key
from hopecare.kernel.models import Event, Ground, Household, Membership, Person, ReadEntry, SafeContact
from tests.cases.desk_kit import CONSENTS, form_of, fresh, make_report, met, open_from, told
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

pytestmark = pytest.mark.django_db


def test_a_visited_report_becomes_a_case_with_its_story(ana: Actor, hana: Actor) -> None:
    report = met(hana, ana)
    near = make_report()
    triage.join(by=ana.viewer, code=report.code, near_code=near.code)
    case = open_from(hana, ana, report)
    with as_owner():
        kinds = list(TimelineEntry.objects.filter(case=case).order_by("at", "pk").values_list("kind", flat=True))
        assert Event.objects.filter(name="case.opened", payload__case_id=case.pk).exists()
    assert sorted(kinds) == ["opened", "report_joined", "report_received", "visited"]
    assert (fresh(report).case, fresh(near).case, fresh(report).state) == (case, case, "closed")


def test_the_case_has_a_number_one_lead_and_both_who_were_there(ana: Actor, hana: Actor) -> None:
    case = open_from(hana, ana, met(hana, ana))
    with as_owner():
        leads = list(LeadPeriod.objects.filter(case=case, ends_at=None).values_list("user_id", flat=True))
        members = set(CaseMember.objects.filter(case=case).values_list("user_id", "organisation__code"))
    assert (case.number, case.lead_id, leads) == ("2026-000001", hana.id, [hana.id])
    assert members == {(ana.id, "hwado_office"), (hana.id, "east_centre")}


def test_numbers_follow_each_other(ana: Actor, hana: Actor) -> None:
    numbers = [open_from(hana, ana, met(hana, ana)).number for _ in range(3)]
    assert numbers == ["2026-000001", "2026-000002", "2026-000003"]


def test_household_people_and_papers_carry_the_keys_of_team_centre_and_case(ana: Actor, hana: Actor) -> None:
    son = NewPerson("윤한결", date(1979, 1, 1), True, "M", "", "child", lives_here=False)
    case = open_from(hana, ana, met(hana, ana), others=(son,))
    expected = sorted([case.team_id, -case.provider_id, case_key(case.pk)])
    with as_owner():
        kin = Membership.objects.get(household=case.household, relation="child")
        rows = [
            Household.objects.get(pk=case.household_id).scope_keys,
            *Person.objects.filter(memberships__household=case.household_id).values_list("scope_keys", flat=True),
            *Ground.objects.filter(person=case.main_person_id).values_list("scope_keys", flat=True),
            SafeContact.objects.get(person=case.main_person_id).scope_keys,
        ]
    assert len(rows) == 8 and all(keys == expected for keys in rows) and not kin.lives_here


@pytest.mark.rule("K1")
def test_survey_conference_and_plan_end_within_thirty_days(ana: Actor, hana: Actor) -> None:
    case = open_from(hana, ana, met(hana, ana))
    assert (case.survey_due, case.conference_due, case.plan_due) == (
        date(2026, 12, 3),
        date(2026, 12, 8),
        date(2026, 12, 23),
    )
    assert (deadlines.stage_dates(NOW.date()).plan - NOW.date()).days == 30


@pytest.mark.rule("K7")
def test_each_consent_and_each_refusal_is_written_with_form_and_end(ana: Actor, hana: Actor) -> None:
    case = open_from(hana, ana, met(hana, ana))
    with as_owner():
        rows = Ground.objects.filter(person=case.main_person_id).values_list(
            "purpose", "given", "form_version", "ends_on"
        )
        found = {purpose: (given, version, ends) for purpose, given, version, ends in rows}
    assert found["donors"] == (False, "2026-1", None)
    assert found["volunteers"] == (True, "2026-1", date(2028, 11, 23))


@pytest.mark.rule("K7")
def test_without_consent_or_article_no_case_opens_and_nothing_is_left(ana: Actor, hana: Actor) -> None:
    report = met(hana, ana)
    with pytest.raises(errors.Impossible, match="no_ground"):
        open_from(hana, ana, report, consents={**CONSENTS, "case_management": False})
    with as_owner():
        assert not Case.objects.exists() and not Household.objects.exists()
    assert fresh(report).state == "visited"


@pytest.mark.rule("K5")
@pytest.mark.rule("K6")
def test_public_duty_is_an_officials_with_its_article_and_goes_to_no_centre(ana: Actor, hana: Actor) -> None:
    basis = rules.Basis("public_duty", False, "")
    found = rules.ground_problems(basis, case_kind="joint", opener_is_public=False)
    assert {problem.code for problem in found} == {"article", "not_official", "needs_consent"}
    good = rules.Basis("public_duty", False, "사회보장급여법 제42조의2")
    assert rules.ground_problems(good, case_kind="public", opener_is_public=True) == []


@pytest.mark.rule("K7")
def test_urgency_opens_with_its_article(ana: Actor, hana: Actor) -> None:
    case = open_from(
        hana,
        ana,
        met(hana, ana),
        ground="urgent",
        article="개인정보 보호법 제15조제1항제5호",
        consents={"case_management": False},
    )
    with as_owner():
        assert (
            Ground.objects.get(person=case.main_person_id, kind="urgent").article == "개인정보 보호법 제15조제1항제5호"
        )


@pytest.mark.rule("K10")
def test_below_fourteen_the_guardian_is_named(ana: Actor, hana: Actor) -> None:
    child = NewPerson("윤하늘", date(2014, 5, 1))
    report = met(hana, ana)
    with pytest.raises(errors.Impossible, match="guardian"):
        open_from(hana, ana, report, main=child)
    case = open_from(hana, ana, report, main=child, guardian="윤순덕")
    with as_owner():
        assert TimelineEntry.objects.get(case=case, kind="opened").details["guardian"] == "윤순덕"


@pytest.mark.rule("D4")
def test_nobody_is_texted_who_did_not_say_so(ana: Actor, hana: Actor) -> None:
    case = open_from(hana, ana, met(hana, ana))
    with as_owner():
        contact = SafeContact.objects.get(person=case.main_person_id)
    assert (contact.sms_ok, contact.phone_ok, contact.from_hour, contact.to_hour) == (False, True, 9, 12)


@pytest.mark.rule("K2")
def test_only_somebody_who_may_lead_leads(ana: Actor, hana: Actor) -> None:
    with pytest.raises(errors.Impossible, match="not_lead"):
        open_from(hana, ana, met(hana, ana), lead_id=ana.id)


def test_two_clicks_open_one_case(ana: Actor, hana: Actor) -> None:
    report = met(hana, ana)
    assert open_from(hana, ana, report) == open_from(hana, ana, report)
    walk_in = [opening.open_case(by=hana.viewer, opening=told(hana, ana)) for _ in range(2)]
    assert walk_in[0] == walk_in[1]


def test_at_the_counter_only_ones_own_zone(hana: Actor, ana: Actor) -> None:
    with pytest.raises(errors.Impossible, match="other_zone"):
        opening.open_case(by=hana.viewer, opening=told(hana, ana, town="jinjeop"))


def test_a_report_joins_a_case_that_is_open_already(ana: Actor, hana: Actor) -> None:
    case, report = make_case(hana), met(hana, ana)
    assert opening.attach(by=hana.viewer, report_code=report.code, case_number=case.number) == case
    assert fresh(report).case == case


def test_chi_attaches_nothing_and_learns_nothing(ana: Actor, hana: Actor, chi: Actor) -> None:
    case, report = make_case(hana), met(hana, ana)
    with pytest.raises(errors.NotFound):
        opening.attach(by=chi.viewer, report_code=report.code, case_number=case.number)
    with pytest.raises(errors.NotFound):
        opening.attach(by=hana.viewer, report_code=report.code, case_number="2026-777777")


@pytest.mark.rule("D17")
def test_a_person_of_ones_own_team_is_shown_elsewhere_only_the_central_desk(hana: Actor, chi: Actor) -> None:
    case = make_case(hana)
    with acting_as(hana.viewer):
        here = likeness.alike(hana.viewer, likeness.Asked("윤순덕", None, 1948))
    with acting_as(chi.viewer):
        there = likeness.alike(chi.viewer, likeness.Asked("윤순덕", None, 1948))
        nobody = likeness.alike(chi.viewer, likeness.Asked("윤순덕", None, 1950))
    assert (here.known, here.elsewhere) == ((case,), False)
    assert (there.known, there.elsewhere, bool(nobody)) == ((), True, False)


@pytest.mark.rule("D17")
@pytest.mark.rule("D5")
def test_a_sealed_person_gives_no_hint_and_each_question_is_logged(hana: Actor, chi: Actor) -> None:
    make_case(hana, make_person(household=make_household(), sealed=True))
    with acting_as(chi.viewer) as viewer:
        assert not likeness.alike(viewer, likeness.Asked("윤순덕", None, 1948, "010-0000-0078"))
    with as_owner():
        assert ReadEntry.objects.filter(user_id=chi.id, what="probe").exists()


def test_the_form_opens_the_case_and_keeps_what_was_typed_when_something_is_wrong(as_, ana: Actor, hana: Actor) -> None:
    report = met(hana, ana)
    client, address = as_(hana), f"/desk/reports/{report.code}/open/"
    wrong = client.post(address, form_of(hana, ana, birth="48세", consent_donors=""))
    assert (
        wrong.status_code == 422
        and "마석 장터 뒤 파란 대문" in wrong.content.decode()
        and "48세" in wrong.content.decode()
    )
    done = client.post(address, form_of(hana, ana))
    assert done.status_code == 302 and done["Location"] == "/desk/cases/2026-000001/"
    assert client.post(address, form_of(hana, ana)).status_code == 302


def test_one_more_row_keeps_the_form(as_, ana: Actor, hana: Actor) -> None:
    typed = form_of(hana, ana, **{"m-0-name": "윤한결", "more": "1"})
    page = as_(hana).post("/desk/cases/new/", typed)
    assert page.status_code == 200 and "윤한결" in page.content.decode() and 'name="m-1-name"' in page.content.decode()


def test_the_form_asks_before_it_opens_a_second_case_for_the_same_person(as_, ana: Actor, hana: Actor) -> None:
    case = make_case(hana)
    client = as_(hana)
    asked = client.post("/desk/cases/new/", form_of(hana, ana))
    assert asked.status_code == 422 and case.number in asked.content.decode()
    assert client.post("/desk/cases/new/", form_of(hana, ana, another="on")).status_code == 302


def test_a_form_sent_again_because_no_answer_came_leads_to_the_case_it_opened(as_, ana: Actor, hana: Actor) -> None:
    client, typed = as_(hana), form_of(hana, ana)
    first, again = (client.post("/desk/cases/new/", typed) for _ in "ab")
    assert (first.status_code, again.status_code, again["Location"]) == (302, 302, first["Location"])
    report = met(hana, ana)
    assert opening.opened_already(by=hana.viewer, token="", report_code=report.code) == ""
    opened = client.post(f"/desk/reports/{report.code}/open/", {**typed, "token": "other", "another": "on"})
    number = opening.opened_already(by=hana.viewer, token="", report_code=report.code)
    assert number and number in opened["Location"] and number not in first["Location"]


@pytest.mark.rule("D4")
def test_a_neutral_paper_says_nothing_of_welfare(as_, ana: Actor, hana: Actor) -> None:
    case = make_case(hana)
    client, address = as_(hana), f"/desk/cases/{case.number}/paper/"
    assert "희망케어" in client.get(address).content.decode()
    with as_owner():
        SafeContact.objects.filter(person=case.main_person_id).update(neutral_sender=True)
    paper = client.get(address).content.decode().split('<main id="main"')[1]
    assert hana.user.name in paper and not any(word in paper for word in ("복지", "희망케어", "사례", "윤순덕"))


def test_the_paper_of_an_invisible_case_is_missing(as_, hana: Actor, chi: Actor) -> None:
    assert as_(chi).get(f"/desk/cases/{make_case(hana).number}/paper/").status_code == 404
