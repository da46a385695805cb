"""The result of a first visit: recorded once, told alike, followed by what it asks for."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from cases.models import Report, Visit
from cases.services import opening, triage
from cases.services.visits import Outcome, record
from hopecare.kernel import clock, errors
from hopecare.messaging.models import Message
from tests.cases.desk_kit import TOMORROW_TEN, assign, fresh, make_report, result, told
from tests.cast import NOW, Actor
from tests.database import as_owner

LATER = TOMORROW_TEN + timedelta(minutes=40)
NEXT = TOMORROW_TEN + timedelta(days=2)
WITH = {
    "nobody_home": {"again_at": NEXT},
    "danger": {"told_whom": "112, 파출소 김 경위", "told_at": LATER - timedelta(minutes=5)},
}
RESULTS = ["met", "nobody_home", "wrong_place", "already_helped", "declined", "danger"]


@pytest.mark.django_db
@pytest.mark.rule("D2")
@pytest.mark.parametrize("what", RESULTS)
def test_whatever_was_found_reporters_read_the_same_words_at_the_same_time(what: str, ana: Actor, hana: Actor) -> None:
    report, near = make_report(), make_report()
    triage.join(by=ana.viewer, code=report.code, near_code=near.code)
    visit = assign(ana, report, ana, hana)
    with clock.pinned(LATER):
        result(hana, visit, what, **WITH.get(what, {}))
    assert (fresh(report).looked_at, fresh(near).looked_at) == (LATER, LATER)


@pytest.mark.django_db
@pytest.mark.rule("D2")
def test_a_second_visit_moves_no_time_that_reporters_read(ana: Actor, hana: Actor) -> None:
    report = make_report()
    visit = assign(ana, report, ana, hana)
    with clock.pinned(LATER):
        result(hana, visit, "nobody_home", again_at=NEXT)
    second = _planned(report)
    with clock.pinned(NEXT + timedelta(hours=1)):
        result(hana, second, "met")
    assert (fresh(report).looked_at, fresh(report).state) == (LATER, "visited")


def _planned(report: Report) -> Visit:
    with as_owner():
        return Visit.objects.get(report=report, result="")


@pytest.mark.django_db
def test_nobody_home_keeps_the_two_and_plans_the_next_visit(ana: Actor, hana: Actor) -> None:
    report = make_report()
    result(hana, assign(ana, report, ana, hana), "nobody_home", again_at=NEXT)
    again = _planned(report)
    assert (fresh(report).state, again.at, again.official_id, again.worker_id) == ("assigned", NEXT, ana.id, hana.id)


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["wrong_place", "already_helped", "declined"])
def test_some_results_finish_the_report(what: str, ana: Actor, hana: Actor) -> None:
    report = make_report()
    result(hana, assign(ana, report, ana, hana), what)
    assert (fresh(report).state, fresh(report).closed_at) == ("closed", NOW)


@pytest.mark.django_db
def test_declined_may_be_asked_again_on_a_day_to_come(ana: Actor, hana: Actor) -> None:
    visit = assign(ana, make_report(), ana, hana)
    with pytest.raises(errors.Impossible, match="past"):
        result(hana, visit, "declined", ask_again_on=NOW.date())
    assert result(hana, visit, "declined", ask_again_on=NEXT.date()).ask_again_on == NEXT.date()


@pytest.mark.django_db
@pytest.mark.rule("D13")
def test_danger_is_recorded_only_with_whom_and_when(ana: Actor, hana: Actor) -> None:
    visit = assign(ana, make_report(), ana, hana)
    with pytest.raises(errors.Impossible) as caught:
        result(hana, visit, "danger")
    assert {problem.field for problem in caught.value.problems} == {"told_whom", "told_hour"}
    done = result(hana, visit, "danger", told_whom="112", told_at=NOW - timedelta(minutes=2))
    assert (done.told_whom, done.told_at) == ("112", NOW - timedelta(minutes=2))


@pytest.mark.django_db
@pytest.mark.rule("D13")
def test_danger_rings_the_whole_team_without_a_name(ana: Actor, hana: Actor) -> None:
    visit = assign(ana, make_report(), ana, hana)
    result(hana, visit, "danger", told_whom="112", told_at=NOW)
    with as_owner():
        notice = Message.objects.get(purpose="visit.danger")
    assert notice.recipient_id == str(visit.team_id) and "파란 대문" not in f"{notice.body}{notice.parameters}"


@pytest.mark.django_db
def test_who_comes_second_learns_what_was_recorded(ana: Actor, hana: Actor) -> None:
    report = make_report()
    visit = assign(ana, report, ana, hana)
    result(hana, visit, "met")
    with pytest.raises(errors.Impossible) as caught:
        result(ana, visit, "wrong_place")
    assert "송하나 10:00" in str(caught.value.problems[0].words) and fresh(report).state == "visited"


@pytest.mark.django_db
def test_chi_and_the_fraud_reviewer_record_nothing(ana: Actor, hana: Actor, chi: Actor, fraud: Actor) -> None:
    visit = assign(ana, make_report(), ana, hana)
    for actor, refusal in ((chi, errors.NotFound), (fraud, errors.Forbidden)):
        with pytest.raises(refusal):
            result(actor, visit, "met")


def _at_once(*acts: object) -> list[str]:
    """Run both in threads with connections of their own; returns the errors' codes."""
    wait, refused = threading.Barrier(len(acts)), []

    def run(act: object) -> None:
        wait.wait()
        try:
            act()  # type: ignore[operator]
        except errors.Impossible as error:
            refused.append(error.problems[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
def test_two_results_at_the_same_moment_leave_one(ana: Actor, hana: Actor) -> None:
    report = make_report()
    visit = assign(ana, report, ana, hana)
    hers, his = hana.viewer, ana.viewer
    refused = _at_once(
        lambda: record(by=hers, visit_id=visit.pk, outcome=Outcome(result="met")),
        lambda: record(by=his, visit_id=visit.pk, outcome=Outcome(result="wrong_place")),
    )
    assert refused == ["recorded"]


@pytest.mark.django_db(transaction=True)
def test_two_plans_and_two_joins_at_the_same_moment_leave_one(ana: Actor, hana: Actor, eli: Actor) -> None:
    report, near = make_report(), make_report()
    hers, his = hana.viewer, ana.viewer
    plan = {"code": report.code, "official_id": ana.id, "at": TOMORROW_TEN, "expected_visit": None}
    refused = _at_once(
        lambda: triage.assign(by=hers, worker_id=hana.id, **plan),
        lambda: triage.assign(by=his, worker_id=eli.id, **plan),
    )
    assert refused == ["moved_on"]
    refused = _at_once(
        lambda: triage.join(by=hers, code=report.code, near_code=near.code),
        lambda: triage.join(by=his, code=near.code, near_code=report.code),
    )
    assert len(refused) == 1 and {fresh(report).state, fresh(near).state} == {"joined", "assigned"}


@pytest.mark.django_db(transaction=True)
def test_two_openings_at_the_same_moment_make_one_case(ana: Actor, hana: Actor) -> None:
    from_form = told(hana, ana)
    hers = hana.viewer
    numbers: list[str] = []
    _at_once(
        lambda: numbers.append(opening.open_case(by=hers, opening=from_form).number),
        lambda: numbers.append(opening.open_case(by=hers, opening=from_form).number),
    )
    assert len(numbers) == 2 and len(set(numbers)) == 1
