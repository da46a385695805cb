"""A week solved: the run with its proof, what it proposes, and what staff fixed or ruled out before."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hopecare.kernel import clock
from volunteers.models.offers import Keyed, Request
from volunteers.models.register import Volunteer
from volunteers.states import RunState


class MatchRun(models.Model):
    """One solve of the whole city's week. `bound` is the least that any plan can cost; equal to `total` it is proven.

    `empties`: request id → why nobody was found (facts.Gap). Points, counts and seconds; nobody's name stands here.
    """

    week = models.DateField(help_text="its Monday")
    state = models.CharField(max_length=9, default=RunState.WAITING)
    asked_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    seats = models.PositiveIntegerField(default=0)
    filled = models.PositiveIntegerField(default=0)
    fixed = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    bound = models.IntegerField(default=0)
    arcs = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    priced = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    method = models.CharField(max_length=6, blank=True)
    empties = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["week", "-id"], name="run_week")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["week"], condition=Q(state__in=["waiting", "solving"]), name="run_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(bound__lte=F("total")), name="run_bound_holds"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def gap_percent(self) -> float:
        return 100.0 * (self.total - self.bound) / self.total if self.total else 0.0


class Proposal(Keyed):
    """Whom a run would ask for a seat, with its points by term and the next best."""

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="proposals")
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="proposals")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="+")
    cost = models.PositiveSmallIntegerField()
    terms = models.JSONField(default=dict)
    others = models.JSONField(default=list, help_text="[{volunteer, cost, planned}], cheapest first")
    pinned = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "request", "volunteer"], name="proposal_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["request", "-run"], name="proposal_request")]


class Pin(Keyed):
    """Staff fixed this volunteer for a request, or ruled them out for this time."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="pins")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="+")
    wanted = models.BooleanField(help_text="true: this person; false: not this time")
    lifted_at = models.DateTimeField(null=True, blank=True)
    set_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["request", "volunteer"], name="pin_once")]
