"""What changed about a person or a household after the case was opened: before, after, when, why and by whom (K9)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.base import CaseRow
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.kernel.models import Person, User


class DetailKind(models.TextChoices):
    CONTACT = "contact", _("How to reach this person")
    PERSON = "person", _("Name, birth, telephone")
    ADDRESS = "address", _("Address")
    CAME = "came", _("Came to the household")
    LEFT = "left", _("Left the household")
    COVERAGE = "coverage", _("Coverage class")


class DetailChange(CaseRow):
    """Appended, never edited. `told`: JSON of field → [before, after]; read with identity and household alone."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=8, choices=DetailKind)
    told = EncryptedTextField()
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "-at", "-id"], name="detail_change_case")]
