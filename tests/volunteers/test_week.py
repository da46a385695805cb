"""The week's plan: solved, pinned, published, refilled; and what it writes down."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import Service, Town
from tests.cast import NOW, Actor
from tests.volunteers.conftest import THURSDAY, Street, offers, offers_principal, put_action, request_now
from volunteers.models import MatchRun, Pin, Proposal, Request, Volunteer
from volunteers.selectors.week import monday_of
from volunteers.services import requests, week

MONDAY, WEEK = monday_of(THURSDAY.date()), timedelta(days=7)


def planned(street: Street, **wishes: Any) -> Request:
    return requests.open_request(by=street.hana.viewer, action_id=street.action.pk, later=True, **wishes)


def solved(street: Street) -> MatchRun:
    return week.solve(run_id=week.ask_run(by=street.hana.viewer, monday=MONDAY).pk)


def proposals(run: MatchRun) -> list[str]:
    with offers_principal():
        return [
            row.volunteer.name for row in Proposal.objects.filter(run=run).select_related("volunteer").order_by("cost")
        ]


@pytest.mark.rule("R33")
def test_nobody_is_asked_before_the_plan_is_published(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer
) -> None:
    request = planned(street)
    run = solved(street)
    assert offers(request.pk) == [] and proposals(run) == ["문보라"]
    assert (run.state, run.seats, run.filled, run.total - run.bound, run.method) == ("done", 1, 1, 0, "flow")
    assert week.publish(by=street.hana.viewer, run_id=run.pk) == 1
    assert offers(request.pk) == [("문보라", "offered")]
    assert week.publish(by=street.hana.viewer, run_id=run.pk) == 0  # twice is once


def test_a_pin_comes_first_and_somebody_ruled_out_does_not_come(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer
) -> None:
    request, hana = planned(street), street.hana.viewer
    week.pin(by=hana, request_id=request.pk, volunteer_id=bo_helps.pk, wanted=True)
    assert proposals(solved(street)) == ["한보순"]
    week.pin(by=hana, request_id=request.pk, volunteer_id=bo_helps.pk, wanted=False)
    assert proposals(run := solved(street)) == ["문보라"]
    with offers_principal():
        assert Proposal.objects.get(run=run).others == []
        assert Pin.objects.count() == 1


def test_the_terms_of_a_proposal_are_named_and_the_next_best_stands_beside(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer
) -> None:
    planned(street)
    run = solved(street)
    with offers_principal():
        row = Proposal.objects.get(run=run)
    assert sum(row.terms.values()) == row.cost and row.terms["familiar"] == 10
    assert [other["volunteer"] for other in row.others] == [bo_helps.pk] and row.others[0]["cost"] > row.cost


@pytest.mark.parametrize(
    ("fields", "why"),
    [({"services": ("meals",)}, "no_skill"), ({"weekday": 2}, "no_time"), ({"away": 1.0, "town": "sudong"}, "too_far")],
)
def test_an_empty_seat_says_why(
    street: Street, helper: Callable[..., Volunteer], fields: dict[str, Any], why: str
) -> None:
    if "town" in fields:
        fields = {**fields, "town": Town.objects.get(code=fields["town"])}
    helper("차은결", 51, **fields)
    request = planned(street)
    assert solved(street).empties == {str(request.pk): why}


@pytest.mark.rule("D7")
def test_with_a_minor_two_are_proposed_or_nobody(
    street: Street, moon_helps: Volunteer, helper: Callable[..., Volunteer]
) -> None:
    planned(street, with_minor=True)
    assert proposals(solved(street)) == []
    helper("한보순", 67, away=0.009)
    assert proposals(solved(street)) == ["문보라", "한보순"]


def test_one_run_at_a_time_and_a_lost_one_makes_room(street: Street) -> None:
    hana = street.hana.viewer
    first = week.ask_run(by=hana, monday=MONDAY)
    assert week.ask_run(by=hana, monday=MONDAY + timedelta(days=3)) == first
    MatchRun.objects.filter(pk=first.pk).update(state="solving", started_at=NOW - timedelta(hours=1))
    assert week.ask_run(by=hana, monday=MONDAY).pk != first.pk


def test_two_visits_at_the_same_hour_get_two_people(street: Street, moon_helps: Volunteer, bo_helps: Volunteer) -> None:
    planned(street)
    with acting_as(street.hana.viewer):
        other = put_action(street.case, street.hana, at=THURSDAY + timedelta(minutes=30))
    requests.open_request(by=street.hana.viewer, action_id=other.pk, later=True)
    run = solved(street)
    assert sorted(proposals(run)) == ["문보라", "한보순"] and run.gap_percent == 0


def test_a_stranger_publishes_nothing_of_this_house(street: Street, chi: Actor, moon_helps: Volunteer) -> None:
    request = planned(street)
    run = solved(street)
    assert week.publish(by=chi.viewer, run_id=run.pk) == 0 and offers(request.pk) == []
    with pytest.raises(errors.NotFound):
        week.pin(by=chi.viewer, request_id=request.pk, volunteer_id=moon_helps.pk, wanted=True)


@pytest.mark.rule("D15")
def test_the_morning_refills_what_is_empty_and_sends_what_nobody_published(
    street: Street, moon_helps: Volunteer
) -> None:
    request = planned(street)
    with clock.pinned(clock.at(MONDAY - timedelta(days=1), clock.OPENS)):
        run = week.solve(run_id=week.begin_next_week().pk)
    with clock.pinned(clock.at(MONDAY, clock.OPENS)):
        assert week.publish_forgotten() == 1
    assert offers(request.pk) == [("문보라", "offered")] and request_now(request).state == "open"
    assert MatchRun.objects.get(pk=run.pk).state == "published"


def test_a_licence_is_asked_for_on_the_day_of_the_visit(street: Street, moon_helps: Volunteer) -> None:
    with acting_as(system(Principal.OFFERS)):
        service = Service.objects.get(code="companionship")
    request = planned(street)
    with offers_principal():
        Request.objects.filter(pk=request.pk).update(licences=["nurse"], service=service)
    assert solved(street).empties == {str(request.pk): "no_paper"}
