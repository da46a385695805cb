"""Trials are begun with what is expected and ended with what came of it (R11)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Pilot, PilotFigure, PilotValue
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


@dataclass(frozen=True)
class Chosen:
    """A figure by which the trial is measured, with its value from before."""

    name: str
    unit: str
    hope: str
    before: Decimal
    before_on: date


def choose(*, by: Viewer, pilot_id: int, chosen: Chosen) -> PilotFigure:
    """One more figure, until the trial is decided on. Raises Impossible for one that is there, or tells of a few."""
    check(by, Permission.COUNCIL_KEEP)
    with acting_as(by):
        row = _undecided(pilot_id)
        problems = rules.figure_problems(
            name=chosen.name,
            unit=chosen.unit,
            before=chosen.before,
            before_on=chosen.before_on,
            starts_on=row.starts_on,
            today=clock.today(),
            many=row.figures.count(),
        )
        name = chosen.name.strip()
        if row.figures.filter(name=name).exists():
            problems.append(errors.Problem("same_name", _("This figure is chosen already."), "name"))
        if problems:
            raise errors.Impossible(*problems)
        told = {"unit": chosen.unit, "hope": chosen.hope, "before": chosen.before, "before_on": chosen.before_on}
        figure = PilotFigure.objects.create(pilot=row, name=name, **told, by_id=actor(by))
        audit.changed(by, "pilot", [row.pk], "pilot_figure", figure=figure.pk)
        return figure


def write(*, by: Viewer, pilot_id: int, figure_id: int, value: Decimal, on: date) -> PilotValue:
    """The figure on a day of the trial; one of the same day is replaced by it and stays in the table."""
    check(by, Permission.COUNCIL_KEEP)
    with acting_as(by):
        row = _undecided(pilot_id)
        figure = row.figures.filter(pk=figure_id).first()
        if figure is None:
            raise errors.NotFound("pilot", str(pilot_id))
        days = {"on": on, "starts_on": row.starts_on, "today": clock.today()}
        problems = rules.value_problems(unit=figure.unit, value=value, **days, many=figure.values.count())
        if problems:
            raise errors.Impossible(*problems)
        written = PilotValue.objects.create(figure=figure, value=value, on=on, by_id=actor(by))
        audit.changed(by, "pilot", [row.pk], "pilot_value", figure=figure.pk)
        return written


def _undecided(pilot_id: int) -> Pilot:
    """Under its lock: what is decided on is measured no more."""
    row = Pilot.objects.select_for_update().filter(pk=pilot_id).first()
    if row is None:
        raise errors.NotFound("pilot", str(pilot_id))
    if row.decided_on is not None:
        raise errors.Impossible(errors.Problem("decided", _("This trial was decided on already.")))
    return row
