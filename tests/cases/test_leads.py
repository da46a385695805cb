"""Exactly one lead; hand-over inside and outside the team; access for one colleague (R47, R58, K6)."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import Action, Case, LeadPeriod, TimelineEntry
from cases.selectors.case_page import case_view
from cases.services.leads import (
    add_member,
    change_lead,
    grant_access,
    remove_member,
    transfer,
    withdraw_access,
)
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Organisation, Person, Team
from tests.cases.case_kit import DAY, again, consent, entries, task
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case


def periods(case):
    with as_owner():
        return list(LeadPeriod.objects.filter(case=case).order_by("starts_at", "pk").values_list("user_id", "ends_at"))


def north():
    return Team.objects.get(code="north_mixed"), Organisation.objects.get(code="north_centre")


def test_eli_takes_over_from_hana(hana, eli):
    case = make_case(hana)
    with clock.pinned(NOW + timedelta(days=3)):
        change_lead(by=hana.viewer, number=case.number, to=eli.user, reason="휴가")
    assert again(case).lead_id == eli.id
    assert [user for user, _ in periods(case)] == [hana.id, eli.id]
    assert periods(case)[0][1] == NOW + timedelta(days=3) and periods(case)[1][1] is None


@pytest.mark.rule("K2")
def test_who_may_not_lead_does_not(hana, ana, chi):
    case = make_case(hana)
    for other in (ana, chi):
        with pytest.raises(errors.Impossible, match="cannot_lead"):
            change_lead(by=hana.viewer, number=case.number, to=other.user)


@given(st.lists(st.sampled_from(["hana", "eli"]), min_size=1, max_size=5))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exactly_one_lead_at_every_moment(hana, eli, turns):
    """Whatever hand-overs happen, each instant since opening has exactly one lead, and it is the one on the case."""
    case = make_case(hana)
    people = {"hana": hana, "eli": eli}
    for step, name in enumerate(turns, 1):
        with clock.pinned(NOW + timedelta(hours=step)):
            change_lead(by=hana.viewer, number=case.number, to=people[name].user)
    with as_owner():
        rows = list(LeadPeriod.objects.filter(case=case).order_by("starts_at"))
    assert all(first.ends_at == second.starts_at for first, second in pairwise(rows))
    assert rows[-1].ends_at is None and rows[-1].user_id == again(case).lead_id
    with as_owner():
        Case.objects.filter(pk=case.pk).update(stage="closed", closed_at=NOW, close_reason="improved")


@pytest.mark.rule("R58")
def test_a_colleague_outside_sees_the_case_until_the_day_only(hana, chi, as_):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    url = f"/desk/cases/{case.number}/"
    assert as_(chi).get(url).status_code == 404
    grant_access(by=hana.viewer, number=case.number, user=chi.user, until=DAY, reason="휴가 동안 대신")
    assert as_(chi).get(url).status_code == 200
    with clock.pinned(NOW + timedelta(days=1)):
        assert as_(chi).get(url).status_code == 404
    withdraw_access(by=hana.viewer, number=case.number, user=chi.user)
    assert as_(chi).get(url).status_code == 404


@pytest.mark.rule("K6")
def test_a_private_organisation_is_let_in_with_consent_only(hana, gil):
    case = make_case(hana)
    until = {"until": DAY, "reason": "목욕 서비스"}
    with pytest.raises(errors.Impossible, match="no_consent"):
        grant_access(by=hana.viewer, number=case.number, user=gil.user, **until)
    consent(hana, case.main_person, "case_management")
    grant_access(by=hana.viewer, number=case.number, user=gil.user, **until)
    with acting_as(gil.viewer):
        assert case_view(gil.viewer, case.number).case.pk == case.pk


def test_whoever_grants_must_see_the_case(hana, chi, gil):
    case = make_case(hana)
    with pytest.raises(errors.NotFound):
        grant_access(by=chi.viewer, number=case.number, user=gil.user, until=DAY, reason="x")


@pytest.mark.rule("R47")
def test_a_transfer_takes_everything_along(hana, chi):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    action = task(hana, case)
    team, centre = north()
    transfer(by=hana.viewer, number=case.number, team=team, provider=centre, to=chi.user, reason="이사")
    with as_owner():
        assert Action.objects.get(pk=action.pk).team_id == team.pk
        assert set(TimelineEntry.objects.filter(case=case).values_list("provider_id", flat=True)) == {centre.pk}
    with acting_as(chi.viewer):
        assert case_view(chi.viewer, case.number).case.lead_id == chi.id
        assert visible_to(chi.viewer, Person).filter(pk=case.main_person_id).exists()
    with acting_as(hana.viewer):
        assert not visible_to(hana.viewer, Case).filter(pk=case.pk).exists()
        assert not visible_to(hana.viewer, Person).filter(pk=case.main_person_id).exists()
    assert [user for user, _ in periods(case)] == [hana.id, chi.id]


def test_a_transfer_without_reason_or_to_a_stranger_is_refused(hana, eli):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    team, centre = north()
    with pytest.raises(errors.Impossible) as refusal:
        transfer(by=hana.viewer, number=case.number, team=team, provider=centre, to=eli.user, reason=" ")
    assert {problem.code for problem in refusal.value.problems} == {"required", "cannot_lead"}
    assert again(case).team_id != team.pk


def test_the_team_changes_by_name_and_the_lead_stays(hana, ana, chi):
    case = make_case(hana)
    add_member(by=hana.viewer, number=case.number, user=ana.user)
    with pytest.raises(errors.Impossible, match="outside"):
        add_member(by=hana.viewer, number=case.number, user=chi.user)
    with pytest.raises(errors.Impossible, match="is_lead"):
        remove_member(by=hana.viewer, number=case.number, user=hana.user)
    remove_member(by=hana.viewer, number=case.number, user=ana.user)
    assert entries(case) == ["member", "member"]


def test_the_forms_hand_over(hana, eli, chi, as_):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    base = f"/desk/cases/{case.number}/team"
    team, _centre = north()
    client = as_(hana)
    assert client.get(f"{base}/").status_code == 200
    assert client.post(f"{base}/lead/", {"to": eli.id}).status_code == 302
    assert again(case).lead_id == eli.id
    assert client.get(f"{base}/transfer/").status_code == 200
    assert client.post(f"{base}/transfer/", {"team": team.pk}).status_code == 422
    assert client.post(f"{base}/transfer/", {"team": team.pk, "reason": "이사하셨어요"}).status_code == 302
    assert again(case).lead_id == eli.id  # asked, not given away
