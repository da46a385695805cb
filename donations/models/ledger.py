"""The books: funds, accounts, journals, postings, gifts and where each won of them went.

What may not happen is refused by the database itself (migrations/0002_ledger.py): the plain role only inserts, and a
journal that does not balance, overdraws, pays what a fund was not given for, or loses the way of a won, never commits.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hopecare.kernel.models.base import Dated, Named, in_language


class Purpose(Named, Dated):
    """One line of the dated list of the co-signed plan (K13): what gifts may pay; `operating` is none of them."""

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    from_gifts = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(code="operating") | Q(from_gifts=False), name="purpose_operating_never_from_gifts"
            )
        ]


class Receiver(models.Model):
    """The body that receives gifts, with the one dedicated account of its facility (K12). Never the city (K11)."""

    organisation = models.OneToOneField("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    centre = models.OneToOneField("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    registration = models.CharField(max_length=80, blank=True)
    bank = models.CharField(max_length=40)
    account_number = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return f"receiver {self.pk}"


class Fund(models.Model):
    """Money of one receiver under one earmark: (receiver, kind, target). What it may pay never changes."""

    code = models.CharField(max_length=80, unique=True)
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="funds")
    kind = models.CharField(max_length=10)
    target = models.CharField(max_length=60, blank=True)
    is_gift = models.BooleanField()
    allowed_purposes = ArrayField(models.CharField(max_length=40))
    name_ko = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    category = models.ForeignKey("kernel.Category", on_delete=models.PROTECT, null=True, related_name="+")
    need_uuid = models.UUIDField(null=True, unique=True)

    @property
    def name(self) -> str:
        return in_language(self.name_ko, self.name_en)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["receiver", "kind", "target"], name="fund_once"),
            models.CheckConstraint(condition=Q(is_gift=True) ^ Q(kind="operating"), name="fund_gift_or_operating"),
            models.CheckConstraint(
                condition=Q(is_gift=False) | ~Q(allowed_purposes__contains=["operating"]),
                name="fund_gift_not_operating",
            ),
            models.CheckConstraint(condition=~Q(kind="need") | Q(need_uuid__isnull=False), name="fund_need_has_uuid"),
        ]

    def __str__(self) -> str:
        return self.name


class Chart(models.Model):
    """A line of the chart of accounts; the owner's data. `budget_line` = its 관·항·목 in the facility's sheet (K12)."""

    code = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=9)  # asset, income, expense, net
    purpose = models.CharField(max_length=40, blank=True)
    operating = models.BooleanField(default=False, help_text="of the operating fund alone; no gift fund may have it")
    floor_won = models.BigIntegerField(null=True)
    ceiling_won = models.BigIntegerField(null=True)
    name_ko = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    budget_line = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    @property
    def name(self) -> str:
        return in_language(self.name_ko, self.name_en)

    class Meta:
        ordering = ["position"]


class Account(models.Model):
    """A chart line within a fund. Kind, purpose, limits come from the chart; the balance is kept by postings alone."""

    chart = models.ForeignKey(Chart, on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=9)
    purpose = models.CharField(max_length=40, blank=True)
    floor_won = models.BigIntegerField(null=True)
    ceiling_won = models.BigIntegerField(null=True)
    balance_won = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fund", "chart"], name="account_once"),
            models.CheckConstraint(
                condition=Q(floor_won=None) | Q(balance_won__gte=models.F("floor_won")), name="account_not_overdrawn"
            ),
            models.CheckConstraint(
                condition=Q(ceiling_won=None) | Q(balance_won__lte=models.F("ceiling_won")), name="account_ceiling"
            ),
        ]


class Journal(models.Model):
    """One event of the books. `key` makes it happen once; `booked_on` is its legal day; it is never changed.

    `reverses`: undoes that journal as a whole; `returns`: some of that payment came back.
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    booked_on = models.DateField()
    memo = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    returns = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="returned_by")
    posted_at = models.DateTimeField()
    transaction = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["booked_on", "id"], name="journal_day")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reverses=None) | Q(returns=None), name="journal_reverses_or_returns")
        ]


class Posting(models.Model):
    """Debit positive, credit negative, in won."""

    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    amount_won = models.BigIntegerField()

    @property
    def debit_won(self) -> int:
        return max(self.amount_won, 0)

    @property
    def credit_won(self) -> int:
        return max(-self.amount_won, 0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "id"], name="posting_account")]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(amount_won=0), name="posting_not_zero")]


class Turnover(models.Model):
    """Debits and credits of an account in a month; kept by postings alone, so that a year is read in a moment."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="turnovers")
    month = models.DateField()
    debit_won = models.BigIntegerField(default=0)
    credit_won = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "month"], name="turnover_once")]


class Gift(models.Model):
    """A won-in and what is left of it. Appended; `remaining_won` is kept by allocations alone."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="gifts", db_index=False)
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="gifts")
    amount_won = models.BigIntegerField()
    remaining_won = models.BigIntegerField()
    source = models.CharField(max_length=10)
    received_on = models.DateField()
    donor = models.ForeignKey("donations.Donor", on_delete=models.PROTECT, null=True, related_name="gifts")
    order = models.ForeignKey("donations.Order", on_delete=models.PROTECT, null=True, related_name="gifts")
    pledge = models.ForeignKey("donations.Pledge", on_delete=models.PROTECT, null=True, related_name="gifts")
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="carried_to")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["fund", "received_on", "id"],
                name="gift_oldest_first",
                include=["remaining_won"],
                condition=Q(remaining_won__gt=0),
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_won__gt=0), name="gift_is_something"),
            models.CheckConstraint(
                condition=Q(remaining_won__gte=0, remaining_won__lte=models.F("amount_won")),
                name="gift_never_overspent",
            ),
        ]


class Allocation(models.Model):
    """Won of a gift that went out with a journal; negative when a reversal gives them back. Appended only."""

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="allocations")
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="allocations")
    amount_won = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gift", "journal"], name="allocation_once"),
            models.CheckConstraint(condition=~Q(amount_won=0), name="allocation_not_zero"),
        ]


class ClosedPeriod(models.Model):
    """A month after which nothing is booked into it any more."""

    month = models.DateField(unique=True)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")


class Seal(models.Model):
    """The day's link of the hash chain: SHA-256 over the former link and every journal since (published daily)."""

    day = models.DateField(unique=True)
    last_journal_id = models.BigIntegerField()
    journals = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
