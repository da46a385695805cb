"""What somebody began to write and has not sent: their own, encrypted, for seven days at most."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.models.base import CaseRow
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.kernel.models import User


class Draft(CaseRow):
    """One a form, case and account. `version` counts every keeping, so that an older one never lands on a newer.

    `fields`: JSON, name → values; empty once it was sent or thrown away, while its version goes on counting.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=40, help_text="which form of the case, with the row it is about")
    version = models.PositiveIntegerField(default=1)
    fields = EncryptedTextField(blank=True)
    kept_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "case", "form"], name="draft_one_a_form"),
            models.CheckConstraint(condition=Q(version__gte=1), name="draft_version_counts"),
        ]
