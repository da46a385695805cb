"""A house that several trades repair one after another: packages in order, each with its day, licence and money."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hopecare.kernel import clock
from volunteers.models.offers import Keyed
from volunteers.states import PackageState, ProjectState


class Project(Keyed):
    """What the packages come to together, in words that a stranger may read on a list of the centre."""

    title = models.CharField(max_length=80)
    state = models.CharField(max_length=5, default=ProjectState.DRAFT)
    opened_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["provider", "state"], name="project_provider")]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(title=""), name="project_has_a_title")]

    def __str__(self) -> str:
        return self.title


class Package(Keyed):
    """One trade's part: an action of the plan with day and hours. The database opens it only in its turn.

    `trade` is a code of data/safety.yaml; `won` what its materials cost, from `fund`.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="packages")
    place = models.PositiveSmallIntegerField()
    action = models.OneToOneField("cases.Action", on_delete=models.PROTECT, related_name="+")
    trade = models.CharField(max_length=16)
    what = models.CharField(max_length=120, help_text="as whoever runs volunteering at the centre may read it")
    seats = models.PositiveSmallIntegerField(default=1)
    materials = models.CharField(max_length=300, blank=True)
    won = models.PositiveIntegerField(default=0)
    fund = models.ForeignKey("kernel.FundSource", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=5, default=PackageState.WAITS)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "place"], name="package_place"),
            models.UniqueConstraint(
                fields=["project"], condition=Q(state=PackageState.OPEN), name="package_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(place__range=(1, 12)), name="package_in_order"),
            models.CheckConstraint(condition=Q(seats__range=(1, 6)), name="package_seats"),
            models.CheckConstraint(condition=Q(won=0) | Q(fund__isnull=False), name="package_money_has_a_source"),
        ]
