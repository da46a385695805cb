"""People of a company, a school or an office who are asked, each alone, whether they want a monthly account (R64)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from donations.models.giving import Pledge
from donations.models.ledger import Fund, Receiver
from donations.states import InvitationState, RosterState
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField


class Roster(models.Model):
    """One list as it was brought: read, looked at, sent. `refused`: lines that were not taken, as [line, reason]."""

    name = models.CharField(max_length=80)
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    refused = models.JSONField(default=list)
    state = models.CharField(max_length=5, default=RosterState.DRAFT)
    made_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    sent_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    closes_on = models.DateField(null=True, help_text="until then they may answer; then their numbers are erased")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_by__isnull=False, sent_at__isnull=False, closes_on__isnull=False),
                name="roster_sent_by_somebody",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["provider", "-id"], name="roster_of_centre")]


class Invitation(models.Model):
    """One person of a list. The code opens their own page; whatever they answer, name and number are erased here."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="invitations")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=13, unique=True)
    name = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    phone_hash = models.CharField(max_length=80, blank=True)
    units = models.PositiveSmallIntegerField(default=1, help_text="what the list proposes; the person decides")
    state = models.CharField(max_length=8, default=InvitationState.WAITING)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    pledge = models.OneToOneField(Pledge, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roster", "phone_hash"], condition=~Q(phone_hash=""), name="invitation_once_a_list"
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", pledge__isnull=False) | ~Q(state="accepted") & Q(pledge=None),
                name="invitation_account_by_own_consent",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(name="", phone="", phone_hash=""), name="invitation_then_forgotten"
            ),
            models.CheckConstraint(condition=Q(units__range=(1, 2_000)), name="invitation_units"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["roster"], name="invitation_to_ask", condition=Q(state="waiting", asked_at=None))
        ]
