"""Lists of companies and offices as the desk sees them: names only before they are sent, afterwards only how many."""

from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum

from donations.access import get_visible, visible_to
from donations.models import Invitation, Roster
from donations.rules.rosters import LEAST_TOLD, REASONS
from donations.states import InvitationState, RosterState
from hopecare.kernel import audit, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check_any, system
from hopecare.kernel.permissions import Permission

MAY = (Permission.GIVING_MANAGE, Permission.MONEY_VIEW)
SHOWN, SHOWN_PEOPLE = 60, 200


@dataclass(frozen=True)
class Row:
    """One list: how many were asked, how many began an account and what they give a month.

    None where fewer than five said yes: nobody shall work out who (R64).
    """

    roster: Roster
    asked: int
    waiting: int
    accepted: int | None
    won: int | None


@dataclass(frozen=True)
class Page:
    row: Row
    people: list[Invitation]
    refused: list[tuple[int, str]] = field(default_factory=list)


_ACCEPTED = Q(state=InvitationState.ACCEPTED)


def rosters(viewer: Viewer, **which: int) -> list[Row]:
    """The centre's lists (the accountant: all), newest first, in three queries."""
    check_any(viewer, *MAY)
    found = visible_to(viewer, Roster).filter(**which).select_related("fund", "provider", "made_by", "sent_by")
    rows = list(found.order_by("-pk")[:SHOWN])
    counted = visible_to(viewer, Invitation).filter(roster__in=rows).values("roster_id")
    sums = {
        one["roster_id"]: one
        for one in counted.annotate(
            asked=Count("pk"),
            waiting=Count("pk", filter=Q(state=InvitationState.WAITING)),
            accepted=Count("pk", filter=_ACCEPTED),
        )
    }
    units = _units([row.pk for row in rows])
    return [_row(row, sums.get(row.pk, {}), units.get(row.pk, 0)) for row in rows]


def _units(ids: list[int]) -> dict[int, int]:
    """Accounts that stand today, by list; the centre's people read no account themselves."""
    with acting_as(system(Principal.GIVING)):
        rows = Invitation.objects.filter(_ACCEPTED, roster__in=ids).exclude(pledge__state="stopped")
        return dict(rows.values_list("roster_id").annotate(units=Sum("pledge__units")))


def _row(roster: Roster, sums: dict[str, int], units: int) -> Row:
    accepted = sums.get("accepted", 0)
    enough = accepted >= LEAST_TOLD
    return Row(
        roster,
        sums.get("asked", 0),
        sums.get("waiting", 0),
        accepted if enough else None,
        units * 5_000 if enough else None,
    )


def one(viewer: Viewer, roster_id: int) -> Page:
    """One list, its read logged; its people only while nobody was written to. NotFound for another centre's."""
    check_any(viewer, *MAY)
    found = get_visible(viewer, Roster, named="roster", pk=roster_id)
    audit.read(viewer, "roster", [found.pk], owners=[found.provider_id])
    row = rosters(viewer, pk=found.pk)[0]
    people = visible_to(viewer, Invitation).filter(roster=found).order_by("pk")
    shown = list(people[:SHOWN_PEOPLE]) if found.state == RosterState.DRAFT else []
    return Page(row, shown, [(line, str(REASONS[reason])) for line, reason in found.refused if reason in REASONS])


def by_code(typed: str) -> Invitation:
    """What the person's own code opens; a wrong one and one that was not sent are answered like a missing one."""
    code = codes.read(typed)
    with acting_as(system(Principal.GIVING)):
        related = ("roster__fund__receiver__organisation", "roster__fund__receiver__centre", "pledge")
        rows = Invitation.objects.select_related(*related).filter(roster__state=RosterState.SENT)
        row = rows.filter(code=code).first() if code else None
        if row is None:
            raise errors.NotFound("invitation", "")
        return row
