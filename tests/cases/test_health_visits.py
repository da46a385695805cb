"""Home nursing and a doctor at home with fields of their own: limits, both walls, papers, the next visit (R49, R51)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from cases.models import Action, Case, HealthVisit, Omission, Overlap, OverlapReason, ServiceRecord, TimelineEntry
from cases.rules import health as rules
from cases.selectors.day import dues
from cases.selectors.health import visits_to
from cases.services import merging, omissions
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import ChangeEntry, Person, ProviderKind, ReadEntry, Service
from tests.cases.case_kit import DAY, again, task
from tests.cases.sharing_kit import record
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case, make_person

pytestmark = pytest.mark.django_db
As = Callable[..., Client]
Someone = Callable[..., Actor]
NEXT = DAY + timedelta(days=7)
PRESSURE = {"systolic": "152", "diastolic": "84"}


def here(case: Case, *parts: Any) -> str:
    return "/".join([f"/desk/cases/{case.number}/health", *map(str, parts), ""])


def typed(case: Case, **fields: Any) -> dict[str, Any]:
    """What a nurse types at the door, as the form sends it."""
    told = {"person": case.main_person_id, "given_on": f"{DAY}", "visitor": "간호사", "provider": case.provider_id}
    given_by = ProviderKind.objects.get(code="private").pk
    return {"provider_kind": given_by, "found": "발이 부어 있음", **told, **fields}


def write(client: Client, case: Case, kind: str = "nursing", **fields: Any) -> Any:
    return client.post(here(case, "new", kind), typed(case, **fields))


def written() -> HealthVisit:
    with as_owner():
        return HealthVisit.objects.select_related("record__service", "next_action").latest("pk")


def grandmother(case: Case) -> Person:
    """A second adult of the same household."""
    with as_owner():
        case.household.refresh_from_db()
    return make_person("오길자", case.household, birth_date=DAY.replace(year=1941), phone="010-0000-0079")


@pytest.mark.rule("R49")
def test_a_nurse_writes_down_what_she_measured_did_and_found(hana: Actor, someone: Someone, as_: As) -> None:
    case, nurse = make_case(hana), someone("nurse")
    client = as_(nurse)
    form = client.get(here(case, "new", "nursing")).content.decode()
    assert nurse.user.name in form and "혈당 (mg/dL)" in form and "119" in form
    measured = {**PRESSURE, "pulse": "71", "temperature": "36,5", "glucose": "131", "fasting": "no", "weight": "48.2"}
    more = {"oxygen": "97", "pain": "3", "medicines": "partly", "done": ["medicines", "foot"]}
    answer = write(client, case, **measured, **more, token="once")
    assert answer.status_code == 302 and answer["Location"].endswith(f"?whose={case.main_person_id}")
    row = written()
    assert (row.systolic, row.temperature, row.fasting, row.medicines) == (152, Decimal("36.5"), False, "partly")
    assert (row.record.service.code, row.record.person_id, row.record.note) == ("home_nursing", row.person_id, "")
    assert row.done == ["medicines", "foot"] and row.confirmed == []
    assert write(client, case, **measured, **more, token="once").status_code == 302
    with as_owner():
        assert HealthVisit.objects.count() == ServiceRecord.objects.count() == 1
    sheet = client.get(here(case, row.pk)).content.decode()
    assert "발이 부어 있음" in sheet and "약 확인·정리 · 발 관리" in sheet and "일부" in sheet
    assert "발이 부어 있음" not in client.get(f"/desk/cases/{case.number}/services/").content.decode()


@pytest.mark.rule("R51")
def test_a_doctor_without_an_account_writes_findings_advice_and_a_clinic(hana: Actor, as_: As) -> None:
    case, client = make_case(hana), as_(hana)
    form = client.get(here(case, "new", "doctor")).content.decode()
    assert "처방" in form and 'name="medicines"' not in form
    told = {"visitor": "나의사", "advice": "물을 더 드시도록", "prescription": "yes", "referred_to": "마석 내과"}
    assert write(client, case, "doctor", **told).status_code == 302
    row = written()
    assert (row.kind, row.visitor, row.prescription, row.record.service.code) == (
        "doctor",
        "나의사",
        True,
        "home_doctor",
    )
    sheet = client.get(here(case, row.pk)).content.decode()
    assert "마석 내과" in sheet and "물을 더 드시도록" in sheet
    assert client.get(here(case, "new", "dentist")).status_code == 404


@pytest.mark.rule("R49")
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"systolic": "300", "diastolic": "10"}, ["수축기 혈압 300", "이완기 혈압 10", "50", "280"]),
        ({"systolic": "120"}, ["두 숫자"]),
        ({"systolic": "80", "diastolic": "110"}, ["높은 쪽"]),
        ({"temperature": "3.65"}, ["temperature"]),
        ({"temperature": "365"}, ["체온 365"]),
        ({"glucose": "120"}, ["fasting"]),
        ({"oxygen": "101"}, ["산소포화도 101"]),
        ({"pain": "11"}, ["통증 0–10 11"]),
        ({"pulse": "칠십"}, ["pulse"]),
        ({"given_on": f"{DAY + timedelta(days=1)}"}, ["given_on"]),
        ({"next_on": f"{DAY}"}, ["뒤의 날"]),
        ({"next_on": f"{DAY + timedelta(days=500)}"}, ["한 해"]),
        ({"visitor": " "}, ["visitor"]),
        ({"found": " "}, ["found"]),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(hana: Actor, as_: As, fields: dict[str, str], said: list[str]) -> None:
    case, client = make_case(hana), as_(hana)
    answer = write(client, case, sure="on", **fields)
    page = answer.content.decode()
    assert answer.status_code == 422 and not [words for words in said if words not in page], page
    with as_owner():
        assert not HealthVisit.objects.exists() and not ServiceRecord.objects.exists()


@pytest.mark.rule("R49")
def test_a_refusal_is_told_in_english_too() -> None:
    facts = rules.VisitFacts(DAY, {"systolic": Decimal(300), "diastolic": Decimal(10)})
    with translation.override("en"):
        words = [str(problem.words) for problem in rules.visit_problems(facts, today=DAY)]
    assert words == [
        "Systolic pressure 300 cannot be. From 50 to 280 mmHg can be written down.",
        "Diastolic pressure 10 cannot be. From 20 to 180 mmHg can be written down.",
    ]


@pytest.mark.rule("R49")
def test_what_is_rare_is_measured_again_and_what_is_unusual_is_marked_without_judging(hana: Actor, as_: As) -> None:
    case, client = make_case(hana), as_(hana)
    asked = write(client, case, systolic="231", diastolic="84")
    assert asked.status_code == 422 and 'name="sure"' in asked.content.decode()
    assert 'name="sure"' not in client.get(here(case, "new", "nursing")).content.decode()
    assert write(client, case, systolic="231", diastolic="84", sure="on").status_code == 302
    row = written()
    assert row.confirmed == ["systolic"]
    sheet = client.get(here(case, row.pk)).content.decode()
    assert "흔한 범위: 90–139" in sheet and "60–89" not in sheet and "다시 잼" in sheet and "진단이 아닙니다" in sheet


@pytest.mark.rule("R49")
def test_limits_are_in_order_and_have_a_source_and_children_are_not_measured_by_adults() -> None:
    for value in rules.values().values():
        (least, low), (high, most) = (
            (value.told["possible"][0], value.told["likely"][0]),
            (
                value.told["likely"][1],
                value.told["possible"][1],
            ),
        )
        usual = value.usual() or (low, high)
        assert least <= low <= usual[0] < usual[1] <= high <= most, value.code
        assert bool(value.source) is (value.usual() is not None), value.code
        assert hasattr(HealthVisit, value.code)
    assert {kind.code for kind in rules.kinds().values()} == {"nursing", "doctor"}
    sugar = Decimal(120)
    assert rules.unusual("glucose", sugar, fasting=True, age=70) == (70, 99)
    assert rules.unusual("glucose", sugar, fasting=False, age=70) is None
    assert rules.unusual("pulse", Decimal(120), fasting=None, age=4) is None
    assert rules.unusual("pulse", Decimal(120), fasting=None, age=None) == (60, 100)


@pytest.mark.rule("D13")
def test_a_sign_that_cannot_wait_stands_with_who_was_told(hana: Actor, as_: As) -> None:
    case, client = make_case(hana), as_(hana)
    silent = write(client, case, signs=["chest", "breath"])
    assert silent.status_code == 422 and "누구에게" in silent.content.decode()
    assert write(client, case, signs=["chest", "breath"], told_whom="119, 10:05").status_code == 302
    page = client.get(here(case, written().pk)).content.decode()
    assert "가슴 통증 · 숨참" in page and "119, 10:05" in page
    with as_owner(), pytest.raises(IntegrityError), transaction.atomic():
        HealthVisit.objects.update(told_whom="")


@pytest.mark.rule("R49")
@pytest.mark.rule("D11")
def test_without_the_section_there_is_nothing_in_both_walls(
    hana: Actor, chi: Actor, gil: Actor, fraud: Actor, someone: Someone, as_: As
) -> None:
    case, nurse = make_case(hana), someone("nurse")
    write(as_(nurse), case, **PRESSURE, next_on=f"{NEXT}")
    row = written()
    readers = {"nurse": nurse, "lead": hana, "head": someone("centre_head"), "official": someone("city_official")}
    for reader in readers.values():
        assert as_(reader).get(here(case, row.pk)).status_code == 200
        with acting_as(reader.viewer) as viewer:
            assert HealthVisit.objects.count() == visible_to(viewer, HealthVisit).count() == 1
    for stranger in (someone("job_counsellor"), someone("finance_counsellor"), chi, gil, fraud):
        client = as_(stranger)
        paths = [here(case), here(case, row.pk), here(case, row.pk, "paper"), here(case, "new", "nursing")]
        assert {client.get(path).status_code for path in paths} <= {403, 404}
        assert write(client, case, pulse="70").status_code in {403, 404}
        with acting_as(stranger.viewer) as viewer:
            assert not HealthVisit.objects.exists() and not visible_to(viewer, HealthVisit).exists()
    with as_owner():
        assert HealthVisit.objects.count() == 1


@pytest.mark.rule("D4")
def test_one_adults_visits_are_on_no_paper_of_another(hana: Actor, someone: Someone, as_: As) -> None:
    case, client = make_case(hana), as_(someone("nurse"))
    other = grandmother(case)
    write(client, case, found="순덕 님의 발", next_on=f"{NEXT}")
    write(
        client, case, person=other.pk, found="길자 님의 등", **PRESSURE, next_on=f"{NEXT + timedelta(days=1)}", task=""
    )
    theirs = written()
    page = client.get(here(case)).content.decode()
    assert "수축기" not in page and "오길자" in page
    page = client.get(f"{here(case)}?whose={other.pk}").content.decode()
    assert "수축기" in page and 'aria-current="page"' in page
    paper = client.get(here(case, theirs.pk, "paper")).content.decode()
    assert "오길자 님에게만" in paper and "길자 님의 등" in paper and "순덕 님의 발" not in paper
    with as_owner():
        assert ChangeEntry.objects.filter(what__contains="health_visit_printed").count() == 1
    plan = as_(hana).get(f"/desk/cases/{case.number}/plan/paper/").content.decode()
    assert plan.count("방문간호") == 1, "the next visit to the person of the paper, not that to the other adult"


@pytest.mark.rule("D6")
def test_values_are_read_over_all_records_of_one_person_once_that_is_sure(hana: Actor, eli: Actor, as_: As) -> None:
    client = as_(hana)
    case, other = make_case(hana), make_case(hana, make_person(phone="010-0000-0078"))
    write(client, case, **PRESSURE, given_on=f"{DAY - timedelta(days=20)}")
    write(client, other, systolic="138", diastolic="79")
    row = merging.merge(by=hana.viewer, kept_id=case.main_person_id, merged_id=other.main_person_id)
    assert _systolic(hana, case) == [152], "likeness alone opens nothing of a section"
    merging.confirm(by=eli.viewer, merge_id=row.pk)
    with as_owner():
        before = ReadEntry.objects.count()
    assert _systolic(hana, case) == [138, 152]
    with as_owner():
        assert ReadEntry.objects.count() > before
    page = client.get(here(case)).content.decode()
    assert f"/desk/cases/{other.number}/health/" in page and 'class="run"' in page


def _systolic(actor: Actor, case: Case) -> list[int | None]:
    with acting_as(actor.viewer) as viewer:
        return [row.systolic for row in visits_to(viewer, case, Person.objects.get(pk=case.main_person_id))]


def _missed(days: int) -> list[Omission]:
    with clock.pinned(NOW + timedelta(days=days)):
        omissions.sweep()
    with as_owner():
        return list(Omission.objects.filter(kind="missed_visit"))


@pytest.mark.rule("R20")
@pytest.mark.rule("R49")
def test_the_next_visit_is_a_task_of_her_day_and_missed_when_its_day_went_by(
    hana: Actor, someone: Someone, as_: As
) -> None:
    case, nurse = make_case(hana), someone("nurse")
    client = as_(nurse)
    write(client, case, next_on=f"{NEXT}")
    row = written()
    assert row.next_action is not None
    with acting_as(nurse.viewer) as viewer:
        assert [(due.title, due.on) for due in dues(viewer, NEXT)] == [("방문간호", NEXT)]
    assert "방문간호" in client.get("/desk/").content.decode()
    assert _missed(7) == []
    (question,) = _missed(8)
    assert (question.about, question.section, question.person_id) == (
        f"action:{row.next_action_id}",
        "health",
        case.main_person_id,
    )
    counsellor = someone("job_counsellor")
    with acting_as(counsellor.viewer) as viewer:
        assert not visible_to(viewer, Omission).exists() and not Omission.objects.exists()
        assert not TimelineEntry.objects.filter(details__title="방문간호").exists()
    with clock.pinned(NOW + timedelta(days=8)):
        form = client.get(here(case, "new", "nursing")).content.decode()
        assert "방문간호 · " in form
        told = {"task": row.next_action_id, "given_on": f"{DAY + timedelta(days=8)}"}
        assert write(client, case, **told).status_code == 302
    with as_owner():
        assert Action.objects.get(pk=row.next_action_id).state == "done"
    assert _missed(9) == []


@pytest.mark.rule("D15")
def test_nobody_is_missed_who_is_in_hospital(hana: Actor, as_: As) -> None:
    case = make_case(hana)
    write(as_(hana), case, next_on=f"{NEXT}")
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(state="hospital")
    assert _missed(9) == []


@pytest.mark.rule("R49")
def test_a_closed_case_keeps_late_sheets_and_plans_nothing(hana: Actor, as_: As) -> None:
    case, client = make_case(hana), as_(hana)
    with as_owner():
        Case.objects.filter(pk=case.pk).update(closed_at=NOW, close_reason="self_reliant", stage="closed")
    assert write(client, again(case), next_on=f"{NEXT}").status_code == 422
    assert write(client, case, pulse="70").status_code == 302


@pytest.mark.rule("R49")
def test_a_nurse_ends_the_task_of_the_plan_by_recording_it(hana: Actor, someone: Someone, as_: As) -> None:
    case, nurse = make_case(hana), someone("nurse")
    nursing = Service.objects.get(code="home_nursing")
    action = task(hana, case, title="방문간호", service=nursing, category=nursing.category)
    assert write(as_(nurse), case, task=action.pk).status_code == 302
    with as_owner():
        action.refresh_from_db()
    assert (action.state, action.done_on) == ("done", DAY)


@pytest.mark.rule("R20")
def test_given_twice_is_asked_about_as_for_every_service(hana: Actor, as_: As) -> None:
    case, client = make_case(hana), as_(hana)
    record(case, "home_nursing", giver="north_centre", until=NEXT, person_id=case.main_person_id)
    asked = write(client, case)
    assert asked.status_code == 422 and 'name="overlap_reason"' in asked.content.decode()
    reason = {"overlap_reason": OverlapReason.values[0], "overlap_words": "상처가 깊어 함께 돌봄"}
    assert write(client, case, **reason).status_code == 302
    with as_owner():
        assert Overlap.objects.count() >= 1


@pytest.mark.rule("R49")
def test_the_way_to_the_sheet_stands_where_services_are_recorded_for_whoever_reads_health(
    hana: Actor, someone: Someone, as_: As
) -> None:
    case = make_case(hana)
    for actor, offered in ((someone("nurse"), True), (someone("job_counsellor"), False)):
        client = as_(actor)
        pages = [client.get(f"/desk/cases/{case.number}/"), client.get(f"/desk/cases/{case.number}/services/new/")]
        assert [f"/desk/cases/{case.number}/health/" in page.content.decode() for page in pages] == [offered] * 2
