"""Who answers for a team, by weekday and hour; openly nobody where nothing is written (D10)."""

from collections.abc import Iterable

from cases.models import DutyHour
from cases.rules.watching import Duty, on_duty
from hopecare.kernel import clock
from hopecare.kernel.models import City, Organisation, Team, TeamKind


def duty_rows(team_ids: Iterable[int]) -> list[DutyHour]:
    """What is in force now, by weekday and hour. One query."""
    rows = DutyHour.objects.filter(team__in=list(team_ids), ended_at=None).select_related("user", "team")
    return list(rows.order_by("team", "weekday", "from_hour", "pk"))


def hours_of(team_id: int) -> list[Duty]:
    return [fact(row) for row in duty_rows([team_id])]


def fact(row: DutyHour) -> Duty:
    return Duty(row.weekday, row.from_hour, row.to_hour, row.holidays, row.user_id, row.user.name, row.phone)


def answering(rows: Iterable[DutyHour]) -> dict[int, list[Duty]]:
    """Team → who answers at this moment."""
    by_team: dict[int, list[Duty]] = {}
    for row in rows:
        by_team.setdefault(row.team_id, []).append(fact(row))
    return {team: on_duty(clock.now(), hours, clock.holidays()) for team, hours in by_team.items()}


def teams_of(team_ids: Iterable[int]) -> list[Team]:
    return list(Team.objects.filter(pk__in=list(team_ids)).order_by("pk"))


def central_team() -> int | None:
    return Team.objects.filter(kind=TeamKind.CENTRAL).values_list("pk", flat=True).first()


def phone_of(provider: Organisation) -> str:
    """The number for replies and calls: the centre's, else the city's."""
    return provider.phone or City.objects.values_list("phone", flat=True).first() or ""
