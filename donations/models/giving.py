"""Who gives and how: donors, orders, monthly accounts, means of payment, charges, deposits. Private rows."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.ledger import Fund, Journal, Receiver
from donations.states import ChargeState, OddReason, OrderState, Overflow, PledgeState, Source
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField


class Donor(models.Model):
    """A giver: a person, a company, or nobody who wants to be named. Contact is encrypted.

    One account (`user`) has one row of its own, and those that were brought to it (`brought_at`): given before, under
    a telephone that was proved by a code. Taking one out again clears both fields; nothing else is ever rewritten.
    """

    user = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    brought_at = models.DateTimeField(null=True)
    phone_proved_at = models.DateTimeField(null=True, help_text="a code sent there was typed; it opens the account")
    kind = models.CharField(max_length=8, default="person")  # person, company
    name = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    phone_hash = models.CharField(max_length=80, blank=True, db_index=True)
    email = EncryptedTextField(blank=True)
    language = models.CharField(max_length=8, default="ko")
    town = models.ForeignKey("kernel.Town", on_delete=models.PROTECT, null=True, related_name="+")
    told_year = models.PositiveSmallIntegerField(db_default=0, default=0, help_text="last year of which was told")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=Q(brought_at=None), name="donor_one_of_its_own"),
            models.CheckConstraint(condition=Q(brought_at=None) | Q(user__isnull=False), name="donor_brought_to_one"),
        ]


class Order(models.Model):
    """One intention to give, from choosing to money in the bank; its code follows the gift for good.

    Until `reserved_until` the amount is kept free within a need's target.
    """

    code = models.CharField(max_length=13, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="orders")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, null=True, related_name="orders")
    amount_won = models.BigIntegerField()
    source = models.CharField(max_length=10, default=Source.ONCE)
    provider = models.CharField(max_length=8)
    overflow = models.CharField(max_length=8, default=Overflow.SAME_CATEGORY)
    state = models.CharField(max_length=8, default=OrderState.STARTED)
    deposit_name = EncryptedTextField(blank=True)
    reserved_until = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_won__range=(1_000, 100_000_000)), name="order_sensible"),
            models.CheckConstraint(condition=Q(paid_at=None) ^ Q(state="paid"), name="order_paid_when_paid"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["fund", "reserved_until"], name="order_reserved", condition=Q(state="started"))
        ]


class Method(models.Model):
    """A way to charge again without the giver: a token, never a card or account number; consent with its words.

    `same_as`: the first one of the same bank account or card of one giver; what goes off them on a day is one debit.
    `instead_of`: a card that is waited for will take over from that one.
    """

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="methods")
    provider = models.CharField(max_length=8)
    token = EncryptedTextField()
    label = models.CharField(max_length=60, blank=True)
    consent_words = models.CharField(max_length=200)
    consent_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    instead_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")


class Pledge(models.Model):
    """One Person One Account: `units` × 5,000 won a month into one fund, until the giver says otherwise."""

    UNIT_WON = 5_000

    code = models.CharField(max_length=13, unique=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="pledges")
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="pledges")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    units = models.PositiveSmallIntegerField(default=1)
    day = models.PositiveSmallIntegerField(default=25)
    source = models.CharField(max_length=10, default=Source.MONTHLY)
    state = models.CharField(max_length=8, default=PledgeState.ACTIVE)
    skipped_months = ArrayField(models.DateField(), default=list)
    failures = models.PositiveSmallIntegerField(default=0)
    started_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(units__range=(1, 2_000)), name="pledge_units"),
            models.CheckConstraint(condition=Q(day__range=(1, 28)), name="pledge_day"),
            models.CheckConstraint(condition=Q(ended_on=None) ^ Q(state="stopped"), name="pledge_ended_when_stopped"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["day", "donor", "method"], name="pledge_due", condition=Q(state="active"))
        ]

    @property
    def amount_won(self) -> int:
        return self.units * self.UNIT_WON


class MonthlyRun(models.Model):
    """A day on which debits of monthly accounts were made, or the notices of the days ahead went out; a row for each.

    After an outage of either the days since its own last one are made up.
    """

    DEBITS, NOTICES = "debits", "notices"

    day = models.DateField()
    what = models.CharField(max_length=8, default=DEBITS)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "what"], name="monthly_run_once")]


class Batch(models.Model):
    """One debit file for the settlement institute (자동이체) and the result that came back."""

    day = models.DateField()
    name = models.CharField(max_length=40, unique=True)
    lines = models.PositiveIntegerField()
    total_won = models.BigIntegerField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)


class Charge(models.Model):
    """One payment at one provider. The row stands before the call; `uuid` is the provider's idempotency key."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=80, unique=True, help_text="order, or donor, method and day: never two debits")
    provider = models.CharField(max_length=8)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, related_name="charge")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, null=True, related_name="charges")
    method = models.ForeignKey(Method, on_delete=models.PROTECT, null=True, related_name="charges")
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="charges")
    amount_won = models.BigIntegerField()
    due_on = models.DateField()
    state = models.CharField(max_length=8, default=ChargeState.READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    uncertain = models.BooleanField(default=False, help_text="the provider may have it: look it up before repeating")
    next_attempt_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True)
    reference = models.CharField(max_length=80, blank=True)
    window = models.CharField(max_length=500, blank=True, help_text="where the giver pays, at the provider's")
    failure = models.CharField(max_length=60, blank=True)
    refunded_won = models.BigIntegerField(default=0)
    disputed_won = models.BigIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0, help_text="how often the provider's news changed the books")
    settled_at = models.DateTimeField(null=True)
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], name="charge_due", condition=Q(state__in=["ready", "calling"])),
            models.Index(fields=["reference"], name="charge_reference"),
            models.Index(fields=["id"], name="charge_unsettled", condition=Q(state="paid", settled_at=None)),
            models.Index(fields=["batch"], name="charge_unanswered", condition=Q(state="waiting")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_won__gt=0), name="charge_is_something"),
            models.CheckConstraint(
                condition=Q(refunded_won__gte=0, refunded_won__lte=models.F("amount_won")), name="charge_refund_within"
            ),
        ]


class ChargeLine(models.Model):
    """What a charge is made of: one line per account (or the one gift)."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="lines")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=10)
    amount_won = models.BigIntegerField()


class ProviderEvent(models.Model):
    """A genuine call-back, kept before it is understood; the same event twice is one row.

    `problem`: why the last try did not understand it; `handled_by`: who put it away without its being understood.
    """

    provider = models.CharField(max_length=8)
    event_id = models.CharField(max_length=120)
    reference = models.CharField(max_length=80)
    received_at = models.DateTimeField(default=clock.now)
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    problem = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once")]
        indexes: ClassVar = [models.Index(fields=["next_at"], name="provider_event_due", condition=Q(handled_at=None))]


class Deposit(models.Model):
    """A line of the dedicated account's statement; matched with an order, or on the worklist of a person."""

    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="deposits")
    bank_reference = models.CharField(max_length=60, unique=True)
    booked_on = models.DateField()
    name = EncryptedTextField(blank=True)
    amount_won = models.BigIntegerField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="deposits")
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, null=True, related_name="+")
    worked_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(amount_won__gt=0), name="deposit_is_something")]
        indexes: ClassVar = [models.Index(fields=["booked_on"], name="deposit_unknown", condition=Q(journal=None))]


#: In words for the accountant.
ODD_REASONS = [
    (OddReason.UNREADABLE.value, _("It cannot be read")),
    (OddReason.OUT.value, _("Money went out of the account")),
    (OddReason.NOT_OURS.value, _("The account is none of ours")),
    (OddReason.UNKNOWN.value, _("It answers no debit of ours")),
    (OddReason.OTHER.value, _("The same number stood there before with another amount, day or account")),
    (OddReason.REFUSED.value, _("The books did not take it")),
    (OddReason.WHOLE.value, _("The whole file is set aside: its end is missing or it cannot be read")),
]


class OddLine(models.Model):
    """What a bank's file said and nobody could take: a line, or the whole file (`line` 0), until a person settled it.

    `digest`: the same line of the same file is one row, however often the file is read.
    """

    kind = models.CharField(max_length=10)  # cms, bank, settlement
    file_name = models.CharField(max_length=200)
    line = models.PositiveIntegerField(default=0)
    words = EncryptedTextField(blank=True)
    digest = models.CharField(max_length=80, unique=True)
    reason = models.CharField(max_length=10, choices=ODD_REASONS)
    found_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["found_at"], name="odd_line_open", condition=Q(settled_at=None))]


class Settlement(models.Model):
    """A line of a provider's settlement file; `problem` puts it on the worklist of differences."""

    provider = models.CharField(max_length=8)
    key = models.CharField(max_length=80)
    gross_won = models.BigIntegerField()
    fee_won = models.BigIntegerField()
    booked_on = models.DateField()
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True, related_name="settlements")
    problem = models.CharField(max_length=20, blank=True)  # unknown, amount, twice

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "key", "booked_on", "gross_won"], name="settlement_line_once")
        ]
