"""From an account to a `Viewer`: affiliation, role, permissions, teams and exceptions, in one query."""

from functools import cache
from typing import Any

from django.utils.translation import get_language

from hopecare.kernel import clock
from hopecare.kernel.access import NO_REACH, Reach, Viewer, reach_query
from hopecare.kernel.models import Affiliation
from hopecare.kernel.permissions import Permission
from hopecare.kernel.statements import Statement, ask, statement

#: An affiliation rests when nobody has re-confirmed it for a quarter (and a fortnight of grace).
CONFIRM_DAYS = 92 + 14

_IN_FORCE = """
from kernel_affiliation a
join kernel_organisation o on o.id = a.organisation_id
join kernel_role r on r.id = a.role_id
where a.user_id = %(user)s and a.starts_on <= %(today)s and (a.ends_on is null or a.ends_on >= %(today)s)
  and a.confirmed_on >= %(today)s::date - %(confirm)s::int
  and (a.operator_id is null or exists (
       select 1 from kernel_operatorcontract c join kernel_facility f on f.id = c.facility_id
       where f.organisation_id = a.organisation_id and c.operator_id = a.operator_id
         and c.starts_on <= %(today)s and (c.ends_on is null or c.ends_on >= %(today)s)))
"""
_AFFILIATIONS = statement(f"select a.id {_IN_FORCE}")


@cache
def _viewer() -> Statement:
    """Made at the first use, when the app that knows of exceptions has said how they are read."""
    return statement(f"""
select o.id, o.name_ko, o.name_en, o.central, o.code, o.role_ko, o.role_en,
       array(select p.permission from kernel_rolepermission p where p.role_id = o.role_id),
       array(select m.team_id::int from kernel_teammembership m
             where m.user_id = %(user)s and m.starts_on <= %(today)s and (m.ends_on is null or m.ends_on >= %(today)s)),
       r.*
from (
  select o.id, o.name_ko, o.name_en, o.kind = 'city' or exists (
           select from kernel_team t where t.kind = 'central' and t.code = o.code) as central,
         r.id as role_id, r.code, r.name_ko as role_ko, r.name_en as role_en
  {_IN_FORCE}
  order by (a.id = %(chosen)s) desc, a.id
  limit 1
) o cross join lateral ({reach_query()}) r
""")


def _in_force(user: Any) -> dict[str, Any]:
    now = clock.now()
    return {"user": user.pk, "now": now, "today": now.date(), "confirm": CONFIRM_DAYS}


def affiliations_of(user: Any) -> list[Affiliation]:
    """The affiliations of an account that are in force today, with organisation and role; oldest first."""
    ids = [key for (key,) in ask(_AFFILIATIONS, _in_force(user))]
    return list(Affiliation.objects.filter(pk__in=ids).select_related("organisation", "role").order_by("pk"))


def viewer_of(user: Any, *, affiliation_id: int | None = None, source_address: str | None = None) -> Viewer:
    """The viewer of an account acting in one affiliation (the chosen one, else the first that is in force).

    An account without an affiliation in force is a viewer without permissions and keys: it sees no private row.
    Teams and provider keys are given only to roles that may view cases, so that other roles hold nothing (D11).
    """
    rows = ask(_viewer(), {**_in_force(user), "chosen": affiliation_id or 0})
    if not rows:
        return Viewer(user_id=user.pk, name=user.name, source_address=source_address)
    organisation, organisation_ko, organisation_en, central, role, role_ko, role_en, permissions, teams, *reached = (
        rows[0]
    )
    korean = (get_language() or "ko").startswith("ko")
    sees_cases = Permission.CASE_VIEW in permissions
    reach = Reach(*(tuple(ids) for ids in reached)) if sees_cases else NO_REACH
    return Viewer(
        user_id=user.pk,
        name=user.name,
        organisation_id=organisation,
        organisation_name=organisation_ko if korean else organisation_en,
        central=central,
        role=role,
        role_name=role_ko if korean else role_en,
        permissions=frozenset(permissions),
        team_ids=tuple(teams) if sees_cases else (),
        provider_ids=(organisation,) if Permission.CASE_VIEW_ORGANISATION in permissions else (),
        case_ids=reach.cases,
        reach=reach,
        source_address=source_address,
    )
