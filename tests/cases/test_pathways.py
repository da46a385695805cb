"""Longer help in steps: credit, loans, work with its later questions, repairs, a stay (R29, R39, R40, R46)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import Case, Pathway, PathwayCheck, PathwayPhoto, PathwayStep, PathwayWage
from cases.rules.pathways import Earned
from cases.selectors import pathways as found
from cases.services import pathways, resources
from cases.services.leads import transfer
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Category, Document, Organisation, Team
from hopecare.messaging.models import Message
from tests.cases.case_kit import DAY, consent
from tests.cases.report_kit import picture, upload
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case

pytestmark = pytest.mark.django_db
As = Callable[..., Client]
Someone = Callable[..., Actor]


def begin(actor: Actor, case: Case, kind: str, **fields: Any) -> Pathway:
    told = {name: fields.pop(name) for name in ("words", "amount_won", "place") if name in fields}
    begun = pathways.Begun(person=case.main_person, kind=kind, told=pathways.Told(on=DAY, **told), **fields)
    row = pathways.begin(by=actor.viewer, number=case.number, begun=begun)
    assert row is not None
    return row


def step(actor: Actor, row: Pathway, name: str, **told: Any) -> Pathway:
    told = {"on": DAY, **told}
    number = row.case.number
    return pathways.step(by=actor.viewer, number=number, pathway_id=row.pk, told=pathways.Told(step=name, **told))


def problems(refusal: Any) -> set[str]:
    return {problem.code for problem in refusal.value.problems}


@pytest.mark.rule("R40")
def test_credit_recovery_is_counselled_filed_recovered_and_counted(hana: Actor, someone: Someone, as_: As) -> None:
    case, counsellor = make_case(hana), someone("finance_counsellor")
    row = begin(counsellor, case, "credit_recovery", amount_won=31_000_000)
    step(counsellor, row, "filed", words="개인워크아웃")
    with pytest.raises(errors.Impossible) as back:
        step(counsellor, row, "counselled")
    assert problems(back) == {"step"}
    ended = step(counsellor, row, "recovered")
    assert (ended.ended_on, ended.amount_won) == (DAY, 31_000_000)
    with acting_as(counsellor.viewer) as viewer:
        assert found.funnel(viewer)["credit_recovery"] == {"open": 0, "counselled": 1, "filed": 1, "recovered": 1}
    page = as_(counsellor).get("/desk/pathways/?whose=team").content.decode()
    assert "신용회복" in page and "미소금융" in page


@pytest.mark.rule("R50")
def test_what_the_committee_decided_is_kept_in_words_with_its_day(hana: Actor, someone: Someone, as_: As) -> None:
    case, counsellor = make_case(hana), someone("finance_counsellor")
    row = begin(counsellor, case, "credit_recovery", amount_won=31_000_000)
    step(counsellor, row, "filed")
    with pytest.raises(errors.Impossible) as silent:
        step(counsellor, row, "decided", words="  ")
    assert problems(silent) == {"required"}
    step(counsellor, row, "decided", words="원금 40 % 감면, 8년 분할 상환", amount_won=18_600_000)
    page = as_(counsellor).get(f"/desk/cases/{case.number}/pathways/{row.pk}/").content.decode()
    with acting_as(counsellor.viewer) as viewer:
        taken = found.history(viewer, found.pathway_of(viewer, case, row.pk)).steps
    assert [(one.step, one.words, one.amount_won) for one in taken][-1] == (
        "decided",
        "원금 40 % 감면, 8년 분할 상환",
        18_600_000,
    )
    assert "위원회 결정" in page


@pytest.mark.rule("R39", "R43")
def test_loans_and_debts_are_read_by_finance_counsellors_alone(hana: Actor, someone: Someone, as_: As) -> None:
    case, counsellor = make_case(hana), someone("finance_counsellor")
    row = begin(counsellor, case, "miso_loan", amount_won=14_000_000, grounds=("score", "made up"))
    assert row.grounds == ["score"]
    here = f"/desk/cases/{case.number}/pathways/{row.pk}/"
    assert as_(counsellor).get(here).status_code == 200 and as_(hana).get(here).status_code == 404
    assert "14,000,000" not in as_(hana).get(f"/desk/cases/{case.number}/pathways/").content.decode()
    assert as_(hana).get(f"/desk/cases/{case.number}/pathways/new/miso_loan/").status_code == 404
    with acting_as(hana.viewer) as viewer:
        assert not visible_to(viewer, PathwayStep).exists() and not PathwayStep.objects.exists()
        assert found.funnel(viewer)["miso_loan"] == {"open": 0}
    with pytest.raises(errors.Impossible):
        begin(hana, case, "miso_loan")
    assert "14,000,000" not in as_(hana).get(f"/desk/cases/{case.number}/history/").content.decode()


@pytest.mark.rule("R46", "R52")
def test_work_is_asked_about_after_three_and_six_months(hana: Actor, as_: As) -> None:
    case = make_case(hana)
    row = begin(hana, case, "employment")
    step(hana, row, "working", words="도서관 사서 보조")
    assert pathways.watch() == 0
    soon = clock.at(DAY.replace(year=DAY.year + 1, month=2, day=20), NOW.time())
    hana.user.affiliations.update(confirmed_on=soon.date())
    with clock.pinned(soon):
        assert (pathways.watch(), pathways.watch()) == (1, 0)
        client, here = as_(hana), f"/desk/cases/{case.number}/pathways/{row.pk}/"
        with as_owner():
            first, second = PathwayCheck.objects.order_by("due_on")
            assert Message.objects.filter(purpose="pathway", recipient_id=hana.id).count() == 1
        told = {"act": "answer", "check": first.pk, "outcome": "not_reached"}
        assert client.post(here, told).status_code == 302
        assert client.post(here, {**told, "outcome": "still", "words": "잘 다니세요"}).status_code == 302
        assert client.post(here, {**told, "check": second.pk + 99, "outcome": "still"}).status_code == 404
        assert "그대로 이어 감" in client.get(here).content.decode()
    with as_owner():
        first.refresh_from_db()
        assert (first.months, first.outcome, first.by_id, second.months) == (3, "still", hana.id, 6)
    assert "취업 계획" in as_(hana).get(f"/desk/cases/{case.number}/history/").content.decode()


@pytest.mark.rule("R37", "R46", "R79")
def test_wages_and_hours_are_told_at_work_and_read_by_those_who_help_with_it(
    hana: Actor, someone: Someone, as_: As
) -> None:
    case, counsellor, nurse = make_case(hana), someone("job_counsellor"), someone("nurse")
    row = begin(counsellor, case, "employment")
    here, told = f"/desk/cases/{case.number}/pathways/{row.pk}/", {"on": f"{DAY}", "act": "step", "words": ""}
    early = as_(counsellor).post(here, {**told, "step": "preparing", "wage_won": "1,900,000"})
    assert early.status_code == 422 and "지금 일하는" in early.content.decode()
    for wrong in ({"wage_won": "190,000,000"}, {"weekly_hours": "90"}, {"weekly_hours": "0"}):
        assert as_(counsellor).post(here, {**told, "step": "working", **wrong}).status_code == 422
    typed = {**told, "step": "working", "wage_won": "1,900,000원", "weekly_hours": "30"}
    assert as_(counsellor).post(here, typed).status_code == 302
    with as_owner():
        first, second = PathwayCheck.objects.order_by("due_on")
        PathwayCheck.objects.update(due_on=DAY)
    answer = {"act": "answer", "check": first.pk, "outcome": "lost", "wage_won": "2,000,000"}
    assert as_(counsellor).post(here, answer).status_code == 422, "no wage of work that is lost"
    assert as_(nurse).post(here, {**answer, "outcome": "not_reached"}).status_code == 302, "she is not asked for it"
    assert as_(counsellor).post(here, {**answer, "outcome": "still", "weekly_hours": "35"}).status_code == 302
    with as_owner():
        kept = PathwayWage.objects.order_by("months").values_list("step", "months", "wage_won", "weekly_hours")
        assert list(kept) == [("working", 0, 1_900_000, 30), ("working", 3, 2_000_000, 35)]
    for reader, seen in ((counsellor, True), (hana, True), (nurse, False)):
        page = as_(reader).get(here).content.decode()
        assert ("1,900,000" in page, "2,000,000" in page, 'name="wage_won"' in page) == (seen,) * 3
        with acting_as(reader.viewer) as viewer:
            assert PathwayWage.objects.exists() == visible_to(viewer, PathwayWage).exists() == seen
    told = {"number": case.number, "pathway_id": row.pk, "check_id": second.pk, "outcome": "still"}
    with pytest.raises(errors.Forbidden):
        pathways.answer(by=nurse.viewer, **told, earned=Earned(weekly_hours=40))


@pytest.mark.rule("R59")
def test_a_room_of_the_hope_house_is_lived_in_by_one(hana: Actor, chi: Actor, as_: As) -> None:
    told = {"category": Category.objects.get(code="housing"), "owner_name": "희망케어센터", "phone": "031-000-0601"}
    told |= {"name": "희망하우스 1호", "sector": "private", "confirmed_on": DAY, "capacity": 2, "zone": None}
    house = resources.add(by=hana.viewer, told=resources.Told(**told))
    row = begin(hana, make_case(hana), "hope_house")
    for given, wrong in (({}, "no_house"), ({"place": house, "room": 3}, "no_room"), ({"place": house}, "no_room")):
        with pytest.raises(errors.Impossible) as refusal:
            step(hana, row, "living", **given)
        assert problems(refusal) == {wrong}
    step(hana, row, "living", place=house, room=2)
    other = begin(chi, make_case(chi, town="jinjeop"), "hope_house")
    with pytest.raises(errors.Impossible) as taken:  # Chi does not see who lives there; the database knows
        step(chi, other, "living", place=house, room=2)
    assert problems(taken) == {"taken"}
    step(hana, row, "moved_out")
    assert step(chi, other, "living", place=house, room=2).room == 2


@pytest.mark.rule("D9", "R29")
def test_pictures_of_a_repair_show_rooms_and_go_with_the_case(hana: Actor, chi: Actor, as_: As) -> None:
    case = make_case(hana)
    row = begin(hana, case, "home_repair")
    client, here = as_(hana), f"/desk/cases/{case.number}/pathways/{row.pk}/"
    shot = {"act": "photos", "moment": "before"}
    refused = client.post(here, {**shot, "photos": [upload(picture())]})
    assert refused.status_code == 422 and "얼굴" in refused.content.decode()
    assert client.post(here, {**shot, "rooms_only": "on"}).status_code == 422
    assert client.post(here, {**shot, "rooms_only": "on", "photos": [upload(picture())]}).status_code == 302
    with as_owner():
        photo = PathwayPhoto.objects.get()
    address = f"/desk/cases/{case.number}/pathways/photos/{photo.pk}/"
    answer = client.get(address)
    assert answer["Content-Type"] == "image/jpeg" and "no-store" in answer["Cache-Control"]
    assert as_(chi).get(address).status_code == 404
    consent(hana, case.main_person, "case_management")
    north = Team.objects.get(code="north_mixed"), Organisation.objects.get(code="north_centre")
    transfer(by=hana.viewer, number=case.number, team=north[0], provider=north[1], to=chi.user, reason="이사")
    assert as_(chi).get(address).status_code == 200 and as_(hana).get(address).status_code == 404
    with as_owner():
        assert Document.objects.get(pk=photo.document_id).scope_keys


def test_a_step_has_its_day_and_an_early_end_its_reason(hana: Actor, as_: As) -> None:
    case = make_case(hana)
    row = begin(hana, case, "employment")
    for told, wrong in (
        ({"name": "working", "on": DAY + timedelta(days=1)}, "future_day"),
        ({"name": "working", "on": DAY - timedelta(days=1)}, "before"),
        ({"name": "stopped"}, "required"),
        ({"name": "working", "amount_won": 1}, "no_amount"),
    ):
        with pytest.raises(errors.Impossible) as refusal:
            step(hana, row, **told)
        assert problems(refusal) == {wrong}
    here = f"/desk/cases/{case.number}/pathways/{row.pk}/"
    kept = as_(hana).post(here, {"act": "step", "step": "stopped", "on": f"{DAY}", "words": ""})
    assert kept.status_code == 422
    assert as_(hana).post(here, {"act": "step", "step": "stopped", "on": f"{DAY}", "words": "이사"}).status_code == 302
    again = as_(hana).post(here, {"act": "step", "step": "working", "on": f"{DAY}"})
    assert again.status_code == 422


def test_a_form_begins_once_and_the_list_costs_the_same_for_one_and_for_three(
    hana: Actor, as_: As, django_assert_num_queries: Any
) -> None:
    case, client = make_case(hana), as_(hana)
    form = {"person": case.main_person_id, "on": f"{DAY}", "words": "", "token": "once"}
    assert client.get(f"/desk/cases/{case.number}/pathways/new/employment/").status_code == 200
    for _time in range(2):
        assert client.post(f"/desk/cases/{case.number}/pathways/new/employment/", form).status_code == 302
    twice = client.post(f"/desk/cases/{case.number}/pathways/new/employment/", {**form, "token": "two"})
    assert twice.status_code == 422
    with acting_as(hana.viewer) as viewer, django_assert_num_queries(2):
        assert len(found.under_way(viewer, kind="", mine=True)) == 1
    for kind in ("home_repair", "hope_house"):
        begin(hana, case, kind)
    with acting_as(hana.viewer) as viewer, django_assert_num_queries(2):
        assert len(found.under_way(viewer, kind="", mine=True)) == 3
