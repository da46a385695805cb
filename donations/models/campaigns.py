"""Campaigns: a target, an end, a registration where the law asks for one, and a stop (K11, R65)."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from donations.models.ledger import Fund, Receiver
from donations.rules.campaigns import LEAST_TARGET_WON, MOST_TARGET_WON, REGISTERED_FROM_WON
from donations.states import CampaignState
from hopecare.kernel import clock


class Campaign(models.Model):
    """Words for givers, made by one person and opened by another; its fund stands from the day it opens."""

    code = models.CharField(max_length=13, unique=True)
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    fund = models.OneToOneField(Fund, on_delete=models.PROTECT, null=True, related_name="campaign")
    title = models.CharField(max_length=80)
    words = models.TextField(max_length=1_000)
    purpose = models.CharField(max_length=40)
    target_won = models.BigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    registration = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=6, default=CampaignState.DRAFT)
    made_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True)
    close_reason = models.CharField(max_length=8, blank=True)  # target, end, person
    remainder_approval = models.CharField(max_length=80, blank=True, help_text="the registrar's word on what is left")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(target_won__range=(LEAST_TARGET_WON, MOST_TARGET_WON)), name="campaign_target_sensible"
            ),
            models.CheckConstraint(
                condition=Q(target_won__lt=REGISTERED_FROM_WON) | ~Q(registration=""), name="campaign_registered"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on"), ends_on__lte=F("starts_on") + timedelta(days=365)),
                name="campaign_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(opened_by=None) | ~Q(opened_by=F("made_by")), name="campaign_opened_by_second"
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(opened_by__isnull=False, fund__isnull=False), name="campaign_open_whole"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, close_reason="") | Q(state="closed", closed_on__isnull=False),
                name="campaign_closed_when",
            ),
        ]
