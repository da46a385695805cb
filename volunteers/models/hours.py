"""Hours given: a ledger that is only appended to, and the certificates drawn from it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import clock
from volunteers.models.offers import Keyed, Offer
from volunteers.models.partners import Pupil, Turn
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


class GroupHours(models.Model):
    """A line of the same kind for a group's day: the people of a partner, or one pupil by name (K10).

    The database refuses every change of a line, and every line of a day on which nobody had a portion.
    """

    turn = models.ForeignKey(Turn, on_delete=models.PROTECT, related_name="hours")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, null=True, blank=True, related_name="hours")
    people = models.PositiveSmallIntegerField(default=1)
    minutes = models.IntegerField(help_text="of all these people together")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["turn", "pupil"],
                condition=Q(corrects=None),
                nulls_distinct=False,
                name="group_hours_once_a_day",
            ),
            models.CheckConstraint(condition=Q(people__range=(1, 100)), name="group_hours_of_people"),
            models.CheckConstraint(
                condition=Q(corrects=None, minutes__gte=1, minutes__lte=F("people") * 720)
                | (Q(corrects__isnull=False) & ~Q(reason="")),
                name="group_hours_correction_has_a_reason",
            ),
        ]


class Echo(models.Model):
    """A sentence about what help of one kind changed, written by one colleague and approved by another.

    It names nobody, no place and no day (D1), and is shown from a day drawn at random after the approval.
    """

    service = models.ForeignKey("kernel.Service", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=160)
    written_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    approved_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    shown_from = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by=None, shown_from=None)
                | (Q(approved_by__isnull=False, shown_from__isnull=False) & ~Q(approved_by=F("written_by"))),
                name="echo_approved_by_another",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="echo_has_words"),
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


class PupilCertificate(models.Model):
    """The same for a pupil of a group, who has no page and gets no texts: the centre prints it (K10)."""

    code = models.CharField(max_length=13, unique=True)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="certificates")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()
    minutes = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    issued_on = models.DateField()
    issued_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pupil", "first", "last", "minutes", "days"], name="pupil_certificate_once_as_it_stands"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="pupil_certificate_of_something"),
        ]
