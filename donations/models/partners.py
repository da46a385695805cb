"""Shops that share a fixed part of their sales, and schools that collect by class (R68, R74)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from donations.models.giving import Donor, Order
from donations.models.ledger import Fund, Receiver
from donations.states import PartnerKind
from hopecare.kernel import clock, phones
from hopecare.kernel.crypto import EncryptedTextField


class Partner(models.Model):
    """One signed agreement of a shop or a school; another rate is another agreement. Its code opens its own page."""

    code = models.CharField(max_length=13, unique=True)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=80)
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    donor = models.OneToOneField(Donor, on_delete=models.PROTECT, related_name="+")
    contact_name = EncryptedTextField()
    contact_phone = EncryptedTextField()
    rate_tt = models.PositiveSmallIntegerField(null=True, help_text="ten-thousandths of the sales; shops only")
    may_be_named = models.BooleanField(default=False, help_text="on the public page of those who give together")
    signed_on = models.DateField(default=clock.today)
    signed_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(default=clock.today)
    ends_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind=PartnerKind.MERCHANT, rate_tt__range=(1, 5_000))
                | Q(kind=PartnerKind.POINTS, rate_tt__range=(1, 20_000))
                | Q(kind=PartnerKind.SCHOOL, rate_tt=None),
                name="partner_shop_has_rate",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="partner_ends_after_start"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["provider", "kind"], name="partner_of_centre")]

    @property
    def phone(self) -> str:
        return phones.shown(self.contact_phone) if self.contact_phone else ""

    @property
    def percent(self) -> str:
        """1.5 for 150 ten-thousandths; empty for a school."""
        return f"{self.rate_tt / 100:g}" if self.rate_tt else ""


class PartnerReport(models.Model):
    """A shop's month or a school's collection, and the one transfer it asks for. Replaced only before it is paid."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="reports")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    sales_won = models.BigIntegerField(null=True)
    rate_tt = models.PositiveSmallIntegerField(null=True)
    amount_won = models.BigIntegerField()
    reported_at = models.DateTimeField(default=clock.now)
    reported_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, related_name="partner_report")
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "month"], condition=Q(replaced_at=None), name="partnerreport_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(sales_won=None, rate_tt=None, amount_won__gte=0)
                | Q(sales_won__gte=0, rate_tt__isnull=False, amount_won=F("sales_won") * F("rate_tt") / 10_000),
                name="partnerreport_share_is_right",
            ),
        ]


class ClassTotal(models.Model):
    """What one class gave: no pupil, only how many gave and how many guardians agreed. Appended only."""

    report = models.ForeignKey(PartnerReport, on_delete=models.PROTECT, related_name="classes")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    grade = models.PositiveSmallIntegerField()
    room = models.PositiveSmallIntegerField()
    amount_won = models.BigIntegerField()
    givers = models.PositiveSmallIntegerField()
    guardians = models.PositiveSmallIntegerField(help_text="guardians whose written consent the school holds")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "grade", "room"], name="classtotal_once"),
            models.CheckConstraint(condition=Q(guardians__gte=F("givers")), name="classtotal_guardians_agreed"),
            models.CheckConstraint(
                condition=Q(grade__range=(1, 6), room__range=(1, 30), amount_won__gt=0, givers__gt=0),
                name="classtotal_sensible",
            ),
        ]
