"""Money on its way to rent, hospital or school: requested, approved by a second person, paid, proven."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.ledger import Fund, Journal
from donations.states import PayoutState
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField


class PayeeKind(models.TextChoices):
    LANDLORD = "landlord", _("Landlord")
    HOSPITAL = "hospital", _("Hospital or pharmacy")
    ACADEMY = "academy", _("School or academy")
    SHOP = "shop", _("Shop")
    PERSON = "person", _("The person")


class Payout(models.Model):
    """One payment out of one fund, for one action of a plan.

    `team` moves with the case to whoever takes it over; `asked_team` stays and keeps seeing it; so does the
    organisation, whose gifts paid.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="payouts")
    team = models.ForeignKey("kernel.Team", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    asked_team = models.ForeignKey(
        "kernel.Team",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="it asked for the payment, wherever the case went since",
    )
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="+")
    action = models.ForeignKey("cases.Action", on_delete=models.PROTECT, null=True, related_name="+")
    service = models.ForeignKey("kernel.Service", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("kernel.Category", on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=40)
    amount_won = models.BigIntegerField()
    payee_kind = models.CharField(max_length=8, choices=PayeeKind)
    payee_name = EncryptedTextField()
    payee_account = EncryptedTextField()
    why = models.CharField(max_length=300)
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=9, default=PayoutState.REQUESTED)
    requested_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    approved_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approve_by = models.DateField(null=True, help_text="an urgent payment is approved by this day")
    refusal = models.CharField(max_length=300, blank=True)
    paid_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    paid_on = models.DateField(null=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, null=True, related_name="payout")
    evidence = models.ForeignKey("kernel.Document", on_delete=models.PROTECT, null=True, related_name="+")
    returned_won = models.BigIntegerField(default=0, db_default=0, help_text="came back from the payee")
    outcome = models.CharField(max_length=300, blank=True, help_text="what it did, in words that may be told to givers")
    outcome_on = models.DateField(null=True)

    @property
    def net_won(self) -> int:
        return self.amount_won - self.returned_won

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_won__gt=0), name="payout_is_something"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")), name="payout_second_approver"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="payout_approved_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False), name="payout_approved_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["paid", "proven"])
                | Q(journal__isnull=False, paid_on__isnull=False)
                & (Q(approved_by__isnull=False) | Q(urgent=True, approve_by__isnull=False)),
                name="payout_paid_only_with_approval",
            ),
            models.CheckConstraint(
                condition=Q(returned_won__gte=0, returned_won__lte=F("amount_won")), name="payout_returned_within"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["fund", "state"], name="payout_fund_state"),
            models.Index(fields=["team", "state"], name="payout_team_state"),
            models.Index(
                fields=["category", "paid_on"],
                name="payout_paid",
                include=["amount_won"],
                condition=Q(paid_on__isnull=False),
            ),
        ]
