"""What the assessment page shows: grid, risks, weight, advice, ties; and how answers changed over time (R55, R45)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cases.models import (
    Case,
    CaseLock,
    CaseMember,
    Complexity,
    Consultation,
    NeedAnswer,
    Pregnancy,
    RiskFlag,
    Tie,
    Voice,
    VoiceKind,
)
from cases.rules import complexity
from cases.rules import needs as rules
from cases.selectors.approvals import accounts_by_role
from cases.selectors.case_page import Member, members_of, read_case
from cases.selectors.pregnancies import expected_in
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, check, get_visible, visible_to
from hopecare.kernel.models import Affiliation
from hopecare.kernel.permissions import Permission

_WEIGHTS_SHOWN = 6


@dataclass(frozen=True)
class Assessment:
    """`cells`, `asked_on`, `heard` by person id (None = household); `heard`: (own words, what they can offer).

    `weights`: the newest first. `advice`: open questions first, then what was answered.
    """

    case: Case
    members: list[Member]
    cells: Mapping[int | None, Mapping[str, rules.Cell]]
    asked_on: Mapping[int | None, date]
    heard: Mapping[int | None, tuple[str, str]]
    flags: list[RiskFlag]
    weights: list[Complexity]
    advice: list[Consultation]
    ties: list[Tie]
    expected: Mapping[int, Pregnancy]

    @property
    def score(self) -> int:
        return self.weights[0].score if self.weights else 0

    @property
    def critical(self) -> list[tuple[int | None, str]]:
        """(person id, category) of every cell that cannot wait for the rest of the grid."""
        return [
            (person, code)
            for person, row in self.cells.items()
            for code, cell in row.items()
            if rules.is_urgent([cell.value])
        ]

    @property
    def proposed(self) -> list[complexity.Specialist]:
        """Who should be asked for advice and was not asked yet."""
        asked = {row.specialist for row in self.advice}
        called = complexity.specialists_for(self.score, [flag.kind for flag in self.flags])
        return [complexity.specialists()[code] for code in called if code not in asked]


def assessment_of(viewer: Viewer, number: str) -> Assessment:
    """The assessment of a visible case, its read logged; private notes stay out (D4)."""
    case = read_case(viewer, number)
    cells, asked_on = cells_by_person(viewer, case)
    advice = visible_to(viewer, Consultation).filter(case=case).select_related("asked_by")
    return Assessment(
        case=case,
        members=members_of(viewer, case),
        cells=cells,
        asked_on=asked_on,
        heard=_heard(viewer, case),
        flags=flags_of(viewer, case),
        weights=list(visible_to(viewer, Complexity).filter(case=case).order_by("-at", "-pk")[:_WEIGHTS_SHOWN]),
        advice=sorted(advice, key=lambda row: (row.ended_at is not None, row.due_on, row.pk)),
        ties=ties_of(viewer, case),
        expected=expected_in(viewer, case),
    )


def cells_by_person(
    viewer: Viewer, case: Case
) -> tuple[dict[int | None, dict[str, rules.Cell]], dict[int | None, date]]:
    """The newest answer of every cell, and the day on which each person was asked last; one query."""
    rows = (
        visible_to(viewer, NeedAnswer)
        .filter(case=case)
        .order_by("person_id", "category_id", "-asked_at", "-pk")
        .distinct("person_id", "category_id")
        .values_list("person_id", "category__code", "answer", "severity", "pk", "asked_at")
    )
    cells: dict[int | None, dict[str, rules.Cell]] = {}
    asked_on: dict[int | None, date] = {}
    for person_id, code, answer, severity, pk, asked_at in rows:
        cells.setdefault(person_id, {})[code] = rules.Cell(rules.shown(answer, severity), pk)
        day = asked_at.astimezone(clock.SEOUL).date()
        asked_on[person_id] = max(day, asked_on.get(person_id, day))
    return cells, asked_on


def _heard(viewer: Viewer, case: Case) -> dict[int | None, tuple[str, str]]:
    rows = visible_to(viewer, Voice).filter(case=case).exclude(kind=VoiceKind.PRIVATE).order_by("at", "pk")
    heard: dict[int | None, dict[str, str]] = {}
    for person_id, kind, words in rows.values_list("person_id", "kind", "words"):
        heard.setdefault(person_id, {})[kind] = words
    return {
        person: (said.get(VoiceKind.OWN_WORDS, ""), said.get(VoiceKind.OFFER, "")) for person, said in heard.items()
    }


def flags_of(viewer: Viewer, case: Case) -> list[RiskFlag]:
    """Risks in force that this role may read, the heaviest first."""
    kinds = complexity.risk_kinds()
    rows = visible_to(viewer, RiskFlag).filter(case=case, ended_at=None).select_related("person", "by")
    return sorted(rows, key=lambda row: (-kinds[row.kind].weight if row.kind in kinds else 0, row.pk))


def flag_of(viewer: Viewer, case: Case, flag_id: int) -> RiskFlag:
    return get_visible(viewer, RiskFlag, named="risk", pk=flag_id, case=case)


def consultation_of(viewer: Viewer, case: Case, consultation_id: int) -> Consultation:
    check(viewer, Permission.CASE_ASSESS)
    return get_visible(viewer, Consultation, named="consultation", pk=consultation_id, case=case)


def advisers_of(viewer: Viewer, case: Case, specialist: str) -> list[int]:
    """Accounts of the team and of the case whose role gives such advice. Nobody is named to a colleague whom a lock
    keeps out, and of a protected person nobody is told at all (D5, D6)."""
    kind = complexity.specialists().get(specialist)
    if kind is None or not kind.roles or case.main_person.sealed:
        return []
    by_role = accounts_by_role(case.team_id)
    found = {account for role in kind.roles for account in by_role.get(role, ())}
    members = visible_to(viewer, CaseMember).filter(case=case, ends_on=None).values("user_id")
    roles = Affiliation.objects.filter(user__in=members, ends_on=None, role__code__in=kind.roles, user__is_active=True)
    found |= set(roles.values_list("user_id", flat=True))
    locked = visible_to(viewer, CaseLock).filter(case=case, ends_at=None).values_list("user_id", flat=True)
    return sorted(found - set(locked) - {viewer.user_id or 0})


def ties_of(viewer: Viewer, case: Case) -> list[Tie]:
    return list(visible_to(viewer, Tie).filter(case=case, ended_on=None).order_by("pk"))


def tie_of(viewer: Viewer, case: Case, tie_id: int) -> Tie:
    return get_visible(viewer, Tie, named="tie", pk=tie_id, case=case)


@dataclass(frozen=True)
class Answered:
    """One answer in a history: value as the grid writes it, phase as code."""

    on: date
    value: str
    phase: str


def answers_over_time(viewer: Viewer, case: Case) -> dict[int | None, dict[str, list[Answered]]]:
    """Person id (None = household) → category code → every answer, the oldest first; one query."""
    rows = (
        visible_to(viewer, NeedAnswer)
        .filter(case=case)
        .order_by("asked_at", "pk")
        .values_list("person_id", "category__code", "answer", "severity", "asked_at", "phase")
    )
    found: dict[int | None, dict[str, list[Answered]]] = {}
    for person_id, code, answer, severity, asked_at, phase in rows:
        one = Answered(asked_at.astimezone(clock.SEOUL).date(), rules.shown(answer, severity), phase)
        found.setdefault(person_id, {}).setdefault(code, []).append(one)
    return found
