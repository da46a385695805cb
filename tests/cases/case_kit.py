"""Sun-deok's case in a few words, for the tests of the case record."""

from datetime import date, datetime, timedelta
from typing import Any

from cases.models import Action, Approval, Case, Plan, TimelineEntry
from cases.rules.needs import VALUES
from cases.selectors.work import cells_of
from cases.services import approvals
from cases.services.needs import Asked, record_answers
from cases.services.plans import Wanted, add_action, set_goal
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, Event, GroundPurpose, Person, Service
from hopecare.kernel.services.people import record_ground
from tests.cast import NOW, Actor
from tests.database import as_owner

THURSDAY = datetime(2026, 11, 26, 14, 0, tzinfo=clock.SEOUL)
#: What Sun-deok says in the journey.
TOLD = {
    "living": "3",
    "health": "2",
    "care": "3",
    "emotion_culture": "3",
    "housing": "1",
    "education": "none",
    "employment": "none",
    "finance_legal": "private",
}


def consent(actor: Actor, person: Person, purpose: str = GroundPurpose.VOLUNTEERS, *, given: bool = True) -> None:
    with acting_as(actor.viewer):
        record_ground(by=actor.viewer, person=person, purpose=purpose, given=given, form_version="1")


def ask(actor: Actor, case: Case, values: dict[str, str], *, phase: str = "open", **fields: Any) -> None:
    person_id = fields.pop("person_id", case.main_person_id)
    if "before" in fields and "seen" not in fields:
        with acting_as(actor.viewer):
            cells = cells_of(actor.viewer, case, person_id)
        fields["seen"] = {code: cell.answer_id for code, cell in cells.items()}
    record_answers(
        by=actor.viewer,
        number=case.number,
        person_id=person_id,
        phase=phase,
        asked=Asked(values=values, **fields),
    )


def task(actor: Actor, case: Case, **fields: Any) -> Action:
    """A task of the plan; a volunteer's Thursday when `owner_kind="volunteer"`."""
    wanted: dict[str, Any] = {
        "title": "에너지바우처 받을 수 있는지 확인",
        "category": Category.objects.get(code="living"),
        "owner_kind": "staff",
        "owner": actor.user,
        "due_on": NOW.date() + timedelta(days=7),
    }
    if fields.get("owner_kind") == "volunteer":
        wanted.update(
            title="말벗·장보기, 목요일 14시",
            category=Category.objects.get(code="care"),
            service=Service.objects.get(code="companionship"),
            owner=None,
            due_on=THURSDAY.date(),
            at=THURSDAY,
            minutes=60,
            quarter="마석 장터 근처",
        )
    action = add_action(by=actor.viewer, number=case.number, wanted=Wanted(**{**wanted, **fields}))
    assert action is not None
    return action


def goal(actor: Actor, case: Case) -> Plan:
    return set_goal(by=actor.viewer, number=case.number, goal="prevent_worsening", words="더 나빠지지 않게")


def approve(actor: Actor, case: Case) -> None:
    """What waits in this case goes one level on: `actor` says yes."""
    with as_owner():
        row = Approval.objects.get(case=case, state="open")
    approvals.decide(by=actor.viewer, approval_id=row.pk, verdict="approved")


def again(case: Case) -> Case:
    with as_owner():
        case.refresh_from_db()
    return case


def entries(case: Case) -> list[str]:
    with as_owner():
        return list(TimelineEntry.objects.filter(case=case).order_by("pk").values_list("kind", flat=True))


def events(name: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(name=name).order_by("pk").values_list("payload", flat=True))


DAY: date = NOW.date()
ALL_VALUES = VALUES
