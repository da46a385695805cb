"""Consents after opening: asked again, renewed, taken back by telephone at once with what needs them (K6, K7, K10)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from cases.models import Case, CaseGrant, CaseHandOver, CaseShare, PublishedNeed, TimelineEntry
from cases.selectors.shared import shared_cases
from cases.selectors.tasks import may_ask_volunteers
from cases.selectors.team import consents
from cases.services import consents as services
from cases.services import published
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Ground, Membership, Organisation, Service, Team
from hopecare.messaging.models import Message
from tests.cases import sharing_kit as kit
from tests.cases.case_kit import DAY, consent, entries, events
from tests.cast import hire
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person


@pytest.fixture
def case(hana):
    found = make_case(hana)
    for purpose in ("case_management", "health", "volunteers", "donors"):
        consent(hana, found.main_person, purpose)
    return found


def here(case, *rest):
    return "/".join([f"/desk/cases/{case.number}/consents", *(str(one) for one in rest), ""])


def yes(**typed):
    return {"purpose": "case_management", "given": "yes", "way": "words", "on": f"{DAY}", "token": "t1", **typed}


def back(actor, case, purpose, person=None, **told):
    told = services.Back(**{"on": DAY, "way": "telephone", **told})
    person_id = (person or case.main_person).pk
    return services.take_back(by=actor.viewer, number=case.number, person_id=person_id, purpose=purpose, back=told)


def agrees(actor, person):
    with acting_as(actor.viewer):
        return consents(person.pk)


def rows(person, **which):
    with as_owner():
        return list(Ground.objects.filter(person=person, **which).order_by("pk").values_list("given", "way", "ends_on"))


@pytest.mark.rule("K7")
def test_a_consent_that_ran_out_is_renewed_on_the_page(hana, as_, case):
    with as_owner():
        old = {"starts_on": date(2024, 11, 20), "ends_on": date(2026, 11, 20)}
        Ground.objects.filter(person=case.main_person).update(**old)
    client = as_(hana)
    assert not agrees(hana, case.main_person) and "기한이 지남" in client.get(here(case)).content.decode()
    assert here(case) in client.get(f"/desk/cases/{case.number}/").content.decode()
    assert client.post(here(case, case.main_person_id), yes(given="no")).status_code == 422, "first see what ends"
    assert client.post(here(case, case.main_person_id), yes()).status_code == 302
    assert agrees(hana, case.main_person)
    client.post(here(case, case.main_person_id), yes())
    newest = rows(case.main_person, purpose="case_management")
    assert newest[1:] == [(True, "words", DAY.replace(year=DAY.year + 2))], "sent twice, written once"
    page = client.get(here(case)).content.decode()
    assert "말로" in page and "2028-11-23" in page and "2024-11-20" in page, "history stays"
    assert entries(case)[-1] == "consent"


@pytest.mark.rule("K6")
def test_another_adult_of_the_household_is_asked_for_themselves(hana, as_, case):
    husband = make_person("김영수", case.household, birth_date=date(1946, 1, 5), relation="spouse", phone="")
    assert "김영수" in as_(hana).get(here(case)).content.decode() and not agrees(hana, husband)
    assert as_(hana).post(here(case, husband.pk), yes(way="paper")).status_code == 302
    assert agrees(hana, husband)


@pytest.mark.rule("K10")
def test_for_a_small_child_the_guardian_is_named(hana, as_, case):
    child = make_person("윤하늘", case.household, birth_date=date(2019, 5, 9), relation="grandchild", phone="")
    nobody = as_(hana).post(here(case, child.pk), yes())
    assert nobody.status_code == 422 and not rows(child)
    page = nobody.content.decode()
    assert "보호자" in page and 'value="words"' in page and "checked" in page, "what was typed stands there still"
    assert as_(hana).post(here(case, child.pk), yes(guardian="윤순덕")).status_code == 302
    with as_owner():
        assert Ground.objects.get(person=child).guardian == "윤순덕"


@pytest.mark.rule("K7")
@pytest.mark.parametrize(
    "wrong",
    [
        {"on": f"{DAY + timedelta(days=1)}"},
        {"on": "2024-01-05"},
        {"on": f"{DAY - timedelta(days=1)}"},
        {"given": "no"},
        {"way": ""},
    ],
)
def test_a_day_to_come_an_old_paper_and_a_no_over_a_yes_are_refused(wrong, hana, as_, case):
    before = rows(case.main_person)
    assert as_(hana).post(here(case, case.main_person_id), yes(**wrong)).status_code == 422
    assert rows(case.main_person) == before


@pytest.mark.rule("K6")
@pytest.mark.rule("K7")
def test_taking_back_by_telephone_says_what_ends_and_ends_it(hana, gil, as_, case):
    east, hanbit = (Organisation.objects.get(code=code) for code in ("east_centre", "hanbit"))
    kit.agree(east, hanbit, 3)
    kit.share(case, hanbit, hana.user)
    kit.grant(case, gil.user)
    with as_owner():
        north = Organisation.objects.get(code="north_centre")
        CaseHandOver.objects.create(
            case=case, team_id=case.team_id, provider_id=case.provider_id, to_provider=north, town_id=case.town_id,
            to_team=Team.objects.get(code="north_mixed"), reason="이사", offered_by=hana.user,
        )  # fmt: skip
    with acting_as(gil.viewer):
        assert [row.number for row in shared_cases(gil.viewer)] == [case.number]
    there = here(case, case.main_person_id, "case_management", "back")
    page = as_(hana).get(there).content.decode()
    assert hanbit.name_ko in page and gil.user.name in page and 'value="telephone"' in page
    assert as_(hana).post(there, {"way": "telephone", "on": f"{DAY}"}).status_code == 302
    assert not agrees(hana, case.main_person)
    with as_owner():
        assert CaseShare.objects.get().ended_at and CaseHandOver.objects.get().withdrawn_at
        assert CaseGrant.objects.get().ends_at <= clock.now()
        assert Message.objects.get(purpose="consent").recipient_id == str(hana.id)
        told = TimelineEntry.objects.filter(case=case, kind="consent").get().details
    assert told == {"what": "taken_back", "purpose": "case_management", "person": case.main_person_id}
    assert [one["purpose"] for one in events("consent.taken_back")] == ["case_management"]
    assert as_(hana).post(there, {"way": "telephone", "on": f"{DAY}"}).status_code == 302
    assert len(rows(case.main_person, purpose="case_management")) == 2, "taken back once"
    consent(hana, case.main_person, "case_management")
    with acting_as(gil.viewer):
        assert shared_cases(gil.viewer) == [], "a later yes invites nobody by itself"


@pytest.fixture
def more(case, hana, gil, chi):
    """Two more cases of the same person: one that is closed, and one open that another team leads out of sight."""
    found = []
    for _ in range(2):
        home = make_household()
        with as_owner():
            stay = {"relation": "self", "starts_on": DAY, "scope_keys": home.scope_keys}
            Membership.objects.create(household=home, person=case.main_person, **stay)
        found.append(home)
    keys = {"main_person": case.main_person, "town": case.town, "lead": hana.user, "stage_since": DAY}
    keys |= {"survey_due": DAY, "conference_due": DAY, "plan_due": DAY, "kind": "joint"}
    north = {"team": Team.objects.get(code="north_mixed"), "provider": Organisation.objects.get(code="north_centre")}
    east = {"team": case.team, "provider": case.provider}
    with as_owner():
        closed = Case.objects.create(number="2026-800001", household=found[0], **keys, **east)
        away = Case.objects.create(number="2026-800002", household=found[1], **{**keys, "lead": chi.user}, **north)
        Case.objects.filter(pk=closed.pk).update(stage="closed", closed_at=clock.now(), close_reason="moved")
    return closed, away


@pytest.mark.rule("K6")
@pytest.mark.rule("K7")
@pytest.mark.rule("D17")
def test_taking_back_ends_the_parts_in_the_same_persons_other_cases_closed_ones_too(case, more, hana, gil, chi, as_):
    _closed, away = more
    hanbit = Organisation.objects.get(code="hanbit")
    head = hire("hanbit_head", "centre_head", "hanbit")
    for one in (case, *more):
        kit.share(one, hanbit, hana.user)
    there = here(case, case.main_person_id, "case_management", "back")
    page = as_(hana).get(there)
    assert page.context["form"]["reach"].value() == "all" and "다른 사례" in page.content.decode()
    assert as_(hana).post(there, {"way": "words", "on": f"{DAY}", "reach": "all"}).status_code == 302
    with as_owner():
        assert not CaseShare.objects.filter(ended_at=None).exists()
        leads = set(Message.objects.filter(purpose="consent").values_list("recipient_id", "object_id"))
        parts = Message.objects.filter(purpose="consent_no_part", recipient_id=str(head.id))
        assert leads == {(str(hana.id), str(case.pk)), (str(chi.id), str(away.pk))}
        assert {row.body for row in parts} == {services.NO_PART} and parts.count() == 3
    consent(hana, case.main_person, "case_management")
    with acting_as(gil.viewer):
        assert shared_cases(gil.viewer) == [], "a later yes invites nobody by itself"


@pytest.mark.rule("K6")
def test_by_their_wish_one_case_is_shared_no_more_and_the_others_go_on(case, more, hana, as_):
    hanbit = Organisation.objects.get(code="hanbit")
    for one in (case, *more):
        kit.share(one, hanbit, hana.user)
    there = here(case, case.main_person_id, "case_management", "back")
    assert as_(hana).post(there, {"way": "words", "on": f"{DAY}", "reach": "here"}).status_code == 302
    assert agrees(hana, case.main_person)
    with as_owner():
        assert {one.case_id for one in CaseShare.objects.filter(ended_at=None)} == {one.pk for one in more}
    assert "공유를" in as_(hana).get(f"/desk/cases/{case.number}/").content.decode()


@pytest.mark.rule("K7")
def test_parts_that_a_duty_carries_go_on_in_other_cases_and_nobody_ends_any_without_a_no(case, more, hana):
    hanbit = Organisation.objects.get(code="hanbit")
    for one in more:
        kit.share(one, hanbit, hana.user)
    with acting_as(hana.viewer), connection.cursor() as cursor:
        told = [case.main_person_id, case.pk, clock.today(), clock.now()]
        cursor.execute("select * from hc_end_shares(%s, %s, %s, %s)", told)
        assert cursor.fetchall() == [], "there is no no"
    kit.ground(case, hana.user, "case_management", given=True, kind="law", article="제5조")
    back(hana, case, "case_management")
    with as_owner():
        assert CaseShare.objects.filter(ended_at=None).count() == 2


@pytest.mark.rule("K7")
def test_givers_and_volunteers_lose_what_they_had(hana, as_, case):
    words = published.Telling("겨울을 따뜻하게 나실 난방비가 모자랍니다.", Service.objects.get(code="other"), 300_000)
    published.publish(by=hana.viewer, number=case.number, telling=words)
    page = as_(hana).get(here(case, case.main_person_id, "donors", "back")).content.decode()
    assert words.words in page
    ended = back(hana, case, "donors", reason="마음이 바뀜")
    assert len(ended.needs) == 1 and back(hana, case, "donors") is None
    back(hana, case, "volunteers")
    with as_owner():
        assert PublishedNeed.objects.get().close_reason == "withdrawn"
        assert Ground.objects.get(given=False, purpose="donors").reason == "마음이 바뀜"
    with acting_as(hana.viewer):
        assert not may_ask_volunteers(case)
    assert "마음이 바뀜" in as_(hana).get(here(case)).content.decode()


@pytest.mark.rule("K7")
def test_a_duty_stays_beside_a_consent_that_was_taken_back(ana, hana, as_, case):
    with as_owner():
        law = {
            "kind": "public_duty",
            "article": "사회보장급여법 제42조의2",
            "given": True,
            "purpose": "case_management",
        }
        keys = {"starts_on": DAY, "recorded_by": ana.user, "scope_keys": case.main_person.scope_keys}
        Ground.objects.create(person=case.main_person, **law, **keys)
    back(hana, case, "case_management")
    assert not agrees(hana, case.main_person)
    with as_owner():
        newest = Ground.objects.filter(person=case.main_person, purpose="case_management").latest("pk")
    assert (newest.kind, newest.given) == ("public_duty", True)
    page = as_(hana).get(f"/desk/cases/{case.number}/").content.decode()
    assert "사례관리 동의 안 함" in page, "a duty is not shown as their yes"


@pytest.mark.rule("K7")
def test_a_duty_goes_on_when_a_yes_beside_it_runs_out(ana, hana, as_):
    person = (case := make_case(hana)).main_person
    with as_owner():
        law = {"kind": "public_duty", "article": "사회보장급여법 제42조의2", "given": True, "recorded_by": ana.user}
        Ground.objects.create(
            person=person, purpose="case_management", starts_on=DAY, scope_keys=person.scope_keys, **law
        )
    assert as_(hana).post(here(case, person.pk), yes()).status_code == 302
    assert agrees(hana, person)
    with as_owner(), connection.cursor() as cursor:
        ends_on = rows(person, kind="consent")[0][2]
        for consent_only, holds in ((True, False), (False, True)):
            told = (person.pk, "case_management", consent_only, ends_on + timedelta(days=1))
            cursor.execute("select hc_ground_holds(%s, %s, %s, %s)", told)
            assert cursor.fetchone() == (holds,)


@pytest.mark.rule("K7")
def test_the_lead_is_not_sent_looking_for_what_nobody_lost(hana, case):
    child = make_person("윤하늘", household=case.household, phone="")
    consent(hana, child, "volunteers")
    assert back(hana, case, "volunteers", child).nothing
    with as_owner():
        assert Message.objects.get(purpose="consent").body == services.NOTHING_ENDED


@pytest.mark.rule("K6")
def test_a_private_colleague_who_closes_the_door_on_herself_is_led_out(hana, ana, as_, case):
    with as_owner():
        office = Organisation.objects.get(code="hwado_office")
        type(case).objects.filter(pk=case.pk).update(kind="public", provider=office, lead=ana.user)
    there = here(case, case.main_person_id, "case_management", "back")
    done = as_(hana).post(there, {"way": "words", "on": f"{DAY}"})
    assert done.status_code == 302 and done["Location"] == reverse("case_list")
    assert as_(hana).get(here(case)).status_code == 404 and as_(ana).get(here(case)).status_code == 200


@pytest.mark.rule("D6")
def test_nobody_else_finds_the_page_or_writes_there(chi, hana, as_, case):
    there = here(case, case.main_person_id, "donors", "back")
    assert as_(chi).get(here(case)).status_code == 404
    for url in (here(case, case.main_person_id), there):
        assert as_(chi).get(url).status_code == as_(chi).post(url, yes()).status_code == 404
    stranger = make_person("오가람")
    assert as_(hana).post(here(case, stranger.pk), yes()).status_code == 404
    assert as_(hana).get(here(case, case.main_person_id, "gifts", "back")).status_code == 404
    with pytest.raises(errors.NotFound):
        back(chi, case, "donors")
    assert len(rows(case.main_person)) == 4


@pytest.mark.rule("K7")
def test_the_lead_hears_once_before_consents_run_out(hana, case):
    child = make_person("윤하늘", case.household, birth_date=date(2012, 5, 9), relation="grandchild", phone="")
    soon, later = DAY + timedelta(days=30), DAY + timedelta(days=31)
    with as_owner():
        Ground.objects.filter(person=case.main_person).update(ends_on=soon)
    consent(hana, child, "health")
    with as_owner():
        Ground.objects.filter(person=child).update(ends_on=later)
    assert (services.watch(), services.watch()) == (1, 0), "four of one day are one piece of news"
    with as_owner():
        told = Message.objects.get(purpose="consent_runs_out")
        assert told.recipient_id == str(hana.id) and told.parameters["number"] == case.number
    with clock.pinned(clock.now() + timedelta(days=1)):
        assert services.watch() == 1, "the child's"
    answer = services.Answer("health", given=True, on=DAY, way="words")
    services.record(by=hana.viewer, number=case.number, person_id=child.pk, answer=answer)
    back(hana, case, "donors")
    with as_owner():
        Message.objects.filter(purpose="consent_runs_out").delete()
        Ground.objects.filter(person=case.main_person).exclude(purpose="donors").delete()
    with clock.pinned(clock.now() + timedelta(days=1)):
        assert services.watch() == 0, "renewed, and taken back"


@pytest.mark.rule("K7")
def test_nobody_but_the_sweep_learns_whose_consents_end(hana, case):
    with as_owner():
        Ground.objects.filter(person=case.main_person).update(ends_on=DAY)
    with acting_as(hana.viewer), connection.cursor() as cursor:
        cursor.execute("select count(*) from hc_consents_ending(%s, %s)", [DAY, DAY + timedelta(days=30)])
        assert cursor.fetchone()[0] == 0
