"""Letters of givers: what waits to be read, one letter, those of a case. A worker meets no giver in them."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, When

from donations.access import get_visible, visible_to
from donations.models import Letter, LetterWay
from donations.states import LetterState
from hopecare.kernel import audit
from hopecare.kernel.access import Viewer

SHOWN = 100
#: Whoever gave stays out of what a worker is handed.
_HIDDEN = ("order", "payout")
_RELATED = ("case__main_person", "read_by")


@dataclass(frozen=True)
class Letters:
    """Those to be read, those to be handed over, then the latest others."""

    to_read: list[Letter]
    to_hand: list[Letter]
    others: list[Letter]


def letters(viewer: Viewer) -> Letters:
    """Of the viewer's cases, what waits before all others however old it is; one question, the looks are logged."""
    waits = Case(When(state=LetterState.WAITING, then=0), When(state=LetterState.PASSED, then=1), default=2)
    rows = list(_rows(viewer).order_by(waits, "-written_at", "-pk")[:SHOWN])
    _logged(viewer, rows)
    to_read = [row for row in rows if row.state == LetterState.WAITING][::-1]
    to_hand = [row for row in rows if row.state == LetterState.PASSED][::-1]
    first = {row.pk for row in (*to_read, *to_hand)}
    return Letters(to_read, to_hand, [row for row in rows if row.pk not in first])


def _rows(viewer: Viewer, **which: Any) -> Any:
    rows = visible_to(viewer, Letter).filter(way=LetterWay.GIVER, **which)
    return rows.select_related(*_RELATED).defer(*_HIDDEN)


def _logged(viewer: Viewer, rows: list[Letter]) -> None:
    if rows:
        audit.read(viewer, "letter", [row.pk for row in rows], owners={row.provider_id for row in rows})


def letter(viewer: Viewer, key: uuid.UUID) -> Letter:
    """One letter of a giver, its read logged; NotFound otherwise."""
    row = get_visible(viewer, Letter, named="letter", uuid=key, way=LetterWay.GIVER, select=_RELATED)
    _logged(viewer, [row])
    return row


def of_case(viewer: Viewer, case: Any) -> list[Letter]:
    """Newest first, without those whose words are gone."""
    rows = list(_rows(viewer, case=case).order_by("-written_at", "-pk")[:SHOWN])
    _logged(viewer, rows)
    return rows


def passed_on(viewer: Viewer, case: Any) -> list[Letter]:
    """What the person has not got yet, the oldest first."""
    rows = list(_rows(viewer, case=case, state=LetterState.PASSED).order_by("written_at", "pk")[:SHOWN])
    _logged(viewer, rows)
    return rows
