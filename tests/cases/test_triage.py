"""Join, other house, two people, hand-over: each step once, for staff of the team alone."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.models import Report, ReportPhoto, Visit
from cases.rules import triage as rules
from cases.selectors import inbox
from cases.services import triage
from cases.states import REPORT_STEPS, ReportState, demand_step
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Document
from hopecare.messaging.models import Message
from tests.cases.desk_kit import TOMORROW_TEN, assign, fresh, make_report, met, open_from
from tests.cast import NOW, Actor
from tests.database import as_owner

pytestmark = pytest.mark.django_db
AT = {"lat": 37.6548, "lon": 127.3070}
NEAR_BY = {"lat": 37.6528, "lon": 127.3052}


@pytest.mark.rule("D3")
def test_a_near_report_stands_beside_the_new_one_with_its_metres(ana: Actor) -> None:
    report = make_report(**AT)
    make_report(
        directions="마석 장터 뒤 골목 2층",
        received_at=NOW - timedelta(days=21),
        reporter_kind="meter_reader",
        **NEAR_BY,
    )
    with acting_as(ana.viewer):
        near = inbox.detail(ana.viewer, report.code).near
    assert [(other.nearness.metres, other.reporter) for other in near] == [(270, "검침원")]


@pytest.mark.rule("D3")
def test_far_old_and_withdrawn_reports_are_not_near(ana: Actor) -> None:
    report = make_report(**AT)
    make_report(directions="우체국 골목", lat=37.70, lon=127.33)
    make_report(received_at=NOW - timedelta(days=91), **NEAR_BY)
    make_report(state="withdrawn", **NEAR_BY)
    with acting_as(ana.viewer):
        assert inbox.detail(ana.viewer, report.code).near == []


def test_the_same_telephone_or_similar_words_count_as_near(ana: Actor) -> None:
    report = make_report(reporter_phone_hash="k1:same")
    make_report(town="sudong", directions="저수지 길", reporter_phone_hash="k1:same")
    make_report(directions="마석장터 뒤 파란대문 이층집")
    with acting_as(ana.viewer):
        near = inbox.detail(ana.viewer, report.code).near
    assert {(other.nearness.same_phone, other.nearness.alike_words) for other in near} == {(True, False), (False, True)}


@pytest.mark.rule("D3")
def test_a_photo_of_the_same_counts_where_the_place_fits(ana: Actor) -> None:
    def with_photo(look: int, **fields: Any) -> Report:
        report = make_report(**fields)
        with as_owner():
            document = Document.objects.create(sha256="0" * 64, content_type="image/jpeg", size=1, scope_keys=[1])
            ReportPhoto.objects.create(
                report=report, document=document, look=look, team_id=report.team_id, provider_id=report.provider_id
            )
        return report

    report = with_photo(-1)
    same = with_photo(-1 ^ 0b1011, directions="우체국 골목", state="closed")
    with_photo(-1 ^ 0xFFFF, directions="우체국 뒷길")
    with_photo(-1, town="sudong", directions="저수지 길")
    with_photo(-1, directions="기찻길 옆", received_at=NOW - timedelta(days=91))
    with acting_as(ana.viewer):
        (near,) = inbox.detail(ana.viewer, report.code).near
        rows = {row.report.pk: row.near for row in inbox.inbox(ana.viewer, inbox.Wanted()).rows}
    assert (near.report.pk, near.nearness) == (same.pk, rules.Nearness(alike_photo=True)) and rows[report.pk] == 0


@pytest.mark.rule("D2")
def test_joined_reporters_keep_their_own_code_and_read_the_same_steps(ana: Actor, hana: Actor) -> None:
    report, near = make_report(**AT), make_report(received_at=NOW - timedelta(days=21), **NEAR_BY)
    triage.join(by=ana.viewer, code=report.code, near_code=near.code)
    assign(ana, report, ana, hana)
    joined = fresh(near)
    assert (joined.state, joined.joined_to, joined.code) == ("joined", fresh(report), near.code)
    assert joined.assigned_at == fresh(report).assigned_at and joined.looked_at is None


def test_a_planned_visit_moves_along_when_its_report_is_joined(ana: Actor, hana: Actor) -> None:
    report, near = make_report(), make_report()
    visit = assign(ana, near, ana, hana)
    triage.join(by=ana.viewer, code=report.code, near_code=near.code)
    with as_owner():
        assert Visit.objects.get(pk=visit.pk).report == fresh(report)
    assert fresh(report).state == "assigned"


def test_two_planned_visits_are_not_joined_over(ana: Actor, hana: Actor) -> None:
    report, near = make_report(), make_report()
    assign(ana, report, ana, hana)
    assign(ana, near, ana, hana)
    with pytest.raises(errors.Impossible, match="two_visits"):
        triage.join(by=ana.viewer, code=report.code, near_code=near.code)
    assert fresh(near).state == "assigned"


def test_a_report_that_became_a_case_joins_nothing(ana: Actor, hana: Actor) -> None:
    done, report = met(hana, ana), make_report()
    open_from(hana, ana, done)
    with pytest.raises(errors.Impossible, match="wrong_state"):
        triage.join(by=ana.viewer, code=report.code, near_code=done.code)


def test_another_house_is_never_shown_beside_it_again(ana: Actor) -> None:
    report, near = make_report(**AT), make_report(**NEAR_BY)
    triage.other_house(by=ana.viewer, code=report.code, near_code=near.code)
    with acting_as(ana.viewer):
        assert inbox.detail(ana.viewer, report.code).near == []
        assert inbox.detail(ana.viewer, near.code).near == []


@pytest.mark.rule("R36")
@pytest.mark.rule("K1")
def test_the_first_visit_needs_one_from_each_side(ana: Actor, hana: Actor, eli: Actor) -> None:
    report = make_report()
    for official, worker, code in ((hana, eli, "not_public"), (ana, ana, "same_person")):
        with pytest.raises(errors.Impossible, match=code):
            assign(ana, report, official, worker)
    assert fresh(report).state == "received"


def test_nobody_of_another_team_is_sent(ana: Actor, hana: Actor, chi: Actor) -> None:
    with pytest.raises(errors.Impossible, match="not_private"):
        assign(ana, make_report(), ana, chi)


def test_a_visit_is_not_planned_for_yesterday(ana: Actor, hana: Actor) -> None:
    with pytest.raises(errors.Impossible, match="past"):
        assign(ana, make_report(), ana, hana, at=NOW - timedelta(days=1))


def test_a_visit_at_night_is_planned_with_a_warning(ana: Actor, hana: Actor) -> None:
    _visit, warnings = triage.assign(
        by=ana.viewer,
        code=make_report().code,
        official_id=ana.id,
        worker_id=hana.id,
        at=TOMORROW_TEN.replace(hour=20),
    )
    assert [warning.code for warning in warnings] == ["off_hours"]


def test_whoever_is_sent_by_a_colleague_is_told_once(ana: Actor, hana: Actor) -> None:
    assign(ana, make_report(), ana, hana)
    with as_owner():
        notices = Message.objects.filter(purpose="report.assigned")
        assert [(notice.recipient_id, "윤" in notice.body) for notice in notices] == [(str(hana.id), False)]


def test_of_two_who_plan_at_once_one_wins_and_the_other_reads_what_was_planned(ana: Actor, hana: Actor) -> None:
    report = make_report()
    assign(ana, report, ana, hana, expected_visit=None)
    with pytest.raises(errors.Impossible) as caught:
        assign(hana, report, ana, hana, expected_visit=None, at=TOMORROW_TEN.replace(hour=15))
    assert "안서연, 송하나 · 11/24 10:00" in str(caught.value.problems[0].words)


def test_a_plan_can_be_changed_by_whoever_saw_it(ana: Actor, hana: Actor, eli: Actor) -> None:
    report = make_report()
    visit = assign(ana, report, ana, hana)
    again = assign(ana, report, ana, eli, expected_visit=visit.pk)
    assert (again.pk, again.worker_id) == (visit.pk, eli.id)


def test_until_they_accept_the_sender_stays_responsible(ana: Actor, chi: Actor) -> None:
    report = make_report()
    triage.hand_over(by=ana.viewer, code=report.code, zone_code="north", reason="집이 진접읍 쪽입니다.")
    assert fresh(report).team_id == report.team_id
    triage.accept(by=chi.viewer, code=report.code)
    taken = fresh(report)
    assert (taken.team.code, taken.provider.code, taken.offered_team) == ("north_mixed", "north_centre", None)


def test_once_accepted_the_former_team_reads_it_no_more(ana: Actor, chi: Actor) -> None:
    report = make_report()
    triage.hand_over(by=ana.viewer, code=report.code, zone_code="north", reason="집이 진접읍 쪽입니다.")
    triage.accept(by=chi.viewer, code=report.code)
    with acting_as(ana.viewer), pytest.raises(errors.NotFound):
        inbox.detail(ana.viewer, report.code)


def test_the_sender_may_keep_it_and_nobody_else_may_accept(ana: Actor, hana: Actor, chi: Actor) -> None:
    report = make_report()
    with pytest.raises(errors.NotFound):
        triage.accept(by=chi.viewer, code=report.code)
    triage.hand_over(by=ana.viewer, code=report.code, zone_code="north", reason="집이 진접읍 쪽입니다.")
    triage.take_back(by=hana.viewer, code=report.code)
    with pytest.raises(errors.NotFound):
        triage.accept(by=chi.viewer, code=report.code)
    assert fresh(report).team_id == report.team_id


@pytest.mark.rule("D2")
def test_finished_without_a_visit_reads_as_looked_at(ana: Actor) -> None:
    report = make_report()
    triage.close(by=ana.viewer, code=report.code, words="전화로 해결했습니다.")
    assert (fresh(report).state, fresh(report).looked_at) == ("closed", NOW)


_ALLOWED = {(step.before, step.after) for step in REPORT_STEPS}
_STATES = st.sampled_from(list(ReportState))


@given(st.lists(_STATES, max_size=12))
def test_no_sequence_of_steps_leaves_the_table(wished: list[ReportState]) -> None:
    state = ReportState.RECEIVED
    for after in wished:
        try:
            demand_step(REPORT_STEPS, state, after, "no")
        except errors.Impossible:
            assert (state, after) not in _ALLOWED
        else:
            assert (state, after) in _ALLOWED
            state = after
    assert state != ReportState.RECEIVED or all(before != "received" or state for before, _ in _ALLOWED)


@given(
    st.tuples(st.floats(37.5, 37.8), st.floats(127.1, 127.4)), st.tuples(st.floats(37.5, 37.8), st.floats(127.1, 127.4))
)
def test_metres_are_the_same_both_ways(one: tuple[float, float], other: tuple[float, float]) -> None:
    first, second = (rules.Spot(number, 1, *place, "", "") for number, place in enumerate((one, other)))
    assert rules.metres_between(first, second) == rules.metres_between(second, first)
    assert rules.metres_between(first, first) == 0
