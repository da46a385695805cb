"""Intakes as the desk reads them: what waits, one with everything that was told, and who it may be (R7, D17)."""

from dataclasses import dataclass

from cases.access import intake_for
from cases.models import Case, Intake, UrgentRequest
from cases.selectors.likeness import Asked, Likeness, alike
from cases.states import IntakeState
from hopecare.kernel import audit, clock, phones
from hopecare.kernel.access import Viewer, visible_to

SHOWN = 60


@dataclass(frozen=True)
class Waiting:
    """The list: open ones by promise, then what was settled in the last days, the newest first."""

    open: list[Intake]
    done: list[Intake]

    @property
    def late(self) -> int:
        return sum(1 for intake in self.open if intake.promised_at < clock.now())


def waiting(viewer: Viewer) -> Waiting:
    """Two queries, reads logged as one row."""
    rows = visible_to(viewer, Intake).select_related("town", "case", "typed_by")
    open_ones = list(rows.filter(state=IntakeState.OPEN).order_by("promised_at", "pk")[:SHOWN])
    done = list(rows.exclude(state=IntakeState.OPEN).order_by("-done_at", "-pk")[:15])
    shown = [*open_ones, *done]
    audit.read(viewer, "intake", [row.pk for row in shown], owners={row.provider_id for row in shown}, what="list")
    return Waiting(open_ones, done)


@dataclass(frozen=True)
class Detail:
    """One intake; telephones as one dials them."""

    intake: Intake
    phone: str
    caller_phone: str
    likes: Likeness
    urgent: UrgentRequest | None = None


def detail(viewer: Viewer, number: str) -> Detail:
    """Everything that was told, and — while it is open — who it may be."""
    intake = intake_for(viewer, number)
    likes = Likeness()
    if intake.state == IntakeState.OPEN and (intake.name or intake.phone):
        born = None if intake.birth_year_only else intake.birth_date
        year = intake.birth_date.year if intake.birth_date else None
        likes = alike(viewer, Asked(intake.name, born, year, intake.phone))
    shown = phones.shown(intake.phone) if intake.phone else ""
    asked = visible_to(viewer, UrgentRequest).filter(intake=intake).select_related("from_organisation").first()
    return Detail(intake, shown, phones.shown(intake.caller_phone) if intake.caller_phone else "", likes, asked)


def of_case(viewer: Viewer, case: Case) -> list[Intake]:
    return list(visible_to(viewer, Intake).filter(case=case).order_by("received_at", "pk"))
