"""Letters between a giver and the person, in both directions, each read by a worker of the case first (D1, D9)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.giving import Order
from donations.models.payouts import Payout
from donations.states import LetterState
from hopecare.kernel import clock


class LetterWay(models.TextChoices):
    THANKS = "thanks", _("From the person to givers")
    GIVER = "giver", _("From a giver to the person")


class LetterReason(models.TextChoices):
    """What a giver reads when a letter does not go on as it is. Nothing in it tells of the person (D1)."""

    NAMED = "named", _("A name, a place, a telephone number or an address stands in it.")
    MEET = "meet", _("It asks to meet, to ring or to be answered.")
    RETURN = "return", _("It asks for something in return.")
    BELIEF = "belief", _("It speaks for a faith, a party or a shop.")
    HURT = "hurt", _("Some words could hurt, even if they are meant well.")
    QUIET = "quiet", _("It cannot be handed over for now. This says nothing about your letter.")


class Letter(models.Model):
    """One letter: of the person for a payment (`payout`), or of a giver for a gift to a need (`order`).

    Its keys are those of the case and follow a hand-over. Neither side learns who the other is: a worker sees no giver,
    a giver no case.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    way = models.CharField(max_length=6, choices=LetterWay)
    team = models.ForeignKey("kernel.Team", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, related_name="letter")
    payout = models.OneToOneField(Payout, on_delete=models.PROTECT, null=True, related_name="letter")
    need_uuid = models.UUIDField(null=True, db_index=True)
    words = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=7, default=LetterState.WAITING)
    reason = models.CharField(max_length=6, choices=LetterReason, blank=True)
    written_at = models.DateTimeField(default=clock.now)
    read_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(null=True)
    handed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(way="thanks", payout__isnull=False, order=None)
                | Q(way="giver", order__isnull=False, payout=None, need_uuid__isnull=False),
                name="letter_has_its_way",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["change", "kept"]) ^ Q(reason=""), name="letter_stays_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["passed", "handed"]) | Q(read_by__isnull=False, read_at__isnull=False),
                name="letter_passed_when_read",
            ),
            models.CheckConstraint(condition=Q(state="handed") ^ Q(handed_on=None), name="letter_handed_when"),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "state"], name="letter_of_case")]
