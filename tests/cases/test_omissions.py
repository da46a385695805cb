"""What nobody gives or does: found at night, answered by people, never a cut-off (R20, R21, R87, D11)."""

from datetime import date, timedelta

import pytest

from cases.models import Benefit, BenefitRun, Omission, Watch
from cases.selectors.omissions import omission_counts, omissions
from cases.services import entitlements
from cases.services import omissions as services
from cases.services.notes import record_contact
from cases.services.overlaps import sweep as sweep_overlaps
from cases.services.services_given import record_service
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Coverage, Person
from tests.cases.case_kit import DAY, again, ask, consent, task
from tests.cases.sharing_kit import record
from tests.cases.test_overlaps import WHY, given, refused
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person


def found():
    with as_owner():
        return sorted(Omission.objects.filter(answered_at=None).values_list("kind", "about"))


def tonight(days):
    with clock.pinned(NOW + timedelta(days=days)):
        services.sweep()
    return found()


@pytest.mark.rule("R4")
@pytest.mark.rule("R20")
def test_a_need_without_service_is_asked_about_and_goes_when_served(hana):
    case = make_case(hana)
    ask(hana, case, {"care": "3", "health": "2", "living": "1"})
    assert tonight(13) == []
    assert tonight(15) == [("need", "care"), ("need", "health")]
    record(case, "companionship", given_on=DAY + timedelta(days=15))
    task(hana, case, category=given("home_nursing").category, due_on=DAY + timedelta(days=20))
    assert tonight(16) == []


@pytest.mark.rule("R21")
@pytest.mark.parametrize(
    ("born", "about"),
    [
        (date(2009, 3, 1), ["eighteen:2027"]),
        (date(1962, 1, 5), ["sixty_five:2027"]),
        (date(2020, 8, 1), ["school_entry:2027"]),
        (date(2025, 1, 10), ["two_years:2027"]),
        (date(2000, 1, 10), []),
    ],
)
def test_a_new_stage_of_life_is_told_half_a_year_before(hana, born, about):
    make_case(hana, make_person("김가나", make_household(), birth_date=born, phone="010-0000-0002"))
    assert [what for kind, what in tonight(1) if kind == "stage"] == about


def test_what_ends_soon_and_two_year_programmes(hana):
    case = make_case(hana)
    soon = record(case, "going_out", until=DAY + timedelta(days=40))
    late = record(case, "self_support", given_on=DAY - timedelta(days=600), until=DAY + timedelta(days=130))
    record(case, "education", given_on=DAY - timedelta(days=5), until=DAY + timedelta(days=90))
    assert tonight(0) == [("ending", f"record:{soon.pk}"), ("stage", f"two_year_end:{late.pk}")]


def test_answers_are_kept_and_later_comes_back(hana, chi, as_):
    case = make_case(hana)
    ask(hana, case, {"care": "3"})
    tonight(15)
    with as_owner():
        row = Omission.objects.get()
    with pytest.raises(errors.NotFound):
        services.answer(by=chi.viewer, omission_id=row.pk, answer="arranged")
    with pytest.raises(errors.Impossible):
        services.answer(by=hana.viewer, omission_id=row.pk, answer="not_wished", words=" ")
    with clock.pinned(NOW + timedelta(days=15)):
        services.answer(by=hana.viewer, omission_id=row.pk, answer="later", words="딸이 당분간 오심")
    assert tonight(20) == [] and ("need", "care") in tonight(50)
    page = as_(hana).get("/desk/omissions/").content.decode()
    assert "윤순덕" in page and as_(hana).get(f"/desk/omissions/{row.pk}/").status_code == 200


def test_counts_and_lines_agree_and_others_see_none(hana, chi, as_):
    ask(hana, make_case(hana), {"care": "3", "health": "4"})
    tonight(15)
    with acting_as(hana.viewer):
        assert len(omissions(hana.viewer)) == omission_counts(hana.viewer)["all"] == 2
    with acting_as(chi.viewer):
        assert omissions(chi.viewer) == [] and Omission.objects.count() == 0


@pytest.mark.rule("D11")
def test_the_fraud_role_reads_no_question(hana, fraud, as_):
    ask(hana, make_case(hana), {"care": "3"})
    tonight(15)
    with acting_as(fraud.viewer):
        assert Omission.objects.count() == 0
    for url in ("/desk/omissions/", "/desk/overlaps/", "/desk/odd-looks/", "/desk/services-file/"):
        assert as_(fraud).get(url).status_code == 404


@pytest.mark.rule("D5")
def test_a_sealed_person_is_asked_about_with_the_lead_alone(hana, ana):
    case = make_case(hana)
    ask(hana, case, {"care": "3"})
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=[-(1_000_000_000 + hana.id)])
    tonight(15)
    counts = []
    for actor in (hana, ana):
        with acting_as(actor.viewer):
            counts.append((len(omissions(actor.viewer)), Omission.objects.count()))
    assert counts == [(1, 1), (0, 0)]


@pytest.mark.rule("R87")
def test_a_basic_a_near_poor_and_a_non_poor_household_walk_the_same_way(hana):
    """The class of a household changes nothing: what is asked, refused, found and given is the same for the three."""
    walks = []
    for number, kind in enumerate(("basic_recipient", "near_poverty", "other")):
        household = make_household()
        case = make_case(hana, make_person("김가나", household, phone=f"010-0000-00{number:02d}"))
        with as_owner():
            Coverage.objects.create(
                household=household, coverage_class=kind, starts_on=DAY, scope_keys=household.scope_keys
            )
        ask(hana, case, {"care": "3"})
        record(case, "meals", giver="central")
        asked = refused(hana, case, "meals")
        saved = record_service(by=hana.viewer, number=case.number, given=given("meals", override=WHY))
        sweep_overlaps()
        kinds = [what for what, about in tonight(15) if about == "care"]
        walks.append((asked, saved is not None, len(kinds) - number))
    assert walks[0] == walks[1] == walks[2] == (["overlap_period", "overlap_reason"], True, 1)


@pytest.mark.rule("R20")
def test_a_child_whose_allowance_is_not_on_record_is_asked_about_once(hana, as_):
    household = make_household()
    mother = make_person("김가나", household, birth_date=date(1995, 4, 1), phone="010-0000-0004")
    make_case(hana, mother)
    make_person("김아기", household, birth_date=date(2026, 2, 1), phone="010-0000-0005", relation="child")
    assert entitlements.sweep() > 0 and entitlements.sweep() == 0
    assert ("entitlement", "programme:child_allowance") in found()
    services.sweep()
    assert ("entitlement", "programme:child_allowance") in found()  # the night keeps what it does not judge
    assert "아동수당" in as_(hana).get("/desk/omissions/?show=entitlement").content.decode()


@pytest.mark.rule("R20")
def test_what_a_kept_check_found_likely_and_nobody_draws_is_asked_about_until_it_comes(hana):
    case = make_case(hana)
    keys = {"case": case, "team": case.team, "provider": case.provider}
    verdicts = {"basic_pension": "likely", "nbls_housing": "likely", "eitc": "possible", "food_market": "likely"}
    drawn = {"person": case.main_person, "source": "city", "starts_on": DAY}
    with as_owner():
        kept = {"verdicts": verdicts, "rules_version": "x", "run_version": "x", "by": hana.user}
        BenefitRun.objects.create(**keys, **kept, kept_at=NOW - timedelta(days=13))
        Benefit.objects.create(**keys, **drawn, programme="nbls_housing")
    assert entitlements.sweep() == 0
    with clock.pinned(NOW + timedelta(days=2)):
        assert entitlements.sweep() == 1 and found() == [("entitlement", "programme:basic_pension")]
        with as_owner():
            Benefit.objects.create(**keys, **drawn, programme="basic_pension")
        assert entitlements.sweep() == 0 and found() == []


@pytest.mark.rule("R20")
def test_nobody_is_asked_about_an_allowance_that_the_city_pays(hana):
    household = make_household()
    case = make_case(hana, make_person("김가나", household, birth_date=date(1995, 4, 1), phone="010-0000-0004"))
    baby = make_person("김아기", household, birth_date=date(2026, 2, 1), phone="010-0000-0005", relation="child")
    keys = {"case": case, "team": case.team, "provider": case.provider, "person": baby}
    with as_owner():
        Benefit.objects.create(**keys, programme="child_allowance", source="city", starts_on=DAY)
    assert entitlements.sweep() > 0 and ("entitlement", "programme:child_allowance") not in found()


@pytest.mark.rule("R20")
def test_asking_again_does_not_make_a_need_new_and_easing_does(hana):
    case = make_case(hana)
    ask(hana, case, {"care": "3"})
    for days in (7, 14):
        with clock.pinned(NOW + timedelta(days=days)):
            ask(hana, case, {"care": "3"}, phase="review", before={"care": "3"})
    assert tonight(15) == [("need", "care")]
    with as_owner():
        assert Omission.objects.get().about_on == DAY
    with clock.pinned(NOW + timedelta(days=16)):
        ask(hana, case, {"care": "1"}, phase="review", before={"care": "3"})
    assert tonight(16) == []
    with clock.pinned(NOW + timedelta(days=17)):
        ask(hana, case, {"care": "3"}, phase="review", before={"care": "1"})
    assert tonight(20) == [] and tonight(32) == [("need", "care")]


@pytest.mark.rule("D15")
@pytest.mark.parametrize("state", ["died", "moved"])
def test_nobody_is_asked_about_who_died_or_moved_away(hana, state):
    case = make_case(hana)
    ask(hana, case, {"health": "3"})
    record(case, "going_out", until=DAY + timedelta(days=40))
    assert {kind for kind, _ in tonight(15)} == {"need", "ending"}
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(state=state, state_since=DAY)
    assert tonight(16) == []


def unreached():
    return [about for kind, about in found() if kind == "unreached"]


@pytest.mark.rule("R20")
@pytest.mark.rule("R92")
def test_whom_nobody_reached_for_thirty_days_is_asked_about_and_goes_when_reached(hana, eli, as_):
    case, since = make_case(hana), f"since:{DAY}"
    tonight(30)
    assert unreached() == []
    with clock.pinned(NOW + timedelta(days=20)):
        record_contact(by=hana.viewer, number=case.number, way="no_answer")
    tonight(31)
    assert unreached() == [since], "a try in vain reaches nobody"
    with clock.pinned(NOW + timedelta(days=31)):
        page = as_(eli).get("/desk/omissions/?show=unreached").content.decode()
        assert "31일 동안 아무도 만나지 못함" in page and "1번 연락 안 됨" in page
    with clock.pinned(NOW + timedelta(days=32)):
        record_contact(by=hana.viewer, number=case.number, way="called", words="잘 계심")
    tonight(33)
    assert unreached() == [] and again(case).tries == 0


@pytest.mark.rule("R20")
@pytest.mark.parametrize("reached", ["service", "volunteer", "watch"])
def test_a_service_a_volunteer_and_an_answer_reach_somebody_too(reached, hana):
    case = make_case(hana)
    on = DAY + timedelta(days=10)
    if reached == "service":
        record(case, "companionship", given_on=on)
    elif reached == "volunteer":
        consent(hana, case.main_person)
        row = task(hana, case, owner_kind="volunteer")
        with as_owner():
            type(row).objects.filter(pk=row.pk).update(done_on=on, state="done")
    else:
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
        with as_owner():
            Watch.objects.create(
                **keys,
                person=case.main_person,
                form_version="1",
                by=hana.user,
                last_sign_at=NOW + timedelta(days=10),
            )
    tonight(31)
    assert unreached() == []
    tonight(41)
    assert unreached() == [f"since:{on}"]


@pytest.mark.rule("R20")
@pytest.mark.rule("D15")
def test_neither_the_closed_nor_the_dead_are_waited_for(hana):
    make_case(hana, stage="closed", closed_at=NOW, close_reason="improved")
    other = make_person(household=make_household(), phone="010-0000-1077")
    make_case(hana, other)
    tonight(31)
    assert len(unreached()) == 1
    with as_owner():
        Person.objects.filter(pk=other.pk).update(state="died", state_since=DAY)
    tonight(32)
    assert unreached() == []


@pytest.mark.rule("R92")
def test_an_answer_does_not_silence_the_question_while_nobody_is_reached(hana):
    case = make_case(hana)
    tonight(31)
    with as_owner():
        row = Omission.objects.get()
    with clock.pinned(NOW + timedelta(days=31)):
        services.answer(by=hana.viewer, omission_id=row.pk, answer="arranged")
    tonight(50)
    assert unreached() == []
    tonight(62)
    assert unreached() == [f"since:{DAY}"]
    with clock.pinned(NOW + timedelta(days=62)):
        services.answer(by=hana.viewer, omission_id=row.pk, answer="arranged")
        record_contact(by=hana.viewer, number=case.number, way="called")
    tonight(93)
    assert unreached() == [f"since:{DAY + timedelta(days=62)}"]


def _benefit(case, **fields):
    told = {"case": case, "team": case.team, "provider": case.provider, "person": case.main_person, "source": "city"}
    days = {"programme": "basic_pension", "starts_on": DAY - timedelta(days=300)}
    with as_owner():
        return Benefit.objects.create(**{**told, **days, **fields})


@pytest.mark.rule("R20")
def test_a_benefit_of_the_city_that_ends_is_asked_about_until_another_follows(hana, someone, as_):
    case = make_case(hana)
    ends = DAY + timedelta(days=40)
    _benefit(case)
    last = _benefit(case, programme="disability_allowance", ends_on=ends)
    _benefit(case, programme="nbls_housing", ends_on=DAY + timedelta(days=90))
    assert tonight(0) == [("ending", f"benefit:disability_allowance:{last.pk}")]
    page = as_(hana).get("/desk/omissions/").content.decode()
    assert "윤순덕" in page and "장애수당" in page
    nurse = someone("nurse")
    with acting_as(nurse.viewer):
        assert omissions(nurse.viewer) == [] and Omission.objects.count() == 0, "means are a section of their own"
    _benefit(case, programme="disability_allowance", starts_on=ends + timedelta(days=1))
    assert tonight(1) == []
