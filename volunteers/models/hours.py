"""Hours given: a ledger that is only appended to, and the certificates drawn from it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import clock
from volunteers.models.offers import Keyed, Offer
from volunteers.models.register import Volunteer


class HeardFrom(models.TextChoices):
    """Who said that the visit was made."""

    PERSON = "person", _("The person who was helped said so")
    STAFF = "staff", _("I know it myself")


class Hours(Keyed):
    """One line: minutes of a confirmed visit, or what a later line takes away or adds, with its reason.

    The database refuses every change of a line, and every line of a visit that is not confirmed.
    """

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="hours")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="hours")
    service = models.ForeignKey("kernel.Service", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    minutes = models.SmallIntegerField()
    heard_from = models.CharField(max_length=6, choices=HeardFrom, default=HeardFrom.STAFF)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["volunteer", "on"], name="hours_volunteer")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer"], condition=Q(corrects=None), name="hours_once_per_visit"),
            models.CheckConstraint(
                condition=Q(corrects=None, minutes__range=(1, 720)) | (Q(corrects__isnull=False) & ~Q(reason="")),
                name="hours_correction_has_a_reason",
            ),
        ]


class Certificate(models.Model):
    """What somebody may show elsewhere: hours of a year as they stood on that day, and a code to look them up by."""

    code = models.CharField(max_length=13, unique=True)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="certificates")
    first = models.DateField()
    last = models.DateField()
    minutes = models.PositiveIntegerField()
    visits = models.PositiveIntegerField()
    issued_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["volunteer", "first", "last", "minutes", "visits"], name="certificate_once_as_it_stands"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="certificate_of_something"),
        ]
