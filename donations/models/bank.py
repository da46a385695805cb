"""What statements of dedicated accounts say beside deposits: money that left, what they held, what explains it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.backs import MoneyBack
from donations.models.ledger import Receiver
from donations.models.payouts import Payout
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField


class Withdrawal(models.Model):
    """A line of the statement by which money left; matched with a booked payment, or a difference (K12)."""

    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="withdrawals")
    bank_reference = models.CharField(max_length=60, unique=True)
    booked_on = models.DateField()
    name = EncryptedTextField(blank=True)
    memo = models.CharField(max_length=60, blank=True)
    amount_won = models.BigIntegerField()
    payout = models.OneToOneField(Payout, on_delete=models.PROTECT, null=True, related_name="withdrawal")
    back = models.OneToOneField(MoneyBack, on_delete=models.PROTECT, null=True, related_name="withdrawal")
    worked_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_won__gt=0), name="withdrawal_is_something"),
            models.CheckConstraint(condition=Q(payout=None) | Q(back=None), name="withdrawal_one_payment"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["booked_on"], name="withdrawal_unknown", condition=Q(payout=None, back=None))
        ]


class BankBalance(models.Model):
    """What the bank says a dedicated account held at the end of a day; a later statement of the day replaces it."""

    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="balances")
    day = models.DateField()
    closing_won = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["receiver", "day"], name="bank_balance_once")]


class BankReason(models.TextChoices):
    PROVIDER = "provider", _("A payment company passed gifts on; the books have them from its settlement")
    OPERATING = "operating", _("Moved between the operating account and this one")
    BANK = "bank", _("The bank's own mistake or fee")
    BEFORE = "before", _("It was there before this account's statements were read")
    OTHER = "other", _("For another reason")


class BankExplanation(models.Model):
    """A person's word on one difference of so many won: another sum later is another difference. Appended only."""

    kind = models.CharField(max_length=10)
    about = models.BigIntegerField(help_text="the row of that kind")
    won = models.BigIntegerField()
    reason = models.CharField(max_length=9, choices=BankReason)
    words = models.CharField(max_length=300)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "about", "won"], name="bank_explanation_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("deposit", "withdrawal", "payout", "back", "balance")),
                name="bank_explanation_kind",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="bank_explanation_says_why"),
        ]
