"""Whom to ring: every team with its people at work today, their house, role and number, and who stands in for whom."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from cases.models import Cover
from cases.selectors.duty import answering, duty_rows
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.permissions import Permission
from hopecare.kernel.statements import ask, statement
from hopecare.kernel.viewers import CONFIRM_DAYS

_AT_WORK = statement("""
select distinct on (t.kind = 'town', z.id, t.id, r.id, u.name, u.id)
       t.id, t.name_ko, t.name_en, u.id, u.name, u.phone, o.name_ko, o.name_en, o.phone, r.name_ko, r.name_en
from kernel_team t left join kernel_zone z on z.id = t.zone_id
join kernel_teammembership m on m.team_id = t.id and m.starts_on <= %(today)s
  and (m.ends_on is null or m.ends_on >= %(today)s)
join kernel_user u on u.id = m.user_id and u.is_active
join kernel_affiliation a on a.user_id = u.id and a.starts_on <= %(today)s
  and (a.ends_on is null or a.ends_on >= %(today)s)
  and a.confirmed_on >= %(today)s::date - %(confirm)s::int
join kernel_organisation o on o.id = a.organisation_id join kernel_role r on r.id = a.role_id
order by t.kind = 'town', z.id nulls first, t.id, r.id, u.name, u.id, a.id
""")


@dataclass(frozen=True)
class AtWork:
    """Somebody of a team. `phone` is the own work number, else the house's; `away`: who stands in, and until
    when; `answers`: this is their hour of duty."""

    user_id: int
    name: str
    role: str
    house: str
    phone: str
    away: tuple[str, Any] | None = None
    answers: bool = False


@dataclass(frozen=True)
class TeamAtWork:
    name: str
    people: list[AtWork]


def at_work(viewer: Viewer, line: str = "") -> list[TeamAtWork]:
    """All teams, the town offices last; `line`: a part of a name, a house, a role or a team. Absences are told of the
    own organisation alone, where they were arranged."""
    check(viewer, Permission.CASE_VIEW)
    now, korean = clock.now(), (get_language() or "ko").startswith("ko")
    covers = visible_to(viewer, Cover).filter(starts_at__lte=now, ends_at__gte=now).select_related("cover")
    away = {row.absent_id: (row.cover.name, row.ends_at) for row in covers}
    teams: dict[int, TeamAtWork] = {}
    words = line.casefold().split()
    rows = ask(_AT_WORK, {"today": clock.today(), "confirm": CONFIRM_DAYS})
    duty = answering(duty_rows({row[0] for row in rows}))
    answer = {(team, one.user_id) for team, hours in duty.items() for one in hours}
    for row in rows:
        team, team_ko, team_en, user, name, phone, house_ko, house_en, house_phone, role_ko, role_en = row
        house, role = (house_ko, role_ko) if korean else (house_en, role_en)
        title = team_ko if korean else team_en
        if all(word in f"{title} {name} {house} {role}".casefold() for word in words):
            found = teams.setdefault(team, TeamAtWork(title, []))
            found.people.append(
                AtWork(user, name, role, house, phone or house_phone, away.get(user), (team, user) in answer)
            )
    return list(teams.values())
