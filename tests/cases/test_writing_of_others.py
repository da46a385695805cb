"""In a case of the city a private colleague writes about every adult they meet, and reads of them what they wrote
(K6, D10, D13)."""

# ruff: noqa: F811 (fixtures of a sibling)
from datetime import timedelta

import pytest

from cases.models import (
    Action,
    Alarm,
    CaseGrant,
    HealthVisit,
    NeedAnswer,
    Pregnancy,
    RiskFlag,
    ServiceRecord,
    TimelineEntry,
    Watch,
)
from cases.services import alarms, pregnancies
from cases.services.assessment import raise_flag
from cases.services.notes import record_contact
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import TeamMembership
from tests.cases import sharing_kit as kit
from tests.cases.case_kit import ask, task
from tests.cases.test_health_visits import typed
from tests.cases.test_public_team_others import case, husband, met, officer, say  # noqa: F401
from tests.cast import NOW, hire
from tests.database import as_owner
from tests.factories import make_case, make_person
from tests.mobile_api.test_field_api import ask as ask_api
from tests.mobile_api.test_field_api import key_of

DAY = NOW.date()


@pytest.fixture
def watched(case, husband, officer):
    """He asked to be looked after himself, and said nothing about his file: known by name, and no more."""
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    with as_owner():
        return Watch.objects.create(**keys, person=husband, form_version="1", by=officer.user)


def read_by(actor, model, person):
    """Keys of the rows about this person, the same behind both walls."""
    with acting_as(actor.viewer) as viewer:
        ours = set(visible_to(viewer, model).filter(person=person).values_list("pk", flat=True))
        assert ours == set(model.objects.filter(person=person).values_list("pk", flat=True))
    return ours


def written(actor, model, person, **fields):
    """What is read about this person is what this account wrote, and not what the others did."""
    with as_owner():
        rows = set(model.objects.filter(person=person, **fields).values_list("pk", flat=True))
    assert rows and read_by(actor, model, person) == rows
    return rows


@pytest.mark.rule("D10")
def test_whoever_is_on_duty_ends_an_alarm_of_somebody_whose_word_is_missing(case, husband, watched, hana, someone):
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    with as_owner():
        alarm = Alarm.objects.create(**keys, watch=watched, cause="no_answer", rung="call", opened_at=NOW, next_at=NOW)
    alarms.end(by=hana.viewer, alarm_id=alarm.pk, result="well", words="통화했어요")
    with as_owner():
        assert Alarm.objects.get(pk=alarm.pk).ended_by == hana.user
    written(hana, TimelineEntry, husband, by=hana.user)
    other = someone("social_worker")
    assert read_by(other, TimelineEntry, husband) == set(), "nobody else of a private house"


@pytest.mark.rule("D13")
def test_a_home_visit_with_danger_signs_stands_with_all_that_belongs_to_it(case, husband, watched, someone, as_):
    nurse = someone("nurse")
    house = nurse.viewer.organisation_id
    told = {"person": husband.pk, "provider": house, "signs": ["chest"], "told_whom": "119, 10:05"}
    next_on = f"{DAY + timedelta(days=7)}"
    done = as_(nurse).post(f"/desk/cases/{case.number}/health/new/nursing/", typed(case, **told, next_on=next_on))
    assert done.status_code == 302
    written(nurse, HealthVisit, husband, by=nurse.user)
    written(nurse, ServiceRecord, husband, recorded_by=nurse.user)
    written(nurse, TimelineEntry, husband, by=nurse.user)
    written(nurse, Action, husband, owner=nurse.user)
    with as_owner():
        assert TimelineEntry.objects.get(person=husband, kind="service").section == "health"


@pytest.mark.rule("D4")
def test_health_alone_may_be_missing(case, husband, officer, someone, as_):
    say(officer, case, husband, "case_management")
    nurse = someone("nurse")
    told = {"person": husband.pk, "provider": nurse.viewer.organisation_id}
    assert as_(nurse).post(f"/desk/cases/{case.number}/health/new/nursing/", typed(case, **told)).status_code == 302
    written(nurse, HealthVisit, husband)


@pytest.mark.rule("D4")
def test_notes_of_the_desk_and_of_the_telephone_and_what_was_asked_are_kept(case, husband, watched, hana, as_):
    note = {"number": case.number, "way": "called", "words": "남편과 통화", "token": "w", "person": husband.pk}
    assert as_(hana).post("/desk/note/", note).status_code == 302
    record_contact(by=hana.viewer, number=case.number, way="note", words="둘째", person_id=husband.pk)
    told = {"way": "visited", "words": "마당에서", "person": husband.pk}
    path = f"/households/{case.number}/contacts"
    assert ask_api(key_of(hana), "POST", path, told, Idempotency_Key="k" * 40).json()["noted"] is True
    assert len(written(hana, TimelineEntry, husband, by=hana.user)) == 3
    ask(hana, case, {"living": "3", "health": "2"}, person_id=husband.pk, own_words="괜찮아")
    assert len(written(hana, NeedAnswer, husband, by=hana.user)) == 2
    raise_flag(by=hana.viewer, number=case.number, kind="losing_home", person_id=husband.pk)
    written(hana, RiskFlag, husband, by=hana.user)
    record_contact(by=hana.viewer, number=case.number, way="note", words="가구")
    assert met(hana, husband) >= {"NeedAnswer", "RiskFlag", "TimelineEntry", "Voice"}


@pytest.mark.rule("K6")
def test_what_cannot_be_written_is_refused_in_words(case, husband, watched, officer, hana, someone):
    with pytest.raises(errors.Impossible, match="not_here"):
        task(hana, case, owner=officer.user, person=husband)
    mine = task(hana, case, person=husband)
    assert read_by(hana, Action, husband) == {mine.pk}
    nurse, told = someone("nurse"), pregnancies.Told(expected_on=DAY + timedelta(days=90))
    pregnancies.record(by=nurse.viewer, number=case.number, person_id=husband.pk, told=told)
    written(nurse, Pregnancy, husband, recorded_by=nurse.user)
    second = hire("second", "nurse", "east_centre", "east_mixed")
    with pytest.raises(errors.Impossible, match="not_here"):
        pregnancies.record(by=second.viewer, number=case.number, person_id=husband.pk, told=told)


@pytest.mark.rule("K6")
@pytest.mark.parametrize(
    ("first", "last", "known"), [(-30, None, True), (-30, 0, True), (-30, -1, False), (1, 30, False)]
)
def test_only_a_key_that_holds_today_makes_somebody_known(case, husband, hana, chi, first, last, known):
    """Of another case he lives in: by a team, and by a grant."""
    assert met(hana, husband) == set()
    other = make_case(chi, make_person("김영호", phone=""), town="jinjeop")
    keys = {"relation": "sibling", "starts_on": DAY, "scope_keys": husband.scope_keys}
    with as_owner():
        husband.memberships.create(household=other.household, **keys)
    assert "Person" not in met(hana, husband)
    ends = None if last is None else DAY + timedelta(days=last)
    with as_owner():
        seat = TeamMembership.objects.create(
            team_id=other.team_id, user=hana.user, starts_on=DAY + timedelta(days=first), ends_on=ends
        )
    assert ("Person" in met(hana, husband)) is known
    with as_owner():
        seat.delete()
    kit.grant(other, hana.user)
    begun = NOW + timedelta(days=first)
    with as_owner():
        over = None if last is None else NOW + timedelta(days=last, hours=1)
        CaseGrant.objects.filter(content_object=other).update(starts_at=begun, ends_at=over)
    assert ("Person" in met(hana, husband)) is known
