"""Gifts that another platform collected, one by one as its list tells them, with where the list came from (R66).

Who had a receipt from the platform is not kept by name: only those stay known who may ask us for one.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from donations.models.giving import Deposit, Order
from donations.models.ledger import Fund, Receiver
from donations.states import OutsideState
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField


class OutsideList(models.Model):
    """One file of a platform: read, looked at, booked with the deposit it belongs to. `digest`: SHA-256 of the file."""

    platform = models.CharField(max_length=60)
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    fee_won = models.BigIntegerField(default=0, help_text="kept by the platform; borne by the operating fund")
    refused = models.JSONField(default=list)
    state = models.CharField(max_length=6, default=OutsideState.DRAFT)
    made_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    deposit = models.OneToOneField(Deposit, on_delete=models.PROTECT, null=True, related_name="+")
    booked_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    booked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="booked")
                | Q(deposit__isnull=False, booked_by__isnull=False, booked_at__isnull=False),
                name="outsidelist_booked_with_deposit",
            ),
            models.UniqueConstraint(
                fields=["receiver", "digest"], condition=~Q(state="void"), name="outsidelist_file_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["provider", "-id"], name="outsidelist_of_centre")]


class OutsideGift(models.Model):
    """One line. `order`: of a giver who had no receipt; name and telephone stand on the giver then and are emptied."""

    list = models.ForeignKey(OutsideList, on_delete=models.PROTECT, related_name="gifts")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    platform = models.CharField(max_length=60)
    reference = models.CharField(max_length=80, blank=True, help_text="the platform's own number of the gift")
    given_on = models.DateField()
    amount_won = models.BigIntegerField()
    receipted = models.BooleanField(help_text="the platform issued the receipt")
    name = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_won__gt=0), name="outsidegift_is_something"),
            models.CheckConstraint(
                condition=Q(receipted=False) | Q(name="", phone="", order=None), name="outsidegift_no_second_receipt"
            ),
            models.UniqueConstraint(
                fields=["provider", "platform", "reference"],
                condition=~Q(reference=""),
                name="outsidegift_number_once",
            ),
        ]
