"""Advisory and consultation groups: who sits there for which term, what was raised, decided, promised (R8, R13).

Nothing here speaks of anybody who is helped; what an issue is about stays in its case.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import clock
from hopecare.kernel.models import Category, Organisation, User, Zone


class CouncilKind(models.TextChoices):
    ADVISORY = "advisory", _("advisory group")
    CONSULTATION = "consultation", _("consultation group")


class CouncilSector(models.TextChoices):
    """R8 names the first four; those who are helped sit in as well."""

    FACILITY = "facility", _("welfare facilities")
    EXPERT = "expert", _("welfare experts")
    HEALTH = "health", _("health and medicine")
    PUBLIC = "public", _("civil servants")
    RESIDENT = "resident", _("residents and those who are helped")


class Council(models.Model):
    """A group that meets about how the centres work; without a zone, for the whole city."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=CouncilKind)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=300)
    founded_on = models.DateField(default=clock.today)
    meets_at = models.DateTimeField(null=True, blank=True, help_text="the next meeting")
    meets_in = models.CharField(max_length=120, blank=True, default="", db_default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class CouncilSeat(models.Model):
    """Somebody sits for a sector from a day to a day; `name` also of people without an account."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="seats")
    name = models.CharField(max_length=80)
    house = models.CharField(max_length=80, blank=True)
    sector = models.CharField(max_length=8, choices=CouncilSector)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="council_term_in_order"),
        ]


class CouncilIssue(models.Model):
    """Something to be talked about before it becomes a quarrel; decided ones are precedents."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="issues")
    title = models.CharField(max_length=120)
    words = models.TextField(max_length=2000)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    house = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=clock.now)
    review_on = models.DateField(null=True, blank=True, help_text="when the newest decision is looked at again")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-raised_at"], name="council_issue_recent")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_at=None, review_on=None) | Q(decided_at__isnull=False, review_on__isnull=False),
                name="council_decided_is_looked_at_again",
            ),
        ]


class CouncilDecision(models.Model):
    """What was decided and why; who saw it otherwise stands beside it. Added, never changed."""

    issue = models.ForeignKey(CouncilIssue, on_delete=models.PROTECT, related_name="decisions")
    words = models.TextField(max_length=2000)
    why = models.TextField(max_length=1000)
    dissent = models.TextField(max_length=2000, blank=True)
    dissenters = models.CharField(max_length=200, blank=True)
    decided_on = models.DateField()
    review_on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(words="") & ~Q(why=""), name="council_decision_has_reason"),
            models.CheckConstraint(condition=Q(review_on__gt=F("decided_on")), name="council_review_comes_later"),
            models.CheckConstraint(
                condition=Q(dissent="", dissenters="") | ~Q(dissent="") & ~Q(dissenters=""),
                name="council_dissent_has_a_name",
            ),
        ]


class CouncilPromise(models.Model):
    """What an organisation promised until a day; all who may see the issue see whether it was kept."""

    issue = models.ForeignKey(CouncilIssue, on_delete=models.PROTECT, related_name="promises")
    words = models.CharField(max_length=200)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
