"""1004 money boxes: the register, who holds each, and what two people found in it (R69, K12)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.giving import Order
from donations.models.ledger import Receiver
from donations.states import CountState
from hopecare.kernel import clock, phones
from hopecare.kernel.crypto import EncryptedTextField


class HolderKind(models.TextChoices):
    SHOP = "shop", _("Shop")
    SCHOOL = "school", _("School or academy")
    OFFICE = "office", _("Office")
    GROUP = "group", _("Church, temple or club")
    HOME = "home", _("A family")


class MoneyBox(models.Model):
    """A numbered box of a centre; its number is given once and never again."""

    number = models.PositiveIntegerField()
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    registered_on = models.DateField(default=clock.today)
    lost_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["receiver", "number"], name="moneybox_number_once")]

    @property
    def shown(self) -> str:
        return f"1004-{self.number:04d}"


class BoxCount(models.Model):
    """What was found in one or several boxes; the bank's slip is its order. Figures stand in its lines for good."""

    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    counted_on = models.DateField(default=clock.today)
    state = models.CharField(max_length=9, default=CountState.COUNTED)
    first_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField(default=clock.now)
    second_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True, help_text="in the dedicated account by this day")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, related_name="box_count")
    difference_won = models.BigIntegerField(default=0, help_text="deposited less counted")
    explanation = models.CharField(max_length=300, blank=True)
    explained_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(second_by=None) | ~Q(second_by=F("first_by")), name="boxcount_by_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(second_by__isnull=False, second_at__isnull=False, due_on__isnull=False, order__isnull=False),
                name="boxcount_confirmed_by_second",
            ),
            models.CheckConstraint(
                condition=Q(difference_won=0, explanation="", explained_by=None)
                | ~Q(difference_won=0) & ~Q(explanation="") & Q(explained_by__isnull=False),
                name="boxcount_difference_explained",
            ),
            models.CheckConstraint(
                condition=Q(explained_by=None) | ~Q(explained_by=F("first_by")) & ~Q(explained_by=F("second_by")),
                name="boxcount_explained_by_a_third",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["provider", "-id"], name="boxcount_of_centre")]


class BoxTrip(models.Model):
    """One journey of a box: out to a holder, back, counted. A box that never came back is told as lost."""

    box = models.ForeignKey(MoneyBox, on_delete=models.PROTECT, related_name="trips")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    holder_kind = models.CharField(max_length=6, choices=HolderKind)
    holder_name = EncryptedTextField()
    holder_phone = EncryptedTextField(blank=True)
    place = models.CharField(max_length=120, blank=True)
    issued_on = models.DateField(default=clock.today)
    issued_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    ask_back_on = models.DateField()
    returned_on = models.DateField(null=True)
    returned_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    seal_broken = models.BooleanField(default=False)
    lost = models.BooleanField(default=False)
    count = models.ForeignKey(BoxCount, on_delete=models.PROTECT, null=True, related_name="trips")

    @property
    def phone(self) -> str:
        return phones.shown(self.holder_phone) if self.holder_phone else ""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["box"], condition=Q(returned_on=None), name="boxtrip_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(returned_on=None, returned_by=None)
                | Q(returned_on__gte=F("issued_on"), returned_by__isnull=False),
                name="boxtrip_returned_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(count=None) | Q(returned_on__isnull=False, lost=False), name="boxtrip_counted_when_back"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["provider"], name="boxtrip_open", condition=Q(count=None))]


class BoxCountLine(models.Model):
    """Won in one box, as the first person found them. Appended only."""

    count = models.ForeignKey(BoxCount, on_delete=models.PROTECT, related_name="lines")
    trip = models.ForeignKey(BoxTrip, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    amount_won = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["count", "trip"], name="boxcountline_once"),
            models.CheckConstraint(condition=Q(amount_won__gte=0), name="boxcountline_not_negative"),
        ]
