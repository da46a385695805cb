"""Exceptions to the team rule in direct foreign-key tables of django-guardian: one user, one case or task, a date."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from guardian.models import UserObjectPermissionBase

from cases.models.cases import Case
from cases.models.work import Action
from hopecare.kernel import clock


class CaseGrant(UserObjectPermissionBase):
    """One user may see one case: cover, hand-over, shared case, specialist.

    One for a day of the mobile unit hangs on the seat and on whom it is for, and goes with either; it stands beside any
    other of the same user, so that none shortens another.
    """

    content_object: Any = models.ForeignKey(Case, on_delete=models.CASCADE)
    reason = models.CharField(max_length=200)
    granted_at = models.DateTimeField(default=clock.now)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    seat = models.ForeignKey("cases.OutingCrew", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    stop_person = models.ForeignKey(
        "cases.StopPerson", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    notes_from = models.DateField(null=True, blank=True, help_text="earlier notes stay closed; empty: all are read")

    class Meta(UserObjectPermissionBase.Meta):
        unique_together: ClassVar = []
        indexes: ClassVar = [models.Index(fields=["user", "content_object"], name="case_grant_user")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "permission", "content_object", "stop_person"],
                name="case_grant_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(seat=None, stop_person=None) | Q(seat__isnull=False, stop_person__isnull=False),
                name="case_grant_of_a_seat",
            ),
        ]


class TaskGrant(UserObjectPermissionBase):
    """One volunteer may see one task, nothing of the grid and nothing of the money."""

    content_object: Any = models.ForeignKey(Action, on_delete=models.CASCADE)
    granted_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)
