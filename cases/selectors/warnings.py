"""What whoever goes to a household is told before: what it is, since when, from whom, until when to look again (D10).

Read by the permission for what each says. Whoever may not read one is told to ring the lead first, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, Value
from django.utils.translation import get_language

from cases.models import Case, RiskFlag, StopPerson, Visit
from cases.rules.complexity import risk_kinds, warning_kinds
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to


@dataclass(frozen=True)
class Warned:
    """One warning that the viewer may read. `discreet`: its kind is for the viewer's eyes, not for a paper (D4)."""

    label_ko: str
    label_en: str
    who: str
    words: str
    since: date
    by: str
    check_on: date | None
    discreet: bool

    @property
    def label(self) -> str:
        return self.label_ko if (get_language() or "ko").startswith("ko") else self.label_en

    @property
    def is_old(self) -> bool:
        return self.check_on is not None and self.check_on < clock.today()


@dataclass(frozen=True)
class Warnings:
    """`told` to this viewer; `ring`: there is one that the viewer may not read, so the lead is rung before."""

    told: tuple[Warned, ...] = ()
    ring: bool = False

    def __bool__(self) -> bool:
        return self.ring or bool(self.told)

    @property
    def on_paper(self) -> tuple[Warned, ...]:
        return tuple(one for one in self.told if not one.discreet)

    @property
    def ring_by_paper(self) -> bool:
        """A paper gets lost: what it may not say it leaves to the lead."""
        return self.ring or any(one.discreet for one in self.told)


def flag_keys(case: str) -> Func:
    """Keys of every warning in force on the case of that column, whoever may read which."""
    kinds = Value(",".join(warning_kinds()))
    keys: Any = ArrayField(BigIntegerField())
    return Func(F(case), kinds, function="hc_door_warnings", output_field=keys)


def of_case(viewer: Viewer, case: Case) -> Warnings:
    """For the page of a case that the viewer may see."""
    keys = visible_to(viewer, Case).filter(pk=case.pk).values_list(flag_keys("pk"), flat=True).first()
    return warnings(viewer, {case.pk: keys or ()}).get(case.pk, Warnings())


def attach(viewer: Viewer, visits: Iterable[Visit | StopPerson]) -> None:
    """`.warnings` of each visit or of each to see on a round, read with `warned=flag_keys(…)`; one query, and none
    where nobody is warned of anything."""
    rows: list[Any] = list(visits)
    found = warnings(viewer, {row.case_id: row.warned or () for row in rows if row.case_id})
    for row in rows:
        row.warnings = found.get(row.case_id, Warnings())


def warnings(viewer: Viewer, keys: Mapping[int, Sequence[int]]) -> dict[int, Warnings]:
    """By case. `keys`: of every warning in force on it."""
    wanted = [key for of_one in keys.values() for key in of_one]
    if not wanted:
        return {}
    rows = visible_to(viewer, RiskFlag).filter(pk__in=wanted).select_related("person", "by")
    told: dict[int, list[Warned]] = {}
    for row in rows.order_by("-raised_at", "pk"):
        told.setdefault(row.case_id, []).append(_warned(row))
    return {
        case_id: Warnings(tuple(told.get(case_id, ())), len(told.get(case_id, ())) < len(of_one))
        for case_id, of_one in keys.items()
        if of_one
    }


def _warned(row: RiskFlag) -> Warned:
    kind = risk_kinds()[row.kind]
    return Warned(
        label_ko=kind.name_ko,
        label_en=kind.name_en,
        who=row.person.name if row.person else "",
        words=row.words,
        since=row.raised_at.astimezone(clock.SEOUL).date(),
        by=row.by.name,
        check_on=row.check_on,
        discreet=bool(row.section) or not kind.hazard,
    )
