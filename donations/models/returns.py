"""Won of a payment that came back from a landlord, a hospital, a shop: whole or in part, to the same gifts (R73)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.giving import Deposit
from donations.models.ledger import Journal
from donations.models.payouts import Payout
from hopecare.kernel import clock


class ReturnReason(models.TextChoices):
    LESS = "less", _("It cost less than was paid")
    UNUSED = "unused", _("It was not used at all")
    WRONG = "wrong", _("It went to a wrong account")
    TWICE = "twice", _("Somebody else had paid it already")


class PayoutReturn(models.Model):
    """One deposit that is such a return; keys as on its payment. Appended only."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="returns")
    team = models.ForeignKey("kernel.Team", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="+")
    deposit = models.OneToOneField(Deposit, on_delete=models.PROTECT, related_name="+")
    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, related_name="+")
    amount_won = models.BigIntegerField()
    reason = models.CharField(max_length=6, choices=ReturnReason)
    came_on = models.DateField()
    booked_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_won__gt=0), name="payoutreturn_is_something")
        ]
