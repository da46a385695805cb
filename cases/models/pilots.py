"""What the city and its partners try out: what they expect, until when, what came of it, whether it goes on (R11)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import clock
from hopecare.kernel.models import Organisation, User, Zone


class PilotEnd(models.TextChoices):
    KEEP = "keep", _("It stays, for everybody")
    CHANGE = "change", _("It is tried once more, changed")
    STOP = "stop", _("It stops")


class Pilot(models.Model):
    """A trial with an end. `expected` and `measured_by` are written before it begins and never change; `result`, `end`
    and `why` come together, once. Without a zone it concerns the whole city."""

    name = models.CharField(max_length=80, unique=True)
    expected = models.TextField(max_length=1000)
    measured_by = models.TextField(max_length=1000)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    house = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", help_text="who tries it")
    starts_on = models.DateField()
    ends_on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    result = models.TextField(max_length=2000, blank=True)
    end = models.CharField(max_length=6, choices=PilotEnd, blank=True)
    why = models.TextField(max_length=1000, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["decided_on", "ends_on"], name="pilot_waits")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="pilot_in_order"),
            models.CheckConstraint(
                condition=Q(decided_on=None, decided_by=None, end="", result="", why="")
                | Q(decided_on__isnull=False, decided_by__isnull=False) & ~Q(end="") & ~Q(result="") & ~Q(why=""),
                name="pilot_decided_with_result_and_reason",
            ),
        ]


class FigureUnit(models.TextChoices):
    PERCENT = "percent", _("percent")
    COUNT = "count", _("cases or people")
    DAYS = "days", _("days")
    HOURS = "hours", _("hours")
    WON = "won", _("won")
    TIMES = "times", _("times")


class FigureHope(models.TextChoices):
    DOWN = "down", _("should fall")
    UP = "up", _("should rise")


class PilotFigure(models.Model):
    """A figure by which a trial is measured: chosen by somebody on a day, with its value from before; never changed."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="figures")
    name = models.CharField(max_length=60)
    unit = models.CharField(max_length=7, choices=FigureUnit)
    hope = models.CharField(max_length=4, choices=FigureHope)
    before = models.DecimalField(max_digits=12, decimal_places=1)
    before_on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pilot", "name"], name="pilot_figure_once"),
            models.CheckConstraint(condition=Q(before__gte=0), name="pilot_figure_not_below_nothing"),
            models.CheckConstraint(
                condition=~Q(unit="count") | Q(before=0) | Q(before__gte=5), name="pilot_figure_of_nobody_few"
            ),
        ]


class PilotValue(models.Model):
    """The figure on a day of the trial; added, never changed. Of two of one day the later one holds."""

    figure = models.ForeignKey(PilotFigure, on_delete=models.PROTECT, related_name="values")
    value = models.DecimalField(max_digits=12, decimal_places=1)
    on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["figure", "on", "id"], name="pilot_value_day")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(value__gte=0), name="pilot_value_not_below_nothing")
        ]
