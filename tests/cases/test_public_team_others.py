"""In a case of the city each adult's own word opens what is about them to private colleagues (K6, K7, D4)."""

from datetime import date

import pytest
from django.db import connection

from cases.models import (
    Action,
    NeedAnswer,
    Pathway,
    PathwayStep,
    RiskFlag,
    ServiceRecord,
    TimelineEntry,
    Voice,
    Watch,
    Wish,
)
from cases.selectors.case_page import members_of
from cases.selectors.search import matching_case_ids
from cases.services.break_glass import break_glass
from hopecare.kernel import access
from hopecare.kernel.access import Reach, Viewer, acting_as, private_models, visible_to
from hopecare.kernel.models import Category, Membership, Organisation, Person, SafeContact
from hopecare.kernel.permissions import Permission
from tests.cases import sharing_kit as kit
from tests.cases.case_kit import DAY
from tests.cast import hire
from tests.database import as_owner
from tests.factories import make_case, make_person

KNOWN = (SafeContact, Membership)
ABOUT = (Action, NeedAnswer, RiskFlag, ServiceRecord, TimelineEntry, Voice, Wish)
#: Private models of a case that name a person and do not wait for that person's own word → why.
NOT_ASKED = {
    "MarketCard": "one a household",
    "PublishedNeed": "the main person's, whom the case asks already",
    "Unsealing": "of protected people, whom two accounts see by name",
    "Watch": "there by that person's own wish alone; whoever is on duty answers its alarms (D10)",
}


@pytest.fixture
def officer(city):
    return hire("officer", "case_manager", "hwado_office", "east_mixed")


@pytest.fixture
def case(officer):
    """Of the town office; its main person said yes to everything."""
    found = make_case(officer, kind="public", provider=Organisation.objects.get(code="hwado_office"))
    for purpose in ("case_management", "health"):
        kit.ground(found, officer.user, purpose, given=True)
    return found


@pytest.fixture
def husband(case, officer):
    return beside(case, officer, date(1946, 1, 5))


def beside(case, officer, born):
    person = make_person("김영수", case.household, birth_date=born, relation="spouse", phone="010-0000-0079")
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "person": person}
    category, by = Category.objects.get(code="health"), officer.user
    kit.record(case, "companionship", giver="hwado_office", person_id=person.pk)
    task = {"owner": by, "owner_organisation_id": case.provider_id, "due_on": DAY, "title": "할 일"}
    with as_owner():
        TimelineEntry.objects.create(**keys, kind="note", words="남편 이야기", by=by)
        RiskFlag.objects.create(**keys, kind="isolation", by=by)
        Voice.objects.create(**keys, kind="own_words", words="제 말", by=by, section="")
        for section in ("", "health"):
            answer = {"answer": "severity", "severity": 3, "phase": "open", "section": section}
            NeedAnswer.objects.create(**keys, **answer, category=category, by=by)
            row = Action.objects.create(**keys, **task, category=category, section=section)
        Wish.objects.create(**keys, words="바다", wanted_on=DAY, action=row, by=by)
    return person


def met(actor, person):
    """Kinds of rows about this person, by our predicate and by the bare database: the two must say the same."""
    with acting_as(actor.viewer) as viewer:
        ours = _kinds(person, lambda model: visible_to(viewer, model))
        bare = _kinds(person, lambda model: model.objects.all())
    assert ours == bare
    return bare


def _kinds(person, rows):
    found = {model.__name__ for model in (*ABOUT, *KNOWN) if rows(model).filter(person=person).exists()}
    found |= {"Person"} if rows(Person).filter(pk=person.pk).exists() else set()
    health = (rows(model).filter(person=person, section="health") for model in (Action, NeedAnswer))
    return found | ({"health"} if any(section.exists() for section in health) else set())


ALL = {model.__name__ for model in (*ABOUT, *KNOWN)} | {"Person", "health"}


def say(officer, case, person, purpose, given=True, **fields):
    kit.ground(case, officer.user, purpose, given=given, person=person, **fields)


@pytest.mark.rule("K6")
@pytest.mark.rule("K7")
@pytest.mark.rule("D4")
def test_a_private_colleague_reads_about_another_adult_by_that_adults_own_word(case, husband, officer, hana, ana, as_):
    assert met(hana, husband) == set() and met(officer, husband) == met(ana, husband) == ALL
    with acting_as(hana.viewer) as viewer:
        assert [member.person.pk for member in members_of(viewer, case)] == [case.main_person_id]
        assert matching_case_ids(viewer, "윤순덕") == [case.pk] and matching_case_ids(viewer, "김영수") == []
    page = as_(hana).get(f"/desk/cases/{case.number}/")
    assert page.status_code == 200 and "김영수" not in page.content.decode()
    say(officer, case, husband, "health")
    assert met(hana, husband) == set(), "health alone opens nothing"
    say(officer, case, husband, "health", given=False)
    say(officer, case, husband, "case_management", kind="law", article="제5조")
    assert met(hana, husband) == set(), "out of the city's hands by consent alone"
    say(officer, case, husband, "case_management")
    assert met(hana, husband) == ALL - {"health"}
    say(officer, case, husband, "health")
    assert met(hana, husband) == ALL
    assert "김영수" in as_(hana).get(f"/desk/cases/{case.number}/").content.decode()
    say(officer, case, husband, "case_management", given=False)
    assert met(hana, husband) == set(), "at once"


@pytest.mark.rule("K10")
def test_a_child_goes_by_the_main_person_unless_there_is_a_no(case, officer, hana):
    child = beside(case, officer, date(2012, 5, 9))
    assert met(hana, child) == ALL
    say(officer, case, child, "case_management", given=False)
    assert met(hana, child) == set()


@pytest.mark.rule("K6")
@pytest.mark.rule("K7")
def test_who_leads_and_who_hears_of_danger_to_life_read_all_of_it(case, husband, officer, hana):
    lead = hire("lead", "case_manager", "east_centre", "east_mixed")
    kit.lead(case, lead.user)
    assert met(lead, husband) == ALL and met(hana, husband) == set()
    break_glass(by=hana.viewer, number=case.number, reason="쓰러지셨다는 전화를 받았어요", urgent=True)
    assert met(hana, husband) == ALL


@pytest.mark.rule("K6")
def test_a_task_of_ones_own_and_what_ones_own_house_gave_stay_in_sight(case, husband, hana):
    with as_owner():
        Action.objects.filter(person=husband, section="").update(owner=hana.user)
    kit.record(case, "companionship", giver="east_centre", person_id=husband.pk)
    assert met(hana, husband) == {"Action", "ServiceRecord"}
    with acting_as(hana.viewer):
        assert Action.objects.filter(person=husband).count() == ServiceRecord.objects.count() == 1


@pytest.mark.rule("K6")
def test_what_stands_below_a_row_goes_with_it(case, husband, officer, hana):
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    with as_owner():
        about = Pathway.objects.create(
            **keys, person=husband, kind="recovery", step="first", since=DAY, by=officer.user
        )
        PathwayStep.objects.create(**keys, pathway=about, step="first", on=DAY, by=officer.user)
    for actor, seen in ((officer, True), (hana, False)):
        with acting_as(actor.viewer) as viewer:
            assert visible_to(viewer, PathwayStep).exists() == PathwayStep.objects.exists() == seen
    say(officer, case, husband, "case_management")
    with acting_as(hana.viewer) as viewer:
        assert visible_to(viewer, PathwayStep).exists() and PathwayStep.objects.exists()


@pytest.mark.rule("K6")
def test_whom_the_own_house_knows_by_its_own_case_is_known_there_alone(case, husband, officer, hana, ana):
    own = make_case(hana, make_person("김영호", birth_date=date(1950, 1, 1), phone=""))
    with as_owner():
        stay = {"relation": "sibling", "starts_on": DAY, "ends_on": DAY, "scope_keys": own.household.scope_keys}
        Membership.objects.create(household=own.household, person=husband, **stay)
    kit.record(own, "companionship", person_id=husband.pk)
    assert met(hana, husband) == {"Membership", "Person", "SafeContact", "ServiceRecord"}


@pytest.mark.rule("D10")
def test_whom_the_team_watches_over_by_their_own_wish_is_known_by_name_to_whoever_answers(case, husband, officer, hana):
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    with as_owner():
        Watch.objects.create(**keys, person=husband, form_version="1", by=officer.user)
    assert met(hana, husband) == {"Membership", "Person", "SafeContact"}
    with acting_as(hana.viewer):
        assert Watch.objects.select_related("person").get().person.name == "김영수"


@pytest.mark.rule("K6")
def test_whoever_reads_no_case_of_the_city_for_another_house_is_told_of_nobody(case, husband, officer, hana, chi):
    assert hana.viewer.reach.apart == (case.pk,) and hana.viewer.reach.apart_people == (husband.pk,)
    assert hana.viewer.reach.unmet == (husband.pk,)
    for actor in (officer, chi):
        reach = actor.viewer.reach
        assert reach.apart == reach.apart_people == reach.apart_health == reach.unmet == ()


def test_whoever_adds_rows_about_one_person_says_whether_they_wait_for_that_ones_word(city):
    """In both walls."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tablename from pg_policies where policyname ~ '_own_word$' and permissive = 'RESTRICTIVE'"
        )
        asked = {table for (table,) in cursor.fetchall()}
    names = {"person", "main_person"}
    ours = {
        model
        for model in private_models()
        if {"case"} < {field.name for field in model._meta.fields} and names & {f.name for f in model._meta.fields}
    }
    assert {model.__name__ for model in ours if model._meta.db_table not in asked} == set(NOT_ASKED)
    for model in ours - {model for model in ours if model.__name__ in NOT_ASKED}:
        told = access._rules[model](
            Viewer(permissions=frozenset(Permission), reach=Reach(apart=(7,), apart_people=(9,)))
        )
        assert told != access._rules[model](Viewer(permissions=frozenset(Permission))), model
