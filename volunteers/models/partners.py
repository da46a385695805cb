"""Groups, associations, businesses and schools: what they give again and again, and who gets a portion of it."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import clock, phones
from hopecare.kernel.crypto import EncryptedTextField
from volunteers.models.offers import Keyed, Request
from volunteers.states import PartnerState, PortionState


class PartnerKind(models.TextChoices):
    BUSINESS = "business", _("Shop or business")
    SCHOOL = "school", _("School or youth group")
    ASSOCIATION = "association", _("Professional association")
    GROUP = "group", _("Volunteers' group")


class Per(models.TextChoices):
    DAY = "day", _("on each of these days")
    WEEK = "week", _("in a week")
    MONTH = "month", _("in a month")


class Place(models.TextChoices):
    THEIRS = "theirs", _("People come to them")
    HOMES = "homes", _("They come to the house")


class Partner(models.Model):
    """Whoever gives together. `token` opens their own page, which shows days and numbers, and nobody's name."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=PartnerKind)
    contact_name = models.CharField(max_length=80)
    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=80)
    language = models.CharField(max_length=8, default="ko")
    town = models.ForeignKey("kernel.Town", on_delete=models.PROTECT, related_name="+")
    lat = models.FloatField()
    lon = models.FloatField()
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    sms_ok = models.BooleanField(default=True)
    links = models.BooleanField(default=True)
    state = models.CharField(max_length=6, default=PartnerState.ACTIVE)
    token = EncryptedTextField()
    token_hash = models.CharField(max_length=80, unique=True)
    agreed_on = models.DateField()
    thanked_since = models.DateField(null=True, blank=True, help_text="they wish to be thanked in public from then on")
    written_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["provider", "state"], name="partner_provider")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["phone_hash", "name"], name="partner_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_shown(self) -> str:
        return phones.shown(self.phone)


class Standing(models.Model):
    """Given again and again: twelve meals on every third Friday, ten haircuts a month.

    `weekdays` from Monday = 0; `nth` which of them in a month, empty = every week. A portion is for one request.
    `pupils`: minors come, never without the grown-up named here (K10).
    """

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="standings")
    service = models.ForeignKey("kernel.Service", on_delete=models.PROTECT, related_name="+")
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    nth = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    starts = models.TimeField()
    ends = models.TimeField()
    capacity = models.PositiveSmallIntegerField()
    per = models.CharField(max_length=5, choices=Per, default=Per.DAY)
    place = models.CharField(max_length=6, choices=Place, default=Place.THEIRS)
    radius_km = models.FloatField(default=8)
    pupils = models.BooleanField(default=False)
    adult_name = models.CharField(max_length=80, blank=True)
    paper_kind = models.CharField(max_length=24, blank=True, help_text="a code of data/safety.yaml")
    paper_until = models.DateField(null=True, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="its last day")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekdays__len__gte=1) & Q(starts__lt=F("ends")), name="standing_day_and_order"
            ),
            models.CheckConstraint(condition=Q(capacity__range=(1, 500)), name="standing_capacity"),
            models.CheckConstraint(
                condition=Q(pupils=False) | ~Q(adult_name="") & Q(paper_kind=""), name="standing_pupils_with_an_adult"
            ),
        ]


class Turn(models.Model):
    """One day of a standing gift: what the partner was told, and what they told us. Numbers, and nobody's name."""

    standing = models.ForeignKey(Standing, on_delete=models.PROTECT, related_name="turns")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    told = models.PositiveSmallIntegerField(null=True, blank=True, help_text="so many were told last")
    told_at = models.DateTimeField(null=True, blank=True)
    off_at = models.DateTimeField(null=True, blank=True, help_text="they cannot on that day")
    came = models.PositiveSmallIntegerField(null=True, blank=True)
    came_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["standing", "on"], name="turn_once")]


class Portion(Keyed):
    """One of a capacity, for one request. The database refuses one more than there are in a period.

    `period`: the first day of the day, week or month in which the capacity counts; `number` from 1 within it.
    """

    standing = models.ForeignKey(Standing, on_delete=models.PROTECT, related_name="portions")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="portions")
    run = models.ForeignKey(
        "volunteers.MatchRun", on_delete=models.SET_NULL, null=True, blank=True, related_name="portions"
    )
    on = models.DateField()
    period = models.DateField()
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    cost = models.PositiveSmallIntegerField(default=0)
    terms = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default=PortionState.PLANNED)
    promised_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["standing", "on"], name="portion_standing"),
            models.Index(fields=["team", "state"], name="portion_team"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["standing", "period", "number"],
                condition=Q(state__in=["promised", "given"]),
                name="portion_once_each",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["promised", "given"]) | Q(number__gte=1), name="portion_has_a_number"
            ),
        ]


class Pupil(models.Model):
    """A minor of a school or youth group: written down with a guardian's consent alone, erased when it is taken back.

    They come in a group with the grown-up of the standing gift, never alone; they are never sent a message (K10).
    """

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="pupils")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    name = EncryptedTextField()
    birth_year = models.PositiveSmallIntegerField()
    guardian_name = EncryptedTextField()
    guardian_phone = EncryptedTextField()
    consent_on = models.DateField()
    consent_until = models.DateField()
    form_version = models.CharField(max_length=20)
    noted_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    noted_at = models.DateTimeField(default=clock.now)
    withdrawn_on = models.DateField(null=True, blank=True, help_text="names are erased with it")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["partner"], name="pupil_partner")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(consent_until__gte=F("consent_on")) & ~Q(form_version=""), name="pupil_with_consent"
            ),
        ]
