"""Postmen, meter readers, heads of villages: people who report on their rounds under a duty of the law (K4)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.models.base import Keyed
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.kernel.models import User


class RegisteredReporter(Keyed):
    """Known by the number of their telephone. Nothing here counts or rewards what came of a report (D14)."""

    kind = models.CharField(max_length=30, help_text="a code of data/reporter_kinds.yaml")
    name = EncryptedTextField()
    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=80)
    body = models.CharField(max_length=120, help_text="for whom they make their rounds")
    registered_at = models.DateTimeField(default=clock.now)
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["phone_hash"], condition=Q(ended_at=None) & ~Q(phone_hash=""), name="reporter_number_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="reporter_ended_by_somebody",
            ),
        ]
