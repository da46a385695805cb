"""Protections that fewer than two of the two can still see to, for whoever has a say over them and sees none (D5)."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from cases.models import KeeperNaming
from cases.selectors.colleagues import colleagues, own_heads_of
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import CENTRAL, Viewer, visible_to
from hopecare.kernel.models import Affiliation, Organisation, Team, User
from hopecare.kernel.permissions import Permission


@dataclass(frozen=True)
class Stuck:
    """A case with somebody protected: its number and whose it is, who saw the person, and who of them is at work."""

    case_id: int
    number: str
    team: Team
    provider: Organisation
    seers: list[User]
    at_work: frozenset[int]


def demand_say(viewer: Viewer) -> None:
    """Missing for whoever has no say over seals, as if there were no such page."""
    if not viewer.seals:
        raise errors.NotFound("protection", "")


def stuck(viewer: Viewer) -> list[Stuck]:
    """By number. The look is on record, and told to a lead who is still there, as every touch of such a case is."""
    demand_say(viewer)
    with connection.cursor() as cursor:
        cursor.execute("select * from hc_stuck_protections(%s, %s) order by number", [clock.today(), clock.now()])
        rows = cursor.fetchall()
    teams = Team.objects.in_bulk([row[2] for row in rows])
    houses = Organisation.objects.in_bulk([row[3] for row in rows])
    people = User.objects.in_bulk({user for row in rows for user in row[4]})
    if rows:
        owners = {row[3] for row in rows}
        audit.read(viewer, "case", [row[0] for row in rows], owners=owners, what="protections")
    return [
        Stuck(case_id, number, teams[team], houses[house], [people[one] for one in sorted(seers) if one in people],
              frozenset(at_work))
        for case_id, number, team, house, seers, at_work in rows
    ]  # fmt: skip


def stuck_case(viewer: Viewer, number: str) -> Stuck:
    found = next((one for one in stuck(viewer) if one.number == number), None)
    if found is None:
        raise errors.NotFound("protection", number)
    return found


def to_choose(viewer: Viewer, of: Stuck) -> QuerySet[User]:
    """The team's people who may see cases, the house's heads, and whoever still sees the person; not the viewer."""
    team = {one.user_id for one in colleagues([of.team.pk]) if one.may(Permission.CASE_VIEW)}
    ids = (team | set(own_heads_of([of.provider.pk])) | of.at_work) - {viewer.user_id}
    return User.objects.filter(pk__in=ids, is_active=True).order_by("name", "pk")


def asked(viewer: Viewer) -> list[KeeperNaming]:
    """Those that wait for an answer, the oldest first."""
    rows = visible_to(viewer, KeeperNaming).filter(agreed=None)
    return list(rows.select_related("provider", "lead", "deputy", "asked_by").order_by("asked_at"))


def numbers_of(viewer: Viewer) -> dict[int, str]:
    """Case → number of those that are still to be helped; the case itself is shut to whoever reads this."""
    return {one.case_id: one.number for one in stuck(viewer)}


def who_has_a_say(provider_id: int) -> set[int]:
    """Accounts of the central desk and the city hall that may seal, and the heads of this house."""
    today = clock.today()
    rows = Affiliation.objects.filter(
        starts_on__lte=today, user__is_active=True, role__permissions__permission=Permission.PERSON_SEAL
    ).exclude(ends_on__lt=today)
    central = Team.objects.filter(kind="central").values("code")
    desk = rows.filter(organisation__kind="city") | rows.filter(organisation__code__in=central)
    return {*desk.values_list("user_id", flat=True), *own_heads_of([provider_id])}


def privacy_officers() -> set[int]:
    today = clock.today()
    rows = Affiliation.objects.filter(starts_on__lte=today, role__code="privacy_officer", user__is_active=True)
    return set(rows.exclude(ends_on__lt=today).values_list("user_id", flat=True))


def asks_centrally(viewer: Viewer) -> bool:
    return viewer.seals == CENTRAL
