"""When a version of the rules began to answer here, and what it changed in the answers that were kept."""

from django.db import models

from hopecare.kernel import clock


class RulesVersion(models.Model):
    """`answers_run`: kept answers run again; `answers_wrong`: those that read otherwise on their own day already."""

    version = models.CharField(max_length=40, unique=True)
    activated_at = models.DateTimeField(default=clock.now)
    answers_run = models.PositiveIntegerField(default=0)
    answers_wrong = models.PositiveIntegerField(default=0)
