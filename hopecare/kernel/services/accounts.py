"""Accounts of staff and for whom they act: opened, re-confirmed every quarter, ended."""

import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.models import Affiliation, Organisation, Role, Team, TeamMembership, User, UserKind
from hopecare.kernel.permissions import Permission
from hopecare.kernel.selectors.accounts import confirmable, movable, openable

#: A move may be written down before its day.
MOVES_AHEAD = timedelta(days=60)


def confirm_affiliation(*, by: Viewer, affiliation_id: int) -> Affiliation:
    """Somebody else than the person says that they still work here in this role; good for the next quarter."""
    with acting_as(by):
        affiliation = _of_colleague(by, affiliation_id)
        affiliation.confirmed_on = clock.today()
        affiliation.save(update_fields=["confirmed_on"])
        _note(by, affiliation, "affiliation_confirmed")
    return affiliation


def end_affiliation(*, by: Viewer, affiliation_id: int) -> Affiliation:
    """The person no longer works here: yesterday was the last day, so access ends now."""
    with acting_as(by):
        affiliation = _of_colleague(by, affiliation_id)
        affiliation.ends_on = clock.today() - timedelta(days=1)
        affiliation.save(update_fields=["ends_on"])
        _note(by, affiliation, "affiliation_ended")
    return affiliation


def open_account(
    *, by: Viewer, username: str, name: str, role: Role, organisation: Organisation, phone: str = "", teams: Any = ()
) -> tuple[User, str]:
    """A member of staff with a first password, told once and changed before the desk opens.

    Good until the next quarter's confirmation.

    Raises Forbidden, Impossible when the user name is taken or the role, organisation or team is not `by`'s to give.
    """
    password = secrets.token_urlsafe(12)
    with acting_as(by):
        _check_openable(by, role, organisation, teams)
        if User.objects.filter(username__iexact=username).exists():
            raise errors.Impossible(errors.Problem("taken", _("This user name is taken."), "username"))
        person = {"name": name, "phone": phone, "kind": UserKind.STAFF}
        user = User.objects.create_user(username, password, password_told=True, **person)
        today = clock.today()
        affiliation = Affiliation.objects.create(
            user=user, organisation=organisation, role=role, starts_on=today, confirmed_on=today
        )
        TeamMembership.objects.bulk_create(TeamMembership(team=team, user=user, starts_on=today) for team in teams)
        _note(by, affiliation, "account_opened")
    return user, password


def move_to_team(*, by: Viewer, affiliation_id: int, seat: int, team: Team, on: date) -> TeamMembership:
    """From one team of the organisation to another, from a day on; what the old team keeps, it keeps.

    Keys are worked out from the memberships of the day, request by request: nobody has to log in again.
    Raises NotFound, Forbidden, Impossible.
    """
    with acting_as(by):
        found = movable(by, affiliation_id)
        before = next((row for row in found.memberships if row.pk == seat), None) if found else None
        if found is None or before is None or before.ends_on is not None:
            raise errors.NotFound
        if not found.teams.filter(pk=team.pk).exists():
            raise errors.Impossible(errors.Problem("not_yours", _("This is not yours to give."), "team"))
        if not clock.today() <= on <= clock.today() + MOVES_AHEAD:
            raise errors.Impossible(errors.Problem("day", _("From today on, at most sixty days ahead."), "on"))
        _leave(before, on)
        after, _fresh = TeamMembership.objects.update_or_create(
            user=found.user, team=team, starts_on=on, defaults={"ends_on": None}
        )
        owners = [found.affiliation.organisation_id]
        moved = {"before": before.team.code, "after": team.code, "on": str(on)}
        audit.changed(by, "account", [found.user.pk], "team_moved", owners=owners, **moved)
    return after


def _leave(seat: TeamMembership, on: date) -> None:
    """The day before is the last one; a membership that would never have begun goes."""
    if seat.starts_on >= on:
        seat.delete()
    else:
        seat.ends_on = on - timedelta(days=1)
        seat.save(update_fields=["ends_on"])


def _check_openable(by: Viewer, role: Role, organisation: Organisation, teams: Iterable[Team]) -> None:
    allowed = openable(by)
    for rows, wanted, field in (
        (allowed.organisations, [organisation], "organisation"),
        (allowed.roles, [role], "role"),
        (allowed.teams, list(teams), "teams"),
    ):
        if rows.filter(pk__in=[row.pk for row in wanted]).count() != len(wanted):
            raise errors.Impossible(errors.Problem("not_yours", _("This is not yours to give."), field))


def _of_colleague(by: Viewer, affiliation_id: int) -> Affiliation:
    """Nobody confirms or ends their own; what is not ours to confirm is not there."""
    check(by, Permission.AFFILIATION_CONFIRM)
    affiliation: Affiliation | None = (
        confirmable(by).select_for_update(of=("self",)).filter(pk=affiliation_id).exclude(user_id=by.user_id).first()
    )
    if affiliation is None:
        raise errors.NotFound
    return affiliation


def _note(by: Viewer, affiliation: Affiliation, what: str) -> None:
    audit.changed(by, "account", [affiliation.user_id], what, owners=[affiliation.organisation_id])
