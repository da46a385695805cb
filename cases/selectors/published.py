"""The needs that givers may see, and what a worker sees of them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from cases.models import Case, PublishedNeed
from cases.rules import publishing as rules
from hopecare.kernel import clock
from hopecare.kernel.access import Principal, Viewer, visible_to
from hopecare.kernel.models import Category, Ground, GroundPurpose, Service, Town, Zone


@dataclass(frozen=True)
class NeedCard:
    """One need as a giver sees it: nothing in it leads to a person (D1). `place` is the zone, or the town where the
    giver is known to be of another one.

    `wanted_by`: the last day on which gifts help; in its last week it is urgent. `closed_for`: why it is not shown any
    more (met, withdrawn, late, case), empty while it is open.
    """

    uuid: uuid.UUID
    words: str
    category: Category
    service: Service
    zone: Zone
    town: Town | None
    ages: tuple[int, int] | None
    target_won: int
    urgent: bool
    centre_id: int
    open: bool
    wanted_by: date | None = None
    wish: bool = False
    closed_for: str = ""

    @property
    def place(self) -> str:
        return self.town.name if self.town else self.zone.name


def published_needs(
    viewer: Viewer, *, donor_town_id: int | None = None, uuids: Iterable[uuid.UUID] | None = None
) -> list[NeedCard]:
    """Needs that are shown now, the most urgent first, then the nearest day, then the oldest; with `uuids`, those, open
    or closed.

    A giver of the same town sees the zone only (D1), and so does whoever has told no town: it may be the same one.
    """
    rows = _rows(viewer)
    if uuids is None:
        rows = rows.filter(closed_at=None, shown_from__lte=clock.now())
    else:
        rows = rows.filter(uuid__in=list(uuids))
    cards = [_card(row, donor_town_id) for row in rows.order_by("shown_from", "pk")]
    return sorted(cards, key=lambda card: (not card.urgent, card.wanted_by or date.max))


def _rows(viewer: Viewer) -> QuerySet[PublishedNeed]:
    rows = PublishedNeed.objects.all() if viewer.principal == Principal.GIVING else visible_to(viewer, PublishedNeed)
    return rows.select_related("category", "service", "zone", "town")


def _card(row: PublishedNeed, donor_town_id: int | None) -> NeedCard:
    ages = (row.age_from, row.age_to) if row.age_from is not None and row.age_to is not None else None
    return NeedCard(
        uuid=row.uuid,
        words=row.words,
        category=row.category,
        service=row.service,
        zone=row.zone,
        town=row.town if donor_town_id not in (None, row.town_id) else None,
        ages=ages,
        target_won=row.target_won,
        urgent=row.urgent or rules.is_near(row.wanted_by, clock.today()),
        centre_id=row.provider_id,
        open=row.closed_at is None and row.shown_from <= clock.now(),
        wanted_by=row.wanted_by,
        wish=rules.is_wish(row.service.code),
        closed_for=row.close_reason,
    )


@dataclass(frozen=True)
class NeedKeys:
    """Whose need it is, for a row that hangs on its case."""

    case_id: int
    team_id: int
    provider_id: int
    closed_for: str


def keys_of_need(viewer: Viewer, key: uuid.UUID) -> NeedKeys | None:
    """For the principal that moves gifts, and whoever may see the need."""
    row = _rows(viewer).filter(uuid=key).first()
    return NeedKeys(row.case_id, row.team_id, row.provider_id, row.close_reason) if row else None


def needs_of_case(viewer: Viewer, case: Case) -> list[PublishedNeed]:
    rows = visible_to(viewer, PublishedNeed).filter(case=case).select_related("category", "approved_by", "town", "zone")
    return list(rows.order_by("-approved_at"))


def standing_needs_of(viewer: Viewer, **which: Any) -> list[uuid.UUID]:
    """Uuids of needs that are open, or met and may still hold money, of a `case_id` or a `main_person_id`."""
    rows = PublishedNeed.objects.filter(Q(closed_at=None) | Q(close_reason="met"), **which)
    return list(rows.values_list("uuid", flat=True))


def alike(town_id: int, born: tuple[date, date], sex: str, *, alone: bool) -> int:
    """How many people of the town share sex, age band and whether they live alone; a count, nobody is named."""
    with connection.cursor() as cursor:
        cursor.execute("select hc_alike(%s, %s, %s, %s, %s)", [town_id, *born, sex, alone])
        return int(cursor.fetchone()[0])


def agreed_to_givers(case: Case) -> bool:
    """Whether the main person agreed that givers read of the need; the newest ground counts (K6)."""
    today = clock.today()
    rows = Ground.objects.filter(person_id=case.main_person_id, purpose=GroundPurpose.DONORS)
    ground = rows.order_by("-recorded_at", "-pk").first()
    if ground is None or not ground.given:
        return False
    return ground.starts_on <= today and (ground.ends_on is None or ground.ends_on >= today)
