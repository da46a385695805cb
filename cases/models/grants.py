"""Exceptions to the team rule in direct foreign-key tables of django-guardian: one user, one case or task, a date."""

from typing import Any, ClassVar

from django.db import models
from guardian.models import UserObjectPermissionBase

from cases.models.cases import Case
from cases.models.work import Action
from hopecare.kernel import clock


class CaseGrant(UserObjectPermissionBase):
    """One user may see one case: cover, hand-over, shared case, specialist."""

    content_object: Any = models.ForeignKey(Case, on_delete=models.CASCADE)
    reason = models.CharField(max_length=200)
    granted_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta(UserObjectPermissionBase.Meta):
        indexes: ClassVar = [models.Index(fields=["user", "content_object"], name="case_grant_user")]


class TaskGrant(UserObjectPermissionBase):
    """One volunteer may see one task, nothing of the grid and nothing of the money."""

    content_object: Any = models.ForeignKey(Action, on_delete=models.CASCADE)
    granted_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)
