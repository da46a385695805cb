"""Between organisations each adult's own word counts: what is about another adult waits for that adult (K6, K7, D4)."""

from datetime import date

import pytest
from django.db import connection

from cases.models import Action, Case, NeedAnswer, TimelineEntry, Voice
from cases.selectors.shared import shared_case
from cases.services import consents
from cases.services.notes import record_contact
from cases.services.services_given import Given, record_service
from hopecare.kernel import access, clock
from hopecare.kernel.access import Reach, Viewer, acting_as, private_models, visible_to
from hopecare.kernel.models import Category, Membership, Organisation, Person, ProviderKind, Service
from tests.cases import sharing_kit as kit
from tests.cases.case_kit import DAY
from tests.database import as_owner
from tests.factories import make_case, make_person

NOBODYS = Reach()
SHARED = {"dates": (7,), "plans": (7,), "notes": (7,), "health": (7,)}
#: Opened to another organisation at some level of an agreement → whether a row may be about one person.
OPENED = {"action": True, "needanswer": True, "plan": False, "timelineentry": True, "voice": True}
#: Functions that hand out something by an agreement → why, or by what they ask whose it is.
TOLD_BY = {"hc_shared_cases": "number, level and the main person's name", "hc_shared_dates": "app.withheld_health"}
#: What `kinds_met` names, as rows about one person.
ALL = {"action", "answer", "dates", "health action", "health answer", "health voice", "note", "voice"}
HEALTH = {"health action", "health answer", "health voice"}


@pytest.fixture
def case(hana, gil):
    """Shared at level 3, its main person agreed to everything."""
    found = make_case(hana)
    hanbit = Organisation.objects.get(code="hanbit")
    kit.agree(found.provider, hanbit, 3)
    kit.share(found, hanbit, hana.user)
    for purpose in ("case_management", "health"):
        kit.ground(found, hana.user, purpose, given=True)
    return found


@pytest.fixture
def husband(case, hana):
    return living_here(case, hana, date(1946, 1, 5))


def living_here(case, hana, born):
    """Somebody else of the household, with one row of every kind that another organisation may read at some level."""
    person = make_person("김영수", case.household, birth_date=born, relation="spouse", phone="")
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "person": person}
    category = Category.objects.get(code="health")
    task = {"owner": hana.user, "owner_organisation_id": case.provider_id, "due_on": DAY, "title": "할 일"}
    with as_owner():
        TimelineEntry.objects.create(**keys, kind="note", words="남편 이야기", by=hana.user)
        for section in ("", "health"):
            Action.objects.create(**keys, **task, category=category, section=section)
            answer = {"category": category, "answer": "severity", "severity": 3, "phase": "open"}
            NeedAnswer.objects.create(**keys, **answer, by=hana.user, section=section)
            Voice.objects.create(**keys, kind="own_words", words="제 말", by=hana.user, section=section)
        Voice.objects.create(**keys, kind="private", words="저만의 말", by=hana.user, section="")
    kit.record(case, "companionship", person_id=person.pk)
    return person


def rows_met(person, rows):
    """What of one person's is there, by the names of ALL."""
    names = {Action: "action", NeedAnswer: "answer", Voice: "voice"}
    found = {
        f"{section} {name}".strip()
        for model, name in names.items()
        for section in rows(model).filter(person=person).values_list("section", flat=True)
    }
    assert not rows(Voice).filter(person=person, kind="private").exists()
    return found | ({"note"} if rows(TimelineEntry).filter(person=person).exists() else set())


def met(actor, case, person):
    """By the predicate alone, and by the database alone: the two must say the same."""
    viewer = actor.viewer
    with as_owner():
        ours = rows_met(person, lambda model: visible_to(viewer, model))
    with acting_as(viewer), connection.cursor() as cursor:
        bare = rows_met(person, lambda model: model.objects.all())
        cursor.execute("select count(*) from hc_shared_dates(%s)", [case.pk])
        dates = {"dates"} if cursor.fetchone()[0] else set()
    assert ours == bare
    return bare | dates


def say(hana, case, person, purpose, given=True, **fields):
    kit.ground(case, hana.user, purpose, given=given, person=person, **fields)


@pytest.mark.rule("K6")
@pytest.mark.rule("K7")
@pytest.mark.rule("D4")
def test_another_adults_rows_wait_for_that_adults_own_word(hana, gil, case, husband):
    assert met(gil, case, husband) == set(), "the wife's yes says nothing for him"
    say(hana, case, husband, "health")
    assert met(gil, case, husband) == set(), "health alone opens nothing"
    say(hana, case, husband, "health", given=False)
    say(hana, case, husband, "case_management")
    assert met(gil, case, husband) == ALL - HEALTH
    say(hana, case, husband, "health")
    assert met(gil, case, husband) == ALL
    back = consents.Back(on=DAY, way="telephone")
    told = {"by": hana.viewer, "number": case.number, "person_id": husband.pk, "back": back}
    consents.take_back(purpose="health", **told)
    assert met(gil, case, husband) == ALL - HEALTH, "at once"
    consents.take_back(purpose="case_management", **told)
    assert met(gil, case, husband) == set()
    with acting_as(gil.viewer):
        row = shared_case(gil.viewer, case.number)
    assert row.level == 3 and row.name == "윤순덕" and not row.notes and not row.actions, "hers goes on"


@pytest.mark.rule("K6")
def test_what_is_about_the_household_or_the_main_person_goes_by_the_main_person(hana, gil, case, husband):
    kit.fill(case, hana.user)
    kit.fill(case, hana.user, case.main_person)
    with acting_as(gil.viewer):
        row = shared_case(gil.viewer, case.number)
    assert len(row.notes) == 2 and len(row.actions) == 2 and row.plan and len(row.dates) == 2
    with acting_as(hana.viewer):
        assert rows_met_by_the_team(husband) == ALL - {"dates"}, "the case's own people read all of it"


def rows_met_by_the_team(person):
    with as_owner():
        Voice.objects.filter(person=person, kind="private").delete()
    return rows_met(person, lambda model: model.objects.all())


@pytest.mark.rule("K10")
@pytest.mark.parametrize(
    ("born", "said", "seen"),
    [
        (date(2012, 5, 9), None, True),
        (date(2012, 5, 9), False, False),
        (date(2012, 5, 9), True, True),
        (date(2007, 11, 24), None, True),
        (date(2007, 11, 23), None, False),
        (None, None, False),
    ],
)
def test_a_minor_goes_by_the_main_person_unless_there_is_a_no_and_unknown_age_counts_as_adult(
    born, said, seen, hana, gil, case
):
    child = living_here(case, hana, born)
    if said is not None:
        for purpose in ("case_management", "health"):
            say(hana, case, child, purpose, given=said)
    assert met(gil, case, child) == (ALL if seen else set())
    kit.ground(case, hana.user, "case_management", given=False)
    assert met(gil, case, child) == set()


@pytest.mark.rule("K6")
def test_a_duty_carries_between_private_houses_and_not_out_of_the_citys_hands(hana, gil, case, husband):
    say(hana, case, husband, "case_management", kind="law", article="제5조")
    assert met(gil, case, husband) == ALL - HEALTH
    say(hana, case, husband, "health", kind="law", article="제5조")
    assert met(gil, case, husband) == ALL - HEALTH, "health is by consent alone"
    office = Organisation.objects.get(code="hwado_office")
    kit.agree(office, Organisation.objects.get(code="hanbit"), 3)
    with as_owner():
        Case.objects.filter(pk=case.pk).update(provider=office)
    assert met(gil, case, husband) == set()


@pytest.mark.rule("K6")
def test_who_moved_out_is_still_asked(hana, gil, case, husband):
    with as_owner():
        Membership.objects.filter(person=husband).update(ends_on=DAY)
    assert met(gil, case, husband) == set()


@pytest.mark.rule("D6")
def test_a_record_that_is_one_with_theirs_is_withheld_too_and_opens_nothing(hana, gil, case, husband):
    twin = make_person("김영수", birth_date=date(1946, 1, 5), phone="")
    with as_owner():
        Person.objects.filter(pk=husband.pk).update(canonical=twin)
    kit.record(case, "meals", person_id=twin.pk)
    say(hana, case, twin, "case_management")
    assert met(gil, case, husband) == set(), "the yes of a record that only looks like his"
    say(hana, case, husband, "case_management")
    assert met(gil, case, husband) == ALL - HEALTH


@pytest.mark.rule("K6")
def test_an_organisation_without_a_part_in_anything_is_told_of_nobody(hana, gil, chi, case, husband):
    assert set(gil.viewer.reach.withheld) == {husband.pk} == set(gil.viewer.reach.withheld_health)
    assert chi.viewer.reach.withheld == () == hana.viewer.reach.withheld


@pytest.mark.rule("K6")
@pytest.mark.rule("K7")
def test_every_row_that_an_agreement_opens_is_known_here_and_asks_whose_it_is(city):
    """Whoever opens one more table to other organisations says here whose rows they are; in both walls."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename, qual from pg_policies where qual ~ 'app\\.(dates|plans|notes)'")
        policies = dict(cursor.fetchall())
        cursor.execute("select proname, prosrc from pg_proc where prosrc ~ 'app\\.(dates|plans|notes)'")
        functions = dict(cursor.fetchall())
    assert {table.removeprefix("cases_") for table in policies} == set(OPENED)
    assert set(functions) == set(TOLD_BY) and TOLD_BY["hc_shared_dates"] in functions["hc_shared_dates"]
    assert "app.withheld'" in functions["hc_shared_dates"]
    ours = {}
    for model in private_models():
        rule, name = access._rules[model], model._meta.model_name
        opened = rule(Viewer(reach=Reach(**SHARED)))
        if opened != rule(Viewer(reach=NOBODYS)):
            ours[name] = [opened != rule(Viewer(reach=Reach(**SHARED, **{who: (9,)})))
                          for who in ("withheld", "withheld_health")]  # fmt: skip
    assert ours == {name: [of_one, of_one] for name, of_one in OPENED.items()}
    for table, words in policies.items():
        of_one = OPENED[table.removeprefix("cases_")]
        assert [f"app.{who}'" in words for who in ("withheld", "withheld_health")] == [of_one, of_one], table


@pytest.mark.rule("D4")
def test_entries_and_tasks_say_whose_they_are(hana, as_, case, husband):
    record_contact(by=hana.viewer, number=case.number, way="called", words="남편분만", person_id=husband.pk)
    service = Service.objects.get(code="companionship")
    kind, house = ProviderKind.objects.get(code="private"), case.provider
    given = Given(service, service.category, kind, house, clock.today(), person=husband)
    record_service(by=hana.viewer, number=case.number, given=given)
    client = as_(hana)
    typed = {"way": "note", "words": "화면에서", "token": "a", "person": husband.pk}
    assert client.post(f"/desk/cases/{case.number}/contact/", typed).status_code == 302
    task = {"title": "약 챙기기", "category": service.category_id, "owner_kind": "staff", "owner": hana.id}
    typed = {**task, "due_on": f"{DAY}", "person": husband.pk, "token": "b"}
    assert client.post(f"/desk/cases/{case.number}/plan/new/", typed).status_code == 302
    with as_owner():
        newest = TimelineEntry.objects.filter(case=case).order_by("-pk")[:4]
        assert [(one.kind, one.person_id) for one in newest] == [
            (kind, husband.pk) for kind in ("planned", "note", "service", "contact")
        ]
        assert Action.objects.get(title="약 챙기기").person == husband
    page = client.get(f"/desk/cases/{case.number}/contact/").content.decode()
    assert "김영수" in page and "가구 전체" in page


@pytest.mark.rule("D4")
def test_where_somebody_lives_alone_nobody_is_asked_whom_it_is_about(hana, as_, case):
    for page in ("contact", "plan/new"):
        assert 'name="person"' not in as_(hana).get(f"/desk/cases/{case.number}/{page}/").content.decode()


@pytest.mark.rule("K7")
def test_before_another_adult_takes_a_consent_back_the_page_says_who_reads_no_more(hana, as_, case, husband):
    for purpose, words in (
        ("case_management", "이 사람에 관한 것은 더는 보지 못합니다"),
        ("health", "건강 정보를 더는 보지 못합니다"),
    ):
        say(hana, case, husband, purpose)
        page = as_(hana).get(f"/desk/cases/{case.number}/consents/{husband.pk}/{purpose}/back/").content.decode()
        assert words in page
