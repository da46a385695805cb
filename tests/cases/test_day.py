"""My day: who to see, what falls due, what waits, with promises broken first; never more than twelve questions."""

import re
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import (
    AftercareCheck,
    Approval,
    ApprovalStep,
    CallBack,
    Case,
    Conference,
    Outing,
    OutingCrew,
    Referral,
    Visit,
)
from cases.selectors import day
from cases.services import hand_over, triage, urgent
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, Organisation, Person, ReadEntry, SafeContact, Team, Town
from tests.cases.case_kit import consent
from tests.cases.desk_kit import assign, make_report, met, result
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

pytestmark = pytest.mark.django_db
TODAY_THREE = NOW.replace(hour=15)


def _day(actor: Actor, ahead: int = 0) -> day.Day:
    viewer = actor.viewer
    with acting_as(viewer):
        return day.day(viewer, clock.today() + timedelta(days=ahead))


def _visit(case: Case, official: Actor, worker: Actor, **fields: Any) -> Visit:
    with as_owner():
        values = {"kind": "review", "at": TODAY_THREE, "team_id": case.team_id, "provider_id": case.provider_id}
        return Visit.objects.create(case=case, official=official.user, worker=worker.user, **{**values, **fields})


def _action(case: Case, owner: Actor, **fields: Any) -> Any:
    with as_owner():
        values = {
            "title": "에너지바우처 답 듣기",
            "category": Category.objects.get(code="living"),
            "owner": owner.user,
            "owner_organisation": Organisation.objects.get(code="east_centre"),
            "due_on": NOW.date() + timedelta(days=7),
            "team_id": case.team_id,
            "provider_id": case.provider_id,
        }
        return case.actions.create(**{**values, **fields})  # type: ignore[attr-defined]


def _meeting(case: Case, *actors: Actor, **fields: Any) -> Conference:
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    with as_owner():
        values = {"at": TODAY_THREE, "place": "동부센터 2층", "agenda": "찾은 것", "called_by": actors[0].user}
        row = Conference.objects.create(**keys, **{**values, **fields})
        for actor in actors:
            row.seats.create(user=actor.user, name=actor.user.name, sector="private", **keys)  # type: ignore[attr-defined]
        return row


def _appointment(case: Case, by: Actor, **fields: Any) -> Referral:
    with as_owner():
        values = {
            "person_id": case.main_person_id,
            "category": Category.objects.get(code="health"),
            "to_name": "보건소",
            "words": "혈압을 봐 주세요.",
            "by": by.user,
            "answer_due": NOW.date() + timedelta(days=3),
            "appointment_at": TODAY_THREE,
            "section": "",
        }
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
        return Referral.objects.create(**keys, **{**values, **fields})


def _outing(*crew: Actor, **fields: Any) -> Outing:
    with as_owner():
        values = {"kind": "popup", "on": NOW.date(), "leaves_at": time(13, 30), "name": "장터 상담 천막"}
        start = Town.objects.get(code="hwado")
        row = Outing.objects.create(start=start, made_by=crew[0].user, **{**values, **fields})
        OutingCrew.objects.bulk_create(OutingCrew(outing=row, user=actor.user) for actor in crew)
        return row


def _engaged(actor: Actor, ahead: int = 0) -> list[tuple[str, str]]:
    return [(one.kind, f"{one.at.astimezone(clock.SEOUL):%H:%M}") for one in _day(actor, ahead).engaged.agenda]


@pytest.mark.rule("R27")
def test_conferences_appointments_and_days_out_stand_in_the_agenda_of_those_who_take_part(
    as_, hana: Actor, ana: Actor, eli: Actor
) -> None:
    case = make_case(hana)
    _meeting(case, hana, ana)
    _appointment(case, eli)
    _appointment(case, eli, state="attended", ended_at=NOW, accepted_at=NOW)
    _outing(hana), _outing(hana, cancelled_at=NOW, name="비 와서 쉼")
    _meeting(case, hana, at=NOW + timedelta(days=1))
    assert _engaged(hana) == [("outing", "13:30"), ("appointment", "15:00"), ("conference", "15:00")]
    assert (_engaged(ana), _engaged(eli)) == ([("conference", "15:00")], [("appointment", "15:00")])
    assert _engaged(hana, ahead=1) == [("conference", "10:00")]
    page = as_(hana).get("/desk/").content.decode()
    assert f"사례회의 · {case.number}" in page and "안서연 · 동부센터 2층" in page
    assert "약속 · 윤순덕" in page and "장터 상담 천막" in page
    week = as_(hana).get("/desk/week/").content.decode()
    assert week.count(f"사례회의 · {case.number}") == 2 and "약속 · 윤순덕" in week


@pytest.mark.rule("R47")
def test_an_approval_waits_for_the_next_level_and_for_nobody_who_asked(as_, someone, hana: Actor, eli: Actor) -> None:
    case = make_case(hana, stage="planning")
    leader = someone("case_manager", "east_centre", "east_mixed")
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "asked_by": hana.user}
    with as_owner():
        row = Approval.objects.create(subject="closing", **keys)
        for position, level in enumerate(("team_leader", "head"), 1):
            ApprovalStep.objects.create(approval=row, position=position, level=level, **keys)
    assert [[one.pk for one in _day(actor).engaged.asked] for actor in (hana, eli, leader)] == [[], [], [row.pk]]
    page = as_(leader).get("/desk/").content.decode()
    assert "종결 결재 · 윤순덕" in page and f"/desk/cases/{case.number}/approval/{row.pk}/" in page
    with as_owner():
        row.steps.filter(position=1).update(decided_by=leader.id, decided_at=NOW, verdict="approved")  # type: ignore[attr-defined]
    assert not _day(leader).engaged.asked


def test_many_approvals_leave_the_agenda_its_place_and_lead_to_their_list(as_, someone, hana: Actor) -> None:
    leader = someone("case_manager", "east_centre", "east_mixed")
    for number in range(8):
        case = make_case(hana, make_person(household=make_household(), phone=f"010-0000-30{number:02d}"))
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "asked_by": hana.user}
        with as_owner():
            row = Approval.objects.create(subject="closing", **keys)
            ApprovalStep.objects.create(approval=row, position=1, level="team_leader", **keys)
    _meeting(case, leader)
    found = _day(leader).engaged
    assert (len(found.asked), len(found.agenda), found.more_approvals) == (7, 1, True)
    assert 'href="/desk/approvals/">모든 결재' in as_(leader).get("/desk/").content.decode()


@pytest.mark.rule("D5")
def test_a_locked_case_is_in_nobodys_agenda_and_a_hidden_name_drops_no_row(hana: Actor, ana: Actor) -> None:
    case = make_case(hana)
    _meeting(case, hana, ana)
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=[-(1_000_000_000 + hana.id)])
    _appointment(case, ana)
    assert [one.person for one in _day(hana).engaged.agenda] == ["윤순덕", "윤순덕"]
    assert [one.person for one in _day(ana).engaged.agenda if one.kind == "conference"] in ([], [""])
    assert all(one.person == "" for one in _day(ana).engaged.agenda)


def test_both_of_the_two_have_the_visit_in_their_agenda(ana: Actor, hana: Actor, eli: Actor) -> None:
    assign(ana, make_report(), ana, hana, at=TODAY_THREE)
    assert [len(_day(actor).visits) for actor in (ana, hana, eli)] == [1, 1, 0]
    assert _day(hana, ahead=1).visits == []


def test_result_buttons_stand_below_the_visit_and_the_red_line_tells_now(as_, ana: Actor, hana: Actor) -> None:
    visit = assign(ana, make_report(), ana, hana, at=TODAY_THREE)
    page = as_(hana).get("/desk/").content.decode()
    assert f"/desk/visits/{visit.pk}/?result=nobody_home" in page and "지금 10:00" in page


def test_whom_one_may_ask_again_stands_on_that_day(ana: Actor, hana: Actor) -> None:
    visit = assign(ana, make_report(), ana, hana)
    result(hana, visit, "declined", ask_again_on=NOW.date() + timedelta(days=9))
    with clock.pinned(NOW + timedelta(days=9)):
        assert [found.pk for found in _day(hana).visits] == [visit.pk]


def test_actions_and_stages_stand_together_soonest_first(hana: Actor) -> None:
    case = make_case(hana, stage="survey", survey_due=NOW.date() + timedelta(days=2))
    _action(case, hana)
    _action(case, hana, due_on=NOW.date(), title="전화")
    assert [(due.kind, due.days) for due in _day(hana).dues] == [("action", 0), ("survey", 2), ("action", 7)]


@pytest.mark.rule("K1")
@pytest.mark.parametrize(("stage", "kind"), [("intake", "survey"), ("conference", "conference"), ("planning", "plan")])
def test_each_stage_shows_its_own_deadline(stage: str, kind: str, hana: Actor) -> None:
    soon = NOW.date() + timedelta(days=3)
    make_case(hana, stage=stage, survey_due=soon, conference_due=soon, plan_due=soon)
    assert [due.kind for due in _day(hana).dues] == [kind]


def test_my_cases_are_counted_by_stage(hana: Actor, eli: Actor) -> None:
    for number, stage in enumerate(("survey", "survey", "delivery")):
        make_case(hana, make_person(household=make_household(), phone=f"010-0000-10{number:02d}"), stage=stage)
    assert (_day(hana).tallies.stages, _day(eli).tallies.cases) == ({"survey": 2, "delivery": 1}, 0)


def test_a_broken_promise_stands_first(as_, ana: Actor, hana: Actor) -> None:
    make_report()
    broken = make_report(town="pyeongnae", promised_at=NOW - timedelta(minutes=40))
    assign(ana, broken, ana, hana)
    assert _day(hana).waiting[0].report.code == broken.code
    assert "평내동 알림의 약속이 지났습니다 (−0:40 지남)" in as_(hana).get("/desk/").content.decode()


def test_reports_of_ones_own_town_come_before_others(ana: Actor) -> None:
    make_report(town="sudong"), make_report(town="hwado"), make_report(town="pyeongnae")
    assert _day(ana).waiting[0].report.town.code == "hwado"


def test_a_handed_over_report_waits_for_the_asked_team(ana: Actor, chi: Actor) -> None:
    report = make_report()
    triage.hand_over(by=ana.viewer, code=report.code, zone_code="north", reason="집이 진접읍 쪽입니다.")
    assert [entry.why for entry in _day(chi).waiting] == ["offered"]


@pytest.mark.rule("R17", "R38")
def test_urgent_requests_and_offered_cases_wait_for_the_asked_team(as_, gil: Actor, hana: Actor, chi: Actor) -> None:
    """Where the day is read, not only in a list of its own; nobody else's day counts them, nor the one who asked."""
    consent(chi, (case := make_case(chi, town="jinjeop")).main_person, "case_management")
    team, house = Team.objects.get(zone__code="east", kind="mixed"), Organisation.objects.get(code="east_centre")
    hand_over.offer(by=chi.viewer, number=case.number, team=team, provider=house, reason="딸 곁으로 이사")
    town = Town.objects.get(code="hwado")
    request = urgent.ask(by=gil.viewer, town=town, category="living", call_back="031-000-0503")
    counted = _day(hana).tallies
    assert (counted.urgent, counted.urgent_late, counted.handed) == (1, 0, 1)
    assert (_day(chi).tallies.urgent, _day(chi).tallies.handed) == (0, 0)
    page = as_(hana).get("/desk/").content.decode()
    assert "긴급 요청 1건" in page and "넘기려는 사례 1건" in page
    with clock.pinned(request.promised_at + timedelta(minutes=1)):
        assert _day(hana).tallies.urgent_late == 1
    urgent.take(by=hana.viewer, request_id=request.pk)
    assert _day(hana).tallies.urgent == 0


def test_a_visit_without_a_record_waits_for_the_two(ana: Actor, hana: Actor, eli: Actor) -> None:
    met(hana, ana)
    assert [[entry.why for entry in _day(actor).waiting] for actor in (hana, eli)] == [["record"], []]


def test_aftercare_of_the_cases_one_led_is_due(hana: Actor, eli: Actor) -> None:
    case = make_case(hana, stage="closed", closed_at=NOW - timedelta(days=90), close_reason="improved")
    with as_owner():
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
        AftercareCheck.objects.create(months=3, due_on=NOW.date() + timedelta(days=2), **keys)
    found = _day(hana).aftercare
    assert [(check.months, check.person, check.number) for check in found] == [(3, "윤순덕", case.number)]
    assert _day(eli).aftercare == ()


@pytest.mark.rule("D15")
def test_who_is_in_hospital_is_told_beside_the_visit(as_, ana: Actor, hana: Actor) -> None:
    case = make_case(hana)
    _visit(case, ana, hana)
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(state="hospital", state_since=NOW.date())
    assert "병원에 계심" in as_(hana).get("/desk/").content.decode()


@pytest.mark.rule("D4")
def test_the_agenda_says_not_to_say_welfare(as_, ana: Actor, hana: Actor) -> None:
    case = make_case(hana)
    _visit(case, ana, hana)
    with as_owner():
        SafeContact.objects.filter(person=case.main_person_id).update(neutral_sender=True)
    assert "“복지”라 말하지 않기" in as_(hana).get("/desk/").content.decode()


@pytest.mark.rule("D5")
def test_a_sealed_persons_name_is_for_the_lead_and_the_row_is_not_lost(ana: Actor, hana: Actor) -> None:
    case = make_case(hana)
    _visit(case, ana, hana)
    _action(case, ana)
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=[-(1_000_000_000 + hana.id)])
    assert [visit.person for visit in _day(hana).visits] == ["윤순덕"]  # type: ignore[attr-defined]
    assert [visit.person for visit in _day(ana).visits] == [None]  # type: ignore[attr-defined]
    assert [due.person for due in _day(ana).dues] == [""]


@pytest.mark.rule("D11")
def test_chi_has_an_empty_day_and_so_has_everybody_without_cases(
    as_, ana: Actor, hana: Actor, chi: Actor, fraud: Actor, ivo: Actor
) -> None:
    assign(ana, make_report(), ana, hana, at=TODAY_THREE)
    make_case(hana, stage="survey")
    assert _day(hana).visits and _day(hana).tallies.cases
    for actor in (chi, fraud, ivo):
        found = _day(actor)
        assert (found.visits, found.dues, found.waiting, found.tallies.cases) == ([], [], [], 0)
        assert as_(actor).get("/desk/").status_code == 200


def test_the_day_is_one_page_of_the_log(as_, ana: Actor, hana: Actor) -> None:
    report, case = make_report(), make_case(hana)
    assign(ana, report, ana, hana, at=TODAY_THREE)
    _visit(case, ana, hana)
    as_(hana).get("/desk/")
    with as_owner():
        rows = dict(ReadEntry.objects.filter(user_id=hana.id).values_list("subject_kind", "subject_ids"))
    assert rows == {"case": [case.pk], "report": [report.pk]}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_day_asks_no_more_than_twelve_times(rows: int, as_, ana: Actor, hana: Actor) -> None:
    for number in range(rows):
        case = make_case(hana, make_person(household=make_household(), phone=f"010-0000-20{number:02d}"))
        _visit(case, ana, hana)
        _action(case, hana)
        assign(ana, make_report(), ana, hana, at=TODAY_THREE)
        make_report()
        _meeting(case, hana)
        _appointment(case, hana)
    client = as_(hana)
    client.get("/desk/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/desk/").status_code == 200
    aside = re.compile(r"select set_config|BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK", re.IGNORECASE)
    assert len([query for query in asked.captured_queries if not aside.match(query["sql"])]) == 12


@pytest.mark.parametrize("address", ["/desk/tomorrow/", "/desk/week/", "/desk/paper/"])
def test_tomorrow_week_and_paper_show_the_visit(address: str, as_, ana: Actor, hana: Actor) -> None:
    at = TODAY_THREE if "paper" in address else TODAY_THREE + timedelta(days=1)
    assign(ana, make_report(), ana, hana, at=at)
    assert "마석 장터 뒤 파란 대문 2층" in as_(hana).get(address).content.decode()


def test_the_paper_bears_case_numbers_and_no_names(as_, ana: Actor, hana: Actor) -> None:
    case = make_case(hana)
    _visit(case, ana, hana)
    paper = as_(hana).get("/desk/paper/").content.decode()
    assert case.number in paper and "윤순덕" not in paper


def _call(**fields: Any) -> CallBack:
    with as_owner():
        values = {
            "about": "help", "name": "서정임", "phone": "+821000003344", "phone_hash": "k1:x", "consent_version": "1",
            "team": Team.objects.get(code="east_mixed"), "provider": Organisation.objects.get(code="east_centre"),
            "promised_at": NOW + timedelta(hours=2),
        }  # fmt: skip
        return CallBack.objects.create(**{**values, **fields})


def test_a_call_back_is_done_with_one_tap_by_one(as_, hana: Actor, ana: Actor, chi: Actor) -> None:
    call = _call()
    assert "010-0000-3344" in as_(hana).get("/desk/callbacks/").content.decode()
    assert "010-0000-3344" not in as_(chi).get("/desk/callbacks/").content.decode()
    assert as_(chi).post(f"/desk/callbacks/{call.pk}/done/").status_code == 404
    for actor in (hana, ana):
        assert as_(actor).post(f"/desk/callbacks/{call.pk}/done/").status_code == 302
    with as_owner():
        assert CallBack.objects.get(pk=call.pk).done_by_id == hana.id
