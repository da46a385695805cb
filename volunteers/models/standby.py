"""Who may be rung at short notice: one list a zone and week."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from volunteers.models.register import Volunteer
from volunteers.states import StandByState


class StandBy(models.Model):
    """One volunteer in one week (its Monday): asked for it once, and rung at short notice at most once in it."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="stand_bys")
    zone = models.ForeignKey("kernel.Zone", on_delete=models.PROTECT, related_name="+")
    week = models.DateField()
    state = models.CharField(max_length=5, default=StandByState.ASKED)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_via = models.CharField(max_length=4, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["zone", "week"], name="stand_by_zone", condition=Q(state="on"))]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["volunteer", "week"], name="stand_by_once_a_week"),
            models.CheckConstraint(condition=Q(week__iso_week_day=1), name="stand_by_from_a_monday"),
        ]
