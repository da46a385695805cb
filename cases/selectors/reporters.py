"""Registered reporters: those of a team for the desk, and the one behind a telephone (K4)."""

from dataclasses import dataclass
from typing import Any

from cases.models import RegisteredReporter
from cases.rules import reports as rules
from cases.rules.reports import reporter_kinds
from hopecare.kernel import audit, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to


@dataclass(frozen=True)
class Reporter:
    """Who reports: kind (a code), name and the body they work for."""

    kind: str
    name: str
    body: str


@dataclass(frozen=True)
class Entry:
    """One line of the desk's list; `kind` is the row of data/reporter_kinds.yaml."""

    row: RegisteredReporter
    kind: dict[str, Any]


def danger_words() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """What a reporter's own telephone judges by without signal: number to ring, its words in Korean, in English."""
    return rules.danger_words()


def registered(by: Viewer) -> list[Entry]:
    """Those of the viewer's teams and organisation who report today, by body and name."""
    kinds = {kind["code"]: kind for kind in reporter_kinds()}
    rows = list(visible_to(by, RegisteredReporter).filter(ended_at=None).select_related("team"))
    audit.read(by, "reporter", [row.pk for row in rows], owners=[by.organisation_id])
    rows.sort(key=lambda row: (row.body, row.name))
    return [Entry(row, kinds[row.kind]) for row in rows if row.kind in kinds]


def reporter_of(phone: str) -> Reporter | None:
    """The registered reporter who owns this number in E.164, if there is one today."""
    for candidate in phones.candidates(phone):
        intake = system(Principal.INTAKE, subject=candidate)
        with acting_as(intake):
            row = visible_to(intake, RegisteredReporter).filter(phone_hash=candidate, ended_at=None).first()
        if row is not None:
            return Reporter(row.kind, row.name, row.body)
    return None
