"""Cases in which somebody needs what a word says: a category of the city, a service, or how people speak of one."""

import re
from functools import cache
from pathlib import Path

import yaml
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from cases.models import Action, Case, NeedAnswer
from cases.rules.checks import data
from cases.selectors import catalogue
from cases.states import ActionState
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Category, Service

OPEN = (ActionState.OPEN, ActionState.DOING, ActionState.OFFERED, ActionState.BOOKED)
_PARTS = re.compile(r"[·,/()\s]+")


@cache
def _spoken() -> dict[str, tuple[str, ...]]:
    path = Path(__file__).resolve().parent.parent / "data" / "need_words.yaml"
    return {code: tuple(words) for code, words in yaml.safe_load(path.read_text()).items()}


def cases_in_need(viewer: Viewer, line: str, *, most: int) -> list[int]:
    """Open cases with an open need of the category that is meant, or an open task of the service; [] for other words.

    Answers and tasks are read through their own predicates: a section that is closed to the role finds nothing.
    """
    word = " ".join(line.split()).casefold()
    if len(word) < (2 if word[:1] >= "가" else 4):
        return []
    categories, services = _meant(word)
    if not categories and not services:
        return []
    wanted = Q(Exists(_needs(viewer, categories))) | Q(Exists(_tasks(viewer, services)))
    rows = visible_to(viewer, Case).filter(wanted, closed_at=None, main_person__sealed=False)
    return list(rows.order_by("-updated_at", "-pk").values_list("pk", flat=True)[:most])


def _meant(word: str) -> tuple[list[int], list[int]]:
    """Keys of categories and services that the word names or begins to name, in either language."""
    spoken = _spoken()
    meant = [row.pk for row in catalogue.categories() if _begins(row, word) or word in spoken.get(row.code, ())]
    return meant, [row.pk for row in catalogue.services() if row.active and _begins(row, word)]


def _begins(row: Category | Service, word: str) -> bool:
    names = (row.name_ko, row.name_en.casefold())
    return any(part.startswith(word) for name in names for part in (name, *_PARTS.split(name)))


def _needs(viewer: Viewer, categories: list[int]) -> QuerySet[NeedAnswer]:
    """The newest answer of a cell is severe; older ones count no more."""
    rows = visible_to(viewer, NeedAnswer).filter(category__in=categories).annotate(who=Coalesce("person_id", 0))
    newer = rows.filter(
        case_id=OuterRef("case_id"), category_id=OuterRef("category_id"), who=OuterRef("who"),
        asked_at__gt=OuterRef("asked_at"),
    )  # fmt: skip
    severe = rows.filter(case_id=OuterRef("pk"), severity__gte=data()["omission"]["severe_from"])
    return severe.filter(~Exists(newer))


def _tasks(viewer: Viewer, services: list[int]) -> QuerySet[Action]:
    return visible_to(viewer, Action).filter(case_id=OuterRef("pk"), service__in=services, state__in=OPEN)
