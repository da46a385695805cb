"""What stands beside the answers: risk flags, how heavy the case is, advice asked of specialists, ties (R45, R55)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import CaseRow
from hopecare.kernel import clock
from hopecare.kernel.models import Person, User


class RiskFlag(CaseRow):
    """Something a worker noticed about a person or the household; kinds are data. Ended, never deleted."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20)
    section = models.CharField(max_length=16, blank=True)
    words = models.TextField(max_length=1000, blank=True)
    raised_at = models.DateTimeField(default=clock.now)
    check_on = models.DateField(null=True, blank=True, help_text="look again by then whether it is still so")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_words = models.TextField(max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_words="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_words=""),
                name="risk_flag_ended_with_words",
            ),
            models.UniqueConstraint(
                fields=["case", "person", "kind"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="risk_flag_once",
            ),
        ]


class PregnancyEnd(models.TextChoices):
    """A pregnancy may end otherwise; nobody is asked how."""

    BIRTH = "birth", _("a child was born")
    OVER = "over", _("the pregnancy is over")


class Pregnancy(CaseRow):
    """A state of a person with its days (R21), about health: whoever reads the section reads it. A human ends it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    section = models.CharField(max_length=16, default="health", db_default="health")
    since = models.DateField()
    expected_on = models.DateField()
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    ended_as = models.CharField(max_length=5, choices=PregnancyEnd, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(since__lte=F("expected_on")) & (Q(ended_on=None) | Q(ended_on__gte=F("since"))),
                name="pregnancy_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_as="", ended_by=None)
                | Q(ended_on__isnull=False, ended_by__isnull=False) & ~Q(ended_as=""),
                name="pregnancy_ended_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(ended_on=None), name="pregnancy_one_at_a_time"
            ),
        ]


class Complexity(CaseRow):
    """The weighed complexity whenever it changed; `reasons` as [[code, points], …]. The newest counts."""

    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "-at", "-id"], name="complexity_case")]


class Consultation(CaseRow):
    """A specialist's advice: asked, then answered, or not taken up with the reason."""

    specialist = models.CharField(max_length=20)
    question = models.TextField(max_length=2000)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    adviser = models.CharField(max_length=80, blank=True, help_text="who answered, by name and house")
    answer = models.TextField(max_length=4000, blank=True)
    not_taken = models.CharField(max_length=300, blank=True, help_text="why no advice was taken")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["team"], name="consultation_open", condition=Q(ended_at=None))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, answer="", not_taken="", adviser="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, not_taken="") & ~Q(answer="") & ~Q(adviser="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, answer="") & ~Q(not_taken=""),
                name="consultation_ends_in_one_way",
            )
        ]


class TieKind(models.TextChoices):
    KIN = "kin", _("kin")
    FRIEND = "friend", _("friend or neighbour")
    FAITH = "faith", _("faith")
    SCHOOL = "school", _("school")
    HEALTH = "health", _("doctor or hospital")
    WORK = "work", _("work")
    PUBLIC = "public", _("office or service")
    OTHER = "other", _("other")


class TieStrength(models.TextChoices):
    STRONG = "strong", _("close")
    ORDINARY = "ordinary", _("ordinary")
    THIN = "thin", _("thin")
    STRAINED = "strained", _("strained")


class Tie(CaseRow):
    """Somebody or something around the household, for the eco-map."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=TieKind)
    strength = models.CharField(max_length=8, choices=TieStrength, default=TieStrength.ORDINARY)
    note = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
