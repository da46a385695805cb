"""Papers of a case: a consent, a diagnosis, a lease, photographed or as PDF, with the day until which they hold."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import CaseRow
from hopecare.kernel import clock
from hopecare.kernel.models import Document, Person, User


class PaperKind(models.TextChoices):
    CONSENT = "consent", _("consent")
    IDENTITY = "identity", _("who somebody is")
    INCOME = "income", _("income and property")
    MEDICAL = "medical", _("diagnosis or treatment")
    HOUSING = "housing", _("lease and housing")
    LEGAL = "legal", _("law")
    OTHER = "other", _("other")


class CasePaper(CaseRow):
    """One paper. `section` follows from its kind: an income slip is read with the permission for means alone."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    original = models.ForeignKey(
        Document,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the PDF as it came; `document` is its first page",
    )
    pages = models.PositiveSmallIntegerField(default=1, db_default=1)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=8, choices=PaperKind)
    title = models.CharField(max_length=80)
    expires_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    ended_on = models.DateField(null=True, blank=True, help_text="replaced by another, or not needed any more")
    section = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case", "-added_at"], name="case_paper_case"),
            models.Index(fields=["expires_on"], name="case_paper_runs_out", condition=Q(ended_on=None)),
        ]
