"""Pregnancies as far as the viewer reads the section of health."""

from collections.abc import Iterable

from cases.models import Case, Pregnancy
from hopecare.kernel.access import Viewer, visible_to


def expected_in(viewer: Viewer, case: Case) -> dict[int, Pregnancy]:
    """Person id → the pregnancy that is open. One query."""
    return {row.person_id: row for row in visible_to(viewer, Pregnancy).filter(case=case, ended_on=None)}


def of_people(viewer: Viewer, ids: Iterable[int]) -> list[Pregnancy]:
    """All that is on record under any of their records, the newest first."""
    return list(visible_to(viewer, Pregnancy).filter(person_id__in=list(ids)).order_by("-since", "-pk"))
