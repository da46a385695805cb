"""Receipts for taxes (K14): one per gift, void and new when money went back, filed with the tax office once.

The number of the person or company stands in a table of its own that no person's session can read; it is emptied when
the tax office has taken the sheet.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from donations.models.giving import Donor
from donations.models.ledger import Gift, Receiver
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField


class TaxPayer(models.Model):
    """Who asked for receipts, as the tax office knows them; asked anew for each year, as the number is not kept."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=8)  # person, company
    name = EncryptedTextField()
    asked_at = models.DateTimeField(default=clock.now)


class TaxNumber(models.Model):
    """Resident or business number (소득세법 시행령 208조의3); empty once it is filed."""

    payer = models.OneToOneField(TaxPayer, on_delete=models.PROTECT, related_name="number")
    digits = EncryptedTextField(blank=True)
    kept_since = models.DateTimeField(default=clock.now)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(erased_at=None) ^ Q(digits=""), name="taxnumber_empty_when_erased")
        ]


class Filing(models.Model):
    """One sheet for the tax office: made, uploaded there by the accountant, taken. A receipt stands on one only."""

    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_by=None) | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="filing_taken_by_somebody",
            ),
            models.UniqueConstraint(fields=["receiver"], condition=Q(taken_at=None), name="filing_one_open"),
        ]


class Receipt(models.Model):
    """One gift on paper for taxes; `serial` counts per receiver and year. Never edited: void, and a new one."""

    REFUND, MISTAKE = "refund", "mistake"

    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="receipts")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, null=True, related_name="+")
    payer = models.ForeignKey(TaxPayer, on_delete=models.PROTECT, related_name="receipts")
    amount_won = models.BigIntegerField()
    given_on = models.DateField()
    issued_at = models.DateTimeField(default=clock.now)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=8, blank=True)
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, null=True, related_name="receipts")
    void_filing = models.ForeignKey(Filing, on_delete=models.PROTECT, null=True, related_name="voided")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["receiver", "year", "serial"], name="receipt_number_once"),
            models.UniqueConstraint(fields=["gift"], condition=Q(voided_at=None), name="receipt_one_per_gift"),
            models.CheckConstraint(condition=Q(amount_won__gt=0), name="receipt_is_something"),
            models.CheckConstraint(condition=Q(voided_at=None) ^ ~Q(void_reason=""), name="receipt_void_has_reason"),
            models.CheckConstraint(
                condition=Q(void_filing=None) | Q(filing__isnull=False, voided_at__isnull=False),
                name="receipt_void_filed_after_filing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["donor", "year"], name="receipt_donor_year"),
            models.Index(fields=["receiver"], name="receipt_to_file", condition=Q(filing=None, voided_at=None)),
        ]

    @property
    def number(self) -> str:
        return f"{self.year}-{self.serial:06d}"
