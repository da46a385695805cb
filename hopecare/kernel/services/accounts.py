"""Accounts of staff and for whom they act: opened, re-confirmed every quarter, ended."""

import secrets
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.models import Affiliation, Organisation, Role, User, UserKind
from hopecare.kernel.permissions import Permission
from hopecare.kernel.selectors.accounts import confirmable


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


def open_account(*, by: Viewer, username: str, name: str, role: Role, organisation: Organisation) -> tuple[User, str]:
    """A member of staff with an initial password, which is told once and changed at the first log-in.

    Raises Impossible when the user name is taken.
    """
    password = secrets.token_urlsafe(15)
    with acting_as(by):
        if User.objects.filter(username=username).exists():
            raise errors.Impossible(errors.Problem("taken", _("This user name is taken."), "username"))
        user = User.objects.create_user(username, password, name=name, kind=UserKind.STAFF)
        today = clock.today()
        affiliation = Affiliation.objects.create(
            user=user, organisation=organisation, role=role, starts_on=today, confirmed_on=today
        )
        _note(by, affiliation, "account_opened")
    return user, password


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
