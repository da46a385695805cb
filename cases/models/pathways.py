"""Longer help in steps of its own: loans, credit recovery, work, repairs, a stay (R29, R39, R40, R43, R46, R52)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import CaseRow
from cases.models.resources import Resource
from hopecare.kernel import clock
from hopecare.kernel.models import Document, Person, User


class Pathway(CaseRow):
    """One way of one person, of a kind of data/pathways.yaml; "stopped" is the step of one that ended early."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    step = models.CharField(max_length=16)
    since = models.DateField()
    amount_won = models.BigIntegerField(null=True, blank=True)
    grounds = models.JSONField(default=list, blank=True)
    words = models.CharField(max_length=300, blank=True)
    place = models.ForeignKey(Resource, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.PositiveSmallIntegerField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)
    ended_on = models.DateField(null=True, blank=True)
    section = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "step"], name="pathway_kind")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "person", "kind"], condition=Q(ended_on=None), name="pathway_open_once"
            ),
            models.UniqueConstraint(
                fields=["place", "room"],
                condition=Q(ended_on=None, room__isnull=False),
                name="pathway_room_lived_in_once",
            ),
            models.CheckConstraint(condition=Q(room=None) | Q(place__isnull=False), name="pathway_room_of_a_place"),
            models.CheckConstraint(condition=Q(amount_won=None) | Q(amount_won__gt=0), name="pathway_amount"),
        ]

    @property
    def is_open(self) -> bool:
        return self.ended_on is None


class PathwayStep(CaseRow):
    """A step that was taken, with its day; added, never changed."""

    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="taken")
    step = models.CharField(max_length=16)
    on = models.DateField()
    words = models.CharField(max_length=300, blank=True)
    amount_won = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    section = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["pathway", "step"], name="pathway_step_once")]


class CheckOutcome(models.TextChoices):
    STILL = "still", _("still there")
    OTHER = "other", _("somewhere else now")
    LOST = "lost", _("not any more")
    NOT_REACHED = "not_reached", _("not reached")


class PathwayCheck(CaseRow):
    """Somebody asks how it is, some months after a step."""

    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="checks")
    step = models.CharField(max_length=16)
    months = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=CheckOutcome, blank=True)
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    section = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_on"], name="pathway_check_due", condition=Q(done_on=None))]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pathway", "step", "months"], name="pathway_check_once"),
            models.CheckConstraint(
                condition=Q(done_on=None, outcome="", by=None)
                | Q(done_on__isnull=False, by__isnull=False) & ~Q(outcome=""),
                name="pathway_check_answered_by_somebody",
            ),
        ]


class PathwayWage(CaseRow):
    """What somebody earned when work began (`months` 0) and at each question after it; a section of its own, as it is
    income: told by the person, of the work we helped to find, and no investigation (R37, R46, R79)."""

    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="wages")
    step = models.CharField(max_length=16)
    months = models.PositiveSmallIntegerField(default=0)
    wage_won = models.BigIntegerField(null=True, blank=True, help_text="a month, before taxes")
    weekly_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    section = models.CharField(max_length=16, default="work")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pathway", "step", "months"], name="pathway_wage_once"),
            models.CheckConstraint(
                condition=Q(wage_won__isnull=False) | Q(weekly_hours__isnull=False), name="pathway_wage_tells"
            ),
            models.CheckConstraint(condition=Q(wage_won=None) | Q(wage_won__gt=0), name="pathway_wage_positive"),
            models.CheckConstraint(
                condition=Q(weekly_hours=None) | Q(weekly_hours__range=(1, 84)), name="pathway_wage_hours_of_a_week"
            ),
        ]


class PhotoMoment(models.TextChoices):
    BEFORE = "before", _("before")
    AFTER = "after", _("afterwards")


class PathwayPhoto(CaseRow):
    """A room before or after; nobody is in it (D9)."""

    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="photos")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    moment = models.CharField(max_length=6, choices=PhotoMoment)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pathway", "document", "moment"], name="pathway_photo_once"),
        ]
