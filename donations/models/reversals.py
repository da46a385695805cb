"""Undoing a wrong entry of the books: asked for with a reason, booked when a second person confirms (R73)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from donations.models.ledger import Journal, Receiver
from donations.states import ReversalState
from hopecare.kernel import clock


class Reversal(models.Model):
    """One wish to undo a journal; `booked` is its mirror image. `provider`: the centre whose head may confirm it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="reversals")
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=9, default=ReversalState.REQUESTED)
    requested_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=300, blank=True)
    booked = models.OneToOneField(Journal, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="reversal_says_why"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("requested_by")), name="reversal_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(state="booked")
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, booked__isnull=False),
                name="reversal_booked_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["journal"], condition=Q(state__in=["requested", "booked"]), name="reversal_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["provider", "state"], name="reversal_of_centre")]
