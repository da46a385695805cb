"""Who helps: the volunteer owns their contact data; no link to a person who receives help is kept here."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import clock, phones
from hopecare.kernel.crypto import EncryptedTextField
from volunteers.states import VolunteerState


class HelperKind(models.TextChoices):
    """As the service record counts them (R56); the values are codes of kernel.ProviderKind."""

    REGULAR = "regular_volunteer", _("Regular volunteer")
    OCCASIONAL = "occasional_volunteer", _("Occasional volunteer")
    PROFESSIONAL = "professional_volunteer", _("Professional volunteer")


class Volunteer(models.Model):
    """One adult who helps. Point and radius are rough (about a kilometre); they rank, they do not find a door.

    `checked_*`: the lawful check of K15 — an interview, a reference, or an inquiry's kind, body and date with the
    word "no restriction". A criminal record is never asked for and has no field here.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        "kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="from the first yes"
    )
    name = models.CharField(max_length=80)
    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=80)
    phone_tail_hash = models.CharField(max_length=80)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=8, default="ko", help_text="of messages and pages")
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True, help_text="spoken")
    town = models.ForeignKey("kernel.Town", on_delete=models.PROTECT, related_name="+")
    lat = models.FloatField()
    lon = models.FloatField()
    radius_km = models.FloatField(default=6)
    stairs_ok = models.BooleanField(default=True)
    car = models.BooleanField(default=False, help_text="comes with a car of their own")
    gender = models.CharField(max_length=1, blank=True, help_text="F or M, told by themselves")
    kind = models.CharField(max_length=24, choices=HelperKind, default=HelperKind.OCCASIONAL)
    level = models.PositiveSmallIntegerField(default=0, help_text="0 basic, 1 trained, 2 licensed")
    level_until = models.DateField(null=True, blank=True)
    weekly_cap = models.PositiveSmallIntegerField(default=2)
    state = models.CharField(max_length=8, default=VolunteerState.WAITING)
    paused_until = models.DateField(null=True, blank=True, help_text="asked again from this day on")
    sms_ok = models.BooleanField(default=False, help_text="agreed to text messages")
    links = models.BooleanField(default=True, help_text="a link may stand in the second part (K20)")
    consent_version = models.CharField(max_length=20)
    consent_at = models.DateTimeField(default=clock.now)
    typed_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_kind = models.CharField(max_length=40, blank=True)
    checked_body = models.CharField(max_length=120, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_up_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["phone_hash"], name="volunteer_phone"),
            models.Index(fields=["town", "state"], name="volunteer_town_state"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["phone_hash", "name"], name="volunteer_once"),
            models.CheckConstraint(condition=Q(level__lte=2), name="volunteer_level"),
            models.CheckConstraint(condition=~Q(consent_version=""), name="volunteer_has_consent"),
            models.CheckConstraint(condition=Q(weekly_cap__range=(1, 7)), name="volunteer_weekly_cap"),
            models.CheckConstraint(condition=Q(radius_km__gt=0, radius_km__lte=50), name="volunteer_radius"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(checked_on__isnull=False, checked_kind__gt=""),
                name="volunteer_active_after_check",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_shown(self) -> str:
        return phones.shown(self.phone)


class Window(models.Model):
    """Free every week on `weekday` (0 = Monday), Seoul hours."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["volunteer", "weekday", "starts"], name="window_once"),
            models.CheckConstraint(
                condition=Q(weekday__lte=6) & Q(starts__lt=F("ends")), name="window_weekday_and_order"
            ),
        ]


class DayOff(models.Model):
    """Days on which somebody is not asked, whatever the weekly windows say; both ends included."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="days_off")
    first = models.DateField()
    last = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["volunteer", "first", "last"], name="day_off_once"),
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="day_off_order"),
        ]


class Skill(models.Model):
    """A service of the one catalogue that somebody offers to do."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="skills")
    service = models.ForeignKey("kernel.Service", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["volunteer", "service"], name="skill_once")]
        indexes: ClassVar = [models.Index(fields=["service", "volunteer"], name="skill_service")]


class Paper(models.Model):
    """A licence or certificate: what it allows, who gave it, until when. It blocks visits after its last day.

    `kind` is a code of data/safety.yaml. `renewing`: shown to us as handed in, so the grace of its kind counts.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=24)
    number = EncryptedTextField(blank=True)
    body = models.CharField(max_length=120, help_text="who gave it and was asked whether it is true")
    valid_until = models.DateField(null=True, blank=True)
    renewing = models.BooleanField(default=False)
    checked_on = models.DateField()
    checked_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    warned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["volunteer", "kind"], name="paper_once_per_kind"),
            models.CheckConstraint(condition=~Q(body=""), name="paper_has_a_body"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["valid_until"], name="paper_runs_out", condition=Q(warned_at=None)),
        ]
