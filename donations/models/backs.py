"""Won of a transfer or a debit that go back to the payer's account: asked for, approved by a second person, sent."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.giving import Charge
from donations.models.ledger import Receiver
from donations.states import BackState
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField


class BackReason(models.TextChoices):
    ASKED = "asked", _("The giver asked for it")
    REST = "rest", _("It was not needed, and the giver wanted it back")
    MISTAKE = "mistake", _("Transferred or debited by mistake")
    CONTESTED = "contest", _("The holder of the account contests the debit")


class MoneyBack(models.Model):
    """One transfer back. `borne_won`: what had been spent already and was borne by the operating fund (R15)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="backs")
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    amount_won = models.BigIntegerField()
    reason = models.CharField(max_length=7, choices=BackReason)
    payee_name = EncryptedTextField()
    payee_account = EncryptedTextField()
    state = models.CharField(max_length=9, default=BackState.REQUESTED)
    requested_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    approved_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=300, blank=True)
    paid_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    paid_on = models.DateField(null=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    borne_won = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_won__gt=0), name="moneyback_is_something"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")), name="moneyback_second_approver"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "paid"]) | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="moneyback_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_by__isnull=False, paid_on__isnull=False) & ~Q(bank_reference=""),
                name="moneyback_paid_with_reference",
            ),
            models.UniqueConstraint(
                fields=["charge"], condition=Q(state__in=["requested", "approved"]), name="moneyback_one_at_a_time"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["provider", "state"], name="moneyback_of_centre")]
