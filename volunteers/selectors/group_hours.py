"""Hours of a partner's people and pupils: which days wait to be confirmed, and what a year comes to."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from hopecare.kernel import clock
from hopecare.kernel.access import Viewer
from volunteers.access import get_visible, visible_to
from volunteers.models import GroupHours, Partner, Portion, Pupil, Turn
from volunteers.states import PortionState

MOST_ROWS = 20


@dataclass(frozen=True)
class PupilSum:
    pupil: Pupil
    minutes: int

    @property
    def hours(self) -> float:
        return self.minutes / 60


@dataclass(frozen=True)
class GroupLedger:
    """`waiting`: (day, portions given on it) without a line; `lines`: newest first; sums are those of this year."""

    year: int
    minutes: int
    waiting: list[tuple[Turn, int]]
    lines: list[GroupHours]
    pupils: list[PupilSum]

    @property
    def hours(self) -> float:
        return self.minutes / 60


def ledger_of(viewer: Viewer, partner: Partner) -> GroupLedger:
    """What was confirmed for a partner this year, and what waits. Five queries."""
    today = clock.today()
    rows = visible_to(viewer, GroupHours).filter(turn__standing__partner=partner, turn__on__year=today.year)
    whole = rows.aggregate(whole=Sum("minutes"))["whole"] or 0
    of_pupils = dict(rows.exclude(pupil=None).values_list("pupil_id").annotate(Sum("minutes")).order_by())
    pupils = visible_to(viewer, Pupil).filter(pk__in=of_pupils, withdrawn_on=None).order_by("pk")
    lines = rows.select_related("turn__standing__service", "pupil", "recorded_by").order_by("-turn__on", "-pk")
    return GroupLedger(
        year=today.year,
        minutes=whole,
        waiting=_waiting(viewer, partner, today),
        lines=list(lines[:MOST_ROWS]),
        pupils=[PupilSum(pupil, of_pupils[pupil.pk]) for pupil in pupils],
    )


def turn_to_confirm(viewer: Viewer, turn_id: int) -> tuple[Turn, list[Pupil]]:
    """(the day, pupils with a consent that holds on it). Raises NotFound in the same words as missing."""
    turn = get_visible(viewer, Turn, named="turn", pk=turn_id, select=("standing__partner", "standing__service"))
    rows = visible_to(viewer, Pupil).filter(
        partner_id=turn.standing.partner_id, withdrawn_on=None, consent_on__lte=turn.on, consent_until__gte=turn.on
    )
    return turn, list(rows.order_by("pk")) if turn.standing.pupils else []


def _waiting(viewer: Viewer, partner: Partner, today: date) -> list[tuple[Turn, int]]:
    given = visible_to(viewer, Portion).filter(standing__partner=partner, state=PortionState.GIVEN, on__lte=today)
    counts = {(standing, on): many for standing, on, many in
              given.order_by().values_list("standing_id", "on").annotate(Count("pk"))}  # fmt: skip
    turns = visible_to(viewer, Turn).filter(standing__partner=partner, on__lte=today).filter(Q(hours=None))
    rows = turns.select_related("standing__service").order_by("-on")[: 2 * MOST_ROWS]
    return [(row, counts[row.standing_id, row.on]) for row in rows if (row.standing_id, row.on) in counts][:MOST_ROWS]
