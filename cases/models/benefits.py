"""What the rules said to a household, kept with the answers it was reckoned from, to be run again when rules change."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.models.base import CaseRow
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.kernel.models import User


class BenefitRun(CaseRow):
    """One kept result; the newest of a case counts. Shown with section.means only.

    `facts`: JSON in the shape of the API, with the day; `verdicts`: programme → verdict of then. `rules_version` said
    it, `run_version` looked last. `turned`: programmes that other rules read otherwise, until somebody has looked (the
    shape is that of eligibility.selectors.again).
    """

    facts = EncryptedTextField(blank=True)
    verdicts = models.JSONField()
    rules_version = models.CharField(max_length=40)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(default=clock.now)
    replaced_at = models.DateTimeField(null=True, blank=True)
    run_version = models.CharField(max_length=40)
    turned = models.JSONField(default=list)
    turned_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["run_version"], name="benefit_run_again", condition=Q(replaced_at=None)),
            models.Index(
                fields=["team"],
                name="benefit_turned",
                condition=Q(replaced_at=None, turned_at__isnull=False, seen_at=None),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(replaced_at=None), name="benefit_run_newest"),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="benefit_seen_by_somebody",
            ),
        ]

    @property
    def is_turned(self) -> bool:
        """Whether other rules read it otherwise and nobody has looked yet."""
        return bool(self.turned) and self.seen_at is None and self.replaced_at is None
