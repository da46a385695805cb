"""What somebody who holds a code may know (D2): one question to the database, days instead of hours, no outcome."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db import connection

from cases.access import visible_to
from cases.models import About, Report, Urgency
from hopecare.kernel import clock, codes, errors
from hopecare.kernel.access import Principal, acting_as, system

RECEIVED, BEING, LOOKED = "received", "being_looked_at", "looked_at"
ASSIGNED, VISITED, CLOSED, WITHDRAWN = "assigned", "visited", "closed", "withdrawn"
_STATUS = "select * from hc_report_status(%s)"
_KEPT_SECONDS = 600
_FACT_DAYS = 30


@dataclass(frozen=True)
class StatusStep:
    name: str
    on: date | None
    done: bool


@dataclass(frozen=True)
class Status:
    """Where a report stands. `about_self` decides between the two languages of a status; `promised_at` is what the
    reporter was told on the first day."""

    code: str
    about_self: bool
    steps: tuple[StatusStep, ...]
    received_at: datetime
    promised_at: datetime

    @property
    def current(self) -> int:
        """Index of the last step reached."""
        return max(index for index, step in enumerate(self.steps) if step.done)

    @property
    def name(self) -> str:
        return self.steps[self.current].name

    @property
    def updated_on(self) -> date:
        return max(step.on for step in self.steps if step.on is not None)


def status_of(typed: str) -> Status:
    """The status of the report with this code, however it was typed. Raises NotFound: wrong and missing are one."""
    code = codes.read(typed)
    if code is None:
        raise errors.NotFound()
    with connection.cursor() as cursor:
        cursor.execute(_STATUS, [code])
        row = cursor.fetchone()
    if row is None:
        raise errors.NotFound()
    about, state, received, promised, assigned, looked, closed, withdrawn = row
    about_self = about == "self"
    if withdrawn is not None or state == WITHDRAWN:
        steps = _steps((RECEIVED, received), (WITHDRAWN, withdrawn or received))
    elif about_self:
        steps = _steps((RECEIVED, received), (ASSIGNED, assigned), (VISITED, looked), (CLOSED, closed))
    else:
        steps = _for_others(received, assigned, looked or closed)
    return Status(code, about_self, steps, received, promised)


def _steps(*reached: tuple[str, datetime | None]) -> tuple[StatusStep, ...]:
    """Steps with their days; what came before the last one reached counts as done though it left no date."""
    last = max(index for index, (_, at) in enumerate(reached) if at is not None)
    return tuple(
        StatusStep(name, at.astimezone(clock.SEOUL).date() if at else None, index <= last)
        for index, (name, at) in enumerate(reached)
    )


def _for_others(received: datetime, assigned: datetime | None, looked: datetime | None) -> tuple[StatusStep, ...]:
    """The same three steps whatever was found. The second begins by itself, so that waiting tells nothing either."""
    begins = first_working_hour_after(received)
    being = min(moment for moment in (begins, assigned, looked) if moment is not None)
    return _steps((RECEIVED, received), (BEING, being if being <= clock.now() else None), (LOOKED, looked))


def first_working_hour_after(moment: datetime) -> datetime:
    """The next full hour at which somebody is at work."""
    local = moment.astimezone(clock.SEOUL)
    hour = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if clock.is_open(hour):
        return hour
    if clock.is_working_day(local.date()) and local.time() < clock.OPENS:
        return clock.at(local.date(), clock.OPENS)
    return clock.at(clock.next_working_day(local.date()), clock.OPENS)


def promises_kept() -> tuple[int, int]:
    """(looked at in time, promised) of the last thirty days; asked at most every ten minutes."""
    return _promises_kept(int(clock.now().timestamp()) // _KEPT_SECONDS)


@lru_cache(maxsize=1)
def _promises_kept(period: int) -> tuple[int, int]:
    until = clock.at(clock.today(), clock.OPENS)
    with connection.cursor() as cursor:
        cursor.execute("select kept, promised from hc_promises_kept(%s, %s)", [until - timedelta(_FACT_DAYS), until])
        row = cursor.fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


forget_promises = _promises_kept.cache_clear


@dataclass(frozen=True)
class JustReceived:
    """What the reporter told and was promised, for the page of thanks."""

    code: str
    about_self: bool
    town: str
    dangerous: bool
    received_at: datetime
    promised_at: datetime
    phone: str


def just_received(typed: str) -> JustReceived | None:
    """For a day after reception; None later. Raises NotFound."""
    code = codes.read(typed)
    if code is None:
        raise errors.NotFound()
    with acting_as(system(Principal.INTAKE, subject=code)) as viewer:
        report = visible_to(viewer, Report).select_related("town", "provider").filter(code=code).first()
    if report is None:
        raise errors.NotFound()
    if clock.now() - report.received_at > timedelta(days=1):
        return None
    return JustReceived(
        code,
        report.about == About.SELF,
        report.town.name if report.town else "",
        report.danger_words or report.urgency == Urgency.DANGER,
        report.received_at,
        report.promised_at,
        report.provider.phone,
    )
