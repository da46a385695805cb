"""Who works in a team, for whom, and what their role allows: for pickers, leads and the climbing of alarms."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import get_language

from hopecare.kernel import clock
from hopecare.kernel.models import Affiliation, Organisation, OrganisationKind, Team, TeamKind
from hopecare.kernel.permissions import Permission

_PUBLIC = (OrganisationKind.CITY.value, OrganisationKind.TOWN_OFFICE.value)
_IN_TEAM = """
select distinct on (u.id) u.id, u.name, u.phone, o.id, o.name_ko, o.name_en, o.kind, o.tells,
       array(select p.permission from kernel_rolepermission p where p.role_id = a.role_id)
from kernel_teammembership m
join kernel_user u on u.id = m.user_id and u.is_active
join kernel_affiliation a on a.user_id = u.id and a.starts_on <= %(today)s
                         and (a.ends_on is null or a.ends_on >= %(today)s)
join kernel_organisation o on o.id = a.organisation_id
where m.team_id = any(%(teams)s) and m.starts_on <= %(today)s and (m.ends_on is null or m.ends_on >= %(today)s)
order by u.id, a.id
"""


@dataclass(frozen=True)
class Colleague:
    """A member of a team in the affiliation that is in force; `is_public` = acts for the city or a town office."""

    user_id: int
    name: str
    phone: str
    organisation_id: int
    organisation_ko: str
    organisation_en: str
    is_public: bool
    permissions: frozenset[str]
    tells: str = ""

    @property
    def organisation(self) -> str:
        return self.organisation_ko if (get_language() or "ko").startswith("ko") else self.organisation_en

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


def colleagues(team_ids: Iterable[int]) -> list[Colleague]:
    """Everybody of the teams, by name; one query. Public reference data of the organisation, no viewer needed."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_TEAM, {"teams": list(team_ids), "today": clock.today()})
        found = [_colleague(row) for row in cursor.fetchall()]
    return sorted(found, key=lambda colleague: (colleague.name, colleague.user_id))


def _colleague(row: tuple[Any, ...]) -> Colleague:
    user, name, phone, organisation, name_ko, name_en, kind, tells, permissions = row
    return Colleague(user, name, phone, organisation, name_ko, name_en, kind in _PUBLIC, frozenset(permissions), tells)


def heads_of(organisation_id: int) -> list[int]:
    """Who hears of what climbs in this organisation: its heads; for a town office, which has none, the central one's.

    An alarm that nobody is there to hear is none (K7, K9).
    """
    own = own_heads_of([organisation_id])
    if own or not Organisation.objects.filter(pk=organisation_id, kind__in=_PUBLIC).exists():
        return own
    central = Team.objects.filter(kind=TeamKind.CENTRAL).values("code")
    return own_heads_of(Organisation.objects.filter(code__in=central).values_list("pk", flat=True))


def own_heads_of(organisation_ids: Iterable[int]) -> list[int]:
    """Accounts that head one of these organisations today."""
    today = clock.today()
    rows = Affiliation.objects.filter(
        organisation_id__in=list(organisation_ids), role__code="centre_head", starts_on__lte=today, user__is_active=True
    ).exclude(ends_on__lt=today)
    return sorted(set(rows.values_list("user_id", flat=True)))
