"""Fay's report and what the desk does with it, in a few words."""

from datetime import date, datetime, timedelta
from typing import Any

from cases.facts import NewPerson, Opening
from cases.models import Report, Visit
from cases.services import opening, triage, visits
from cases.services.visits import Outcome
from hopecare.kernel import clock, codes
from hopecare.kernel.models import Team, Town
from tests.cast import NOW, Actor
from tests.database import as_owner

TOMORROW_TEN = datetime(2026, 11, 24, 10, 0, tzinfo=clock.SEOUL)
CONSENTS = {"case_management": True, "health": True, "volunteers": True, "donors": False}


def make_report(town: str = "hwado", **fields: Any) -> Report:
    """A neighbour's report of this morning, promised for tomorrow evening; the owner's rights, no service."""
    with as_owner():
        place = Town.objects.select_related("zone").get(code=town)
        received = fields.pop("received_at", NOW - timedelta(minutes=20))
        values: dict[str, Any] = {
            "code": codes.new_code(),
            "about": "neighbour",
            "town": place,
            "team": Team.objects.get(code=f"{place.zone.code}_mixed"),
            "provider_id": place.zone.centre_id,
            "directions": "마석 장터 뒤 파란 대문 2층",
            "seen": ["lives_alone", "skips_meals"],
            "words": "사흘째 불이 안 켜졌다가 오늘 켜졌어요.",
            "received_at": received,
            "promised_at": received + timedelta(days=1, hours=8),
        }
        return Report.objects.create(**{**values, **fields})


def assign(by: Actor, report: Report, official: Actor, worker: Actor, **fields: Any) -> Visit:
    """Two people, tomorrow at ten."""
    values = {"official_id": official.id, "worker_id": worker.id, "at": TOMORROW_TEN, **fields}
    visit, _warnings = triage.assign(by=by.viewer, code=report.code, **values)
    return visit


def result(by: Actor, visit: Visit, what: str, **fields: Any) -> Visit:
    return visits.record(by=by.viewer, visit_id=visit.pk, outcome=Outcome(result=what, **fields))


def told(lead: Actor, official: Actor, **fields: Any) -> Opening:
    """What Sun-deok told: three times yes, donors no, no texts, telephone in the morning."""
    values: dict[str, Any] = {
        "main": NewPerson("윤순덕", date(1948, 3, 2), False, "F", "010-0000-0078"),
        "town": "hwado",
        "directions": "마석 장터 뒤 파란 대문 2층",
        "lead_id": lead.id,
        "team": (official.id, lead.id),
        "consents": CONSENTS,
        "contact": {"phone_ok": True, "sms_ok": False, "from_hour": 9, "to_hour": 12},
        "token": "a-form-of-this-test",
    }
    return Opening(**{**values, **fields})


def met(hana: Actor, ana: Actor, **fields: Any) -> Report:
    """A report whose first visit met somebody."""
    report = make_report(**fields)
    result(hana, assign(ana, report, ana, hana), "met")
    return fresh(report)


def open_from(hana: Actor, ana: Actor, report: Report, **fields: Any) -> Any:
    return opening.open_case(by=hana.viewer, opening=told(hana, ana, **fields), report_code=report.code)


def fresh(report: Report) -> Report:
    with as_owner():
        return Report.objects.select_related("joined_to", "case").get(pk=report.pk)


def form_of(actor: Actor, official: Actor, **changes: str) -> dict[str, str]:
    """The opening form, filled in as in the journey."""
    typed = {
        "name": "윤순덕", "birth": "1948-03-02", "sex": "F", "phone": "010-0000-0078", "town": "hwado",
        "directions": "마석 장터 뒤 파란 대문 2층", "line": "", "ground": "consent", "article": "", "guardian": "",
        "consent_case_management": "yes", "consent_health": "yes", "consent_volunteers": "yes", "consent_donors": "no",
        "phone_ok": "on", "from_hour": "9", "to_hour": "12", "letter_ok": "on", "number": "", "contact_note": "",
        "kind": "joint", "track": "full", "lead": str(actor.id), "official": str(official.id), "worker": str(actor.id),
        "token": "t" * 32, "m-TOTAL_FORMS": "1", "m-INITIAL_FORMS": "0",
    }  # fmt: skip
    return {**typed, **changes}
