"""Who answers for a team when; what is not written down, nobody answers, and every page says so (D10)."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cases.models import DutyHour
from cases.rules import watching as rules
from cases.selectors.team import members_of
from cases.services.locking import actor
from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission


def write_hours(
    *,
    by: Viewer,
    team_id: int,
    user_id: int,
    weekdays: Iterable[int],
    from_hour: int,
    to_hour: int,
    holidays: bool = False,
    phone: str = "",
) -> int:
    """One colleague of the own team, on these weekdays between two full hours; returns how many rows are new.

    `phone`: a mobile that may ring them in those hours when nobody is in the office.
    """
    check(by, Permission.CASE_ASSESS)
    days = sorted(set(weekdays))
    problems = rules.duty_problems(days, from_hour, to_hour)
    if team_id not in by.team_ids:
        raise errors.NotFound("team", str(team_id))
    if not members_of(team_id).filter(pk=user_id).exists():
        problems.append(Problem("not_in_team", _("Choose a colleague of this team."), "user"))
    number = _normal(phone, problems)
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        row = DutyHour(
            team_id=team_id, user_id=user_id, from_hour=from_hour, to_hour=to_hour, holidays=holidays, phone=number
        )
        new = sum(_write(by, row, day) for day in days)
        audit.changed(by, "team", [team_id], "duty_written", owners=[by.organisation_id], user=user_id)
    return new


def _normal(phone: str, problems: list[Problem]) -> str:
    try:
        return phones.normal(phone)
    except phones.BadPhone:
        problems.append(Problem("bad_phone", _("This is not a telephone number."), "phone"))
    return ""


def _write(by: Viewer, wanted: DutyHour, day: int) -> bool:
    try:
        with transaction.atomic():
            DutyHour.objects.create(
                team_id=wanted.team_id,
                weekday=day,
                from_hour=wanted.from_hour,
                to_hour=wanted.to_hour,
                holidays=wanted.holidays,
                user_id=wanted.user_id,
                phone=wanted.phone,
                by_id=actor(by),
            )
    except IntegrityError:
        return False
    return True


def end_hours(*, by: Viewer, duty_id: int) -> None:
    """From now on nobody of this row answers; what was, stays written."""
    check(by, Permission.CASE_ASSESS)
    with acting_as(by):
        rows = DutyHour.objects.filter(pk=duty_id, team__in=by.team_ids, ended_at=None)
        if rows.update(ended_at=clock.now()):
            audit.changed(by, "team", list(by.team_ids), "duty_ended", owners=[by.organisation_id], duty=duty_id)
