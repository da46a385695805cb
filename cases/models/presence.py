"""Who of the two is inside at a visit, and until when: nobody goes into a home and is forgotten there."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cases.models.base import Keyed
from cases.models.reports import Visit
from hopecare.kernel import clock
from hopecare.kernel.models import User


class Presence(Keyed):
    """In, out, and how often others were alarmed meanwhile; `ended_by` is a colleague where somebody else knew."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    came_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(help_text="when they meant to be out again")
    left_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    alarms = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"], name="presence_inside", condition=Q(left_at=None))]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "user"], condition=Q(left_at=None), name="presence_once"),
            models.CheckConstraint(condition=Q(due_at__gt=F("came_at")), name="presence_in_order"),
            models.CheckConstraint(
                condition=Q(left_at=None, ended_by=None) | Q(left_at__isnull=False, ended_by__isnull=False),
                name="presence_ended_by_somebody",
            ),
        ]
