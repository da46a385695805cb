"""A planner's question to the rules about all care targets, and its answer in sums; nothing about anybody."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from hopecare.kernel import clock
from hopecare.kernel.models import User


class WhatIfRun(models.Model):
    """What a line at `figure` instead of `today_figure` (in the lever's unit) would change on `day`, by these rules.

    `answer`: households, before, after, total and cells, small ones hidden already. Asked, begun, then done or failed.
    """

    lever = models.SlugField(max_length=40)
    figure = models.PositiveSmallIntegerField()
    today_figure = models.PositiveSmallIntegerField()
    day = models.DateField()
    rules_version = models.CharField(max_length=40)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failed = models.BooleanField(default=False)
    progress = models.PositiveSmallIntegerField(default=0, help_text="in percent")
    seconds = models.FloatField(default=0)
    left_out = models.PositiveIntegerField(default=0, help_text="households without an income or a birth date")
    answer = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-asked_at"], name="what_if_recent"),
            models.Index(fields=["asked_at"], name="what_if_open", condition=Q(finished_at=None)),
        ]

    @property
    def is_running(self) -> bool:
        return self.finished_at is None

    @property
    def total(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.answer.get("total")
        return found
