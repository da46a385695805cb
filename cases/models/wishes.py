"""Wishes in people's own words (R59), and one question after a service, whose answer knows nobody (R85)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import CaseRow
from cases.models.published import PublishedNeed
from cases.models.work import Action, ServiceRecord
from hopecare.kernel import clock
from hopecare.kernel.models import Category, Organisation, Person, ProviderKind, Service, User, Zone


class Wish(CaseRow):
    """One wish. `action` is its place in the plan, `published` what givers read of it; fulfilled with its outcome."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=300)
    price_won = models.BigIntegerField(default=0)
    wanted_on = models.DateField()
    action = models.OneToOneField(Action, on_delete=models.PROTECT, related_name="wish")
    published = models.OneToOneField(
        PublishedNeed, on_delete=models.PROTECT, null=True, blank=True, related_name="wish"
    )
    told_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    fulfilled_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)
    given_up_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "-told_at"], name="wish_case")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price_won__range=(0, 20_000_000)), name="wish_price"),
            models.CheckConstraint(
                condition=Q(fulfilled_on=None, outcome="")
                | Q(fulfilled_on__isnull=False, given_up_on=None) & ~Q(outcome=""),
                name="wish_fulfilled_with_outcome",
            ),
        ]


class AskedBy(models.TextChoices):
    SMS = "sms", _("by text message")
    PHONE = "phone", _("by telephone")
    PAPER = "paper", _("on paper")


class ServiceQuestion(CaseRow):
    """That somebody was asked how a service was. Ended by an answer or a no: which of them does not stand here."""

    record = models.OneToOneField(ServiceRecord, on_delete=models.PROTECT, related_name="question")
    channel = models.CharField(max_length=5, choices=AskedBy)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)


class Satisfied(models.TextChoices):
    GOOD = "good", _("It was good")
    SO_SO = "so_so", _("So-so")
    BAD = "bad", _("It was not good")


class Satisfaction(models.Model):
    """One answer without person, case, record or day; its key is by chance, so that no order tells whose it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    provider_kind = models.ForeignKey(ProviderKind, on_delete=models.PROTECT, related_name="+")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="its first day")
    answer = models.CharField(max_length=5, choices=Satisfied)
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["month"], name="satisfaction_month")]
