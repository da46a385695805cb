"""Trials are begun with what is expected and ended with what came of it (R11)."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Pilot
from cases.rules import pilots as rules
from cases.services.locking import actor
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.models import Organisation, Zone
from hopecare.kernel.permissions import Permission


@dataclass(frozen=True)
class Trial:
    """What is written down before it begins."""

    name: str
    expected: str
    measured_by: str
    house: Organisation
    starts_on: date | None
    ends_on: date | None
    zone: Zone | None = None


def begin(*, by: Viewer, trial: Trial) -> Pilot:
    """A new trial on the list. Raises Impossible where one of that name is there or something is missing."""
    check(by, Permission.COUNCIL_KEEP)
    told = {"name": trial.name.strip(), "expected": trial.expected.strip(), "measured_by": trial.measured_by.strip()}
    problems = rules.begin_problems(**told, starts_on=trial.starts_on, ends_on=trial.ends_on)
    if problems or trial.starts_on is None or trial.ends_on is None:
        raise errors.Impossible(*problems)
    term = {"starts_on": trial.starts_on, "ends_on": trial.ends_on, "zone": trial.zone, "house": trial.house}
    with acting_as(by):
        try:
            with transaction.atomic():
                row = Pilot.objects.create(**told, **term, by_id=actor(by))
        except IntegrityError as error:
            words = _("A trial of this name is there already.")
            raise errors.Impossible(errors.Problem("same_name", words, "name")) from error
        audit.changed(by, "pilot", [row.pk], "pilot_begun")
        return row


def end(*, by: Viewer, pilot_id: int, result: str, end: str, why: str) -> Pilot:
    """What came of it and whether it goes on, once; what had been expected stays as it was written."""
    check(by, Permission.COUNCIL_KEEP)
    with acting_as(by):
        row = Pilot.objects.select_for_update().filter(pk=pilot_id).first()
        if row is None:
            raise errors.NotFound("pilot", str(pilot_id))
        problems = rules.end_problems(result=result, why=why, starts_on=row.starts_on, today=clock.today())
        if row.decided_on is not None:
            problems = [errors.Problem("decided", _("This trial was decided on already."), "end")]
        if problems:
            raise errors.Impossible(*problems)
        row.result, row.end, row.why = result.strip(), end, why.strip()
        row.decided_on, row.decided_by_id = clock.today(), actor(by)
        row.save(update_fields=["result", "end", "why", "decided_on", "decided_by"])
        audit.changed(by, "pilot", [row.pk], "pilot_decided", end=end)
        return row
