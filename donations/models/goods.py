"""Goods and events in kind, in a register of their own with their value: none of it stands in the books (R75)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.ledger import Receiver
from hopecare.kernel import clock, phones
from hopecare.kernel.crypto import EncryptedTextField


class GoodsKind(models.TextChoices):
    GOODS = "goods", _("Goods")
    EVENT = "event", _("An event, a meal, an outing")


class ValueBasis(models.TextChoices):
    RECEIPT = "receipt", _("Receipt of the purchase")
    PRICE = "price", _("Price in the shop")
    ESTIMATE = "estimate", _("Estimated by the giver")


class GoodsGift(models.Model):
    """What was given, by whom, what it is worth and on what that figure rests; for events the number of guests."""

    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=GoodsKind)
    what = models.CharField(max_length=120)
    category = models.ForeignKey("kernel.Category", on_delete=models.PROTECT, null=True, related_name="+")
    quantity = models.PositiveIntegerField()
    unit = models.CharField(max_length=20)
    value_won = models.BigIntegerField()
    basis = models.CharField(max_length=8, choices=ValueBasis)
    given_on = models.DateField(default=clock.today)
    giver_name = EncryptedTextField(blank=True)
    giver_phone = EncryptedTextField(blank=True)
    guests = models.PositiveIntegerField(default=0)
    given_out = models.PositiveIntegerField(default=0, help_text="kept by the hand-outs")
    registered_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0, value_won__gt=0), name="goodsgift_is_something"),
            models.CheckConstraint(condition=Q(given_out__lte=F("quantity")), name="goodsgift_not_twice"),
        ]
        indexes: ClassVar = [models.Index(fields=["provider", "-given_on"], name="goodsgift_of_centre")]

    @property
    def phone(self) -> str:
        return phones.shown(self.giver_phone) if self.giver_phone else ""

    @property
    def left(self) -> int:
        return self.quantity - self.given_out


class GuestLine(models.Model):
    """Guests of an event, by what they need: a number, and a case only where a worker wrote one. Never a name (D9)."""

    event = models.ForeignKey(GoodsGift, on_delete=models.PROTECT, related_name="guest_lines")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("kernel.Category", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="+")
    invited = models.PositiveSmallIntegerField()
    came = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=80, blank=True, help_text="a wheelchair, no peanuts; no name")
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(invited__gt=0), name="guestline_is_somebody"),
            models.CheckConstraint(
                condition=Q(came=None) | Q(came__lte=F("invited")), name="guestline_came_who_was_invited"
            ),
            models.UniqueConstraint(
                fields=["event", "case"], condition=Q(case__isnull=False), name="guestline_case_once"
            ),
        ]


class GoodsUse(models.Model):
    """Some of it handed out: how much, to how many people, for what. No name. Appended only."""

    gift = models.ForeignKey(GoodsGift, on_delete=models.PROTECT, related_name="uses")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    used_on = models.DateField(default=clock.today)
    quantity = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    words = models.CharField(max_length=120)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(quantity__gt=0), name="goodsuse_is_something")]
