"""The invented cast (data/cast.yaml): put into a demo city and into test databases, one member at a time or all.

Nobody of the cast has a password or a second factor; only the demo's one-click login lets them in.
"""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from hopecare.kernel import clock
from hopecare.kernel.cast import cast_data
from hopecare.kernel.models import Affiliation, Organisation, Role, Team, TeamMembership, User

JOINED_DAYS_AGO = 400
CONFIRMED_DAYS_AGO = 20


@transaction.atomic
def put_cast() -> dict[str, User]:
    """Everybody of the cast, by user name; needs the city and the roles. Repeating it updates, never doubles."""
    return {entry["username"]: put_member(entry["username"]) for entry in cast_data()["people"]}


@transaction.atomic
def put_member(username: str) -> User:
    """One member of the cast with affiliation and teams; raises KeyError when there is no such member."""
    entry = next((person for person in cast_data()["people"] if person["username"] == username), None)
    if entry is None:
        raise KeyError(username)
    user, created = User.objects.update_or_create(
        username=username, defaults={key: entry.get(key, "") for key in ("name", "kind", "phone")}
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    if "role" in entry:
        _affiliate(user, entry)
    return user


def _affiliate(user: User, entry: dict[str, Any]) -> None:
    today = clock.today()
    affiliation, _ = Affiliation.objects.get_or_create(
        user=user,
        organisation=_organisation(entry["organisation"]),
        role=Role.objects.get(code=entry["role"]),
        operator=_organisation(entry["operator"]) if "operator" in entry else None,
        defaults={"starts_on": _joined(today), "confirmed_on": today},
    )
    Affiliation.objects.filter(pk=affiliation.pk).update(confirmed_on=today - timedelta(days=CONFIRMED_DAYS_AGO))
    for code in entry.get("teams", []):
        TeamMembership.objects.get_or_create(
            user=user, team=Team.objects.get(code=code), defaults={"starts_on": _joined(today)}
        )


def _joined(today: date) -> date:
    return today - timedelta(days=JOINED_DAYS_AGO)


def _organisation(code: str) -> Organisation:
    """An organisation of the city, or one that the cast brings along."""
    brought = next((entry for entry in cast_data()["organisations"] if entry["code"] == code), None)
    if brought is None:
        return Organisation.objects.get(code=code)
    fields = {key: value for key, value in brought.items() if key != "code"}
    organisation, _ = Organisation.objects.update_or_create(code=code, defaults=fields)
    return organisation
