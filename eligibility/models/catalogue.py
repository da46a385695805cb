"""A dated change of one entry of the catalogue: proposed by one person, approved by another (four eyes)."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from hopecare.kernel import clock


class RevisionQuerySet(models.QuerySet["Revision"]):
    def approved(self) -> "RevisionQuerySet":
        return self.filter(approved_at__isnull=False)

    def open(self) -> "RevisionQuerySet":
        return self.filter(approved_at=None, declined_at=None)

    def in_force(self, day: date) -> "RevisionQuerySet":
        return self.filter(valid_from__lte=day)


class Revision(models.Model):
    """`fields` holds what changes and nothing else: texts as {"ko", "en"}, lists of codes, days as ISO words.

    An entry that ends has {"ended": true}; one that begins names its category. History is appended, never edited.
    """

    code = models.SlugField(max_length=40)
    category = models.SlugField(max_length=40)
    fields = models.JSONField()
    reason = models.CharField(max_length=300)
    valid_from = models.DateField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    approved_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    declined_at = models.DateTimeField(null=True)
    declined_why = models.CharField(max_length=300, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="revision_needs_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="revision_approval_paired",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(declined_at=None), name="revision_approved_or_declined"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(approved_at=None, declined_at=None), name="revision_one_open_per_entry"
            ),
        ]
        indexes = [models.Index(fields=["valid_from"], name="revision_from")]

    @property
    def is_open(self) -> bool:
        return self.approved_at is None and self.declined_at is None

    def text(self, name: str) -> Any:
        return self.fields.get(name)
