"""What keeps both sides safe: who goes along the first time, what went wrong, and how a helper is insured."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField
from volunteers.models.offers import Keyed, Offer
from volunteers.models.register import Volunteer


class Escort(Keyed):
    """The first visit of a volunteer to a house: somebody who knows both goes along."""

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="escort")
    user = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    named_at = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True, help_text="nobody was named a day before")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user=None, named_at=None) | Q(user__isnull=False, named_at__isnull=False),
                name="escort_named_with_hour",
            )
        ]


class Side(models.TextChoices):
    VOLUNTEER = "volunteer", _("the volunteer")
    HOUSE = "house", _("the house")


class IncidentKind(models.TextChoices):
    INJURY = "injury", _("Somebody was hurt")
    MONEY = "money", _("Money, a bank card or keys")
    HARASSMENT = "harassment", _("Harassment or threats")
    WORRY = "worry", _("Worry about the person")
    DAMAGE = "damage", _("Something broke or is missing")
    OTHER = "other", _("Another thing")


class Incident(Keyed):
    """What went wrong, as one side tells it: read by the lead and by those who run volunteering at the centre alone.

    The other side is never shown it. `rests`: until it is settled, this volunteer is not asked by anybody.
    """

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="incidents")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="incidents")
    lead = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    told_by = models.CharField(max_length=9, choices=Side)
    kind = models.CharField(max_length=10, choices=IncidentKind)
    words = EncryptedTextField()
    told_at = models.DateTimeField(default=clock.now)
    noted_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rests = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = EncryptedTextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["volunteer"], name="incident_volunteer"),
            models.Index(fields=["provider"], name="incident_open", condition=Q(settled_at=None)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False, rests=False),
                name="incident_settled_by_somebody",
            )
        ]


class Insurer(models.TextChoices):
    CENTRE = "centre", _("The centre's group policy")
    PORTAL = "1365", _("The volunteers' insurance of 1365")


class Insurance(models.Model):
    """How a helper is insured on the way and at the house, and their number in the portal 1365, where they have one."""

    volunteer = models.OneToOneField(Volunteer, on_delete=models.CASCADE, related_name="insurance")
    insurer = models.CharField(max_length=6, choices=Insurer, default=Insurer.CENTRE)
    number_1365 = EncryptedTextField(blank=True)
    valid_until = models.DateField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    noted_at = models.DateTimeField(default=clock.now)
