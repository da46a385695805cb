"""Requests (what is wanted, how many, how it is asked), offers (who was asked, who comes) and calls (who is rung)."""

import uuid
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import clock, phones
from hopecare.kernel.crypto import EncryptedTextField
from volunteers.models.register import Volunteer
from volunteers.states import BOOKED, LOOKING, OfferState, RequestState


class Keyed(models.Model):
    """Visibility keys, copied from the case (see kernel.access.case_keyed_rule)."""

    team = models.ForeignKey("kernel.Team", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Request(Keyed):
    """One date on which volunteers are wanted for one action; it holds all an offer may tell and nothing private.

    `filled` counts the seats promised; it is changed by compare-and-set alone. With a minor there are never fewer
    than two volunteers (D7), here and in the trigger on offers.
    """

    action = models.ForeignKey("cases.Action", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("kernel.Service", on_delete=models.PROTECT, related_name="+")
    town = models.ForeignKey("kernel.Town", on_delete=models.PROTECT, related_name="+")
    lat = models.FloatField()
    lon = models.FloatField()
    during = DateTimeRangeField()
    quarter = models.CharField(max_length=40, blank=True, help_text="where, as a stranger may know it")
    stairs = models.BooleanField(default=False)
    risk = models.PositiveSmallIntegerField(default=0)
    with_minor = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    gender = models.CharField(max_length=1, blank=True, help_text="asked for by the person")
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True, help_text="one of them")
    licences = ArrayField(models.CharField(max_length=24), default=list, blank=True, help_text="all of them")
    car = models.BooleanField(default=False)
    critical = models.BooleanField(default=False, help_text="nobody coming does harm: medicine, the only meal")
    backup_name = models.CharField(max_length=80, blank=True)
    backup_phone = models.CharField(max_length=20, blank=True)
    backup_called_at = models.DateTimeField(null=True, blank=True)
    seats = models.PositiveSmallIntegerField(default=1)
    filled = models.PositiveSmallIntegerField(default=0)
    waves = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, default=RequestState.OPEN)
    ending = models.CharField(max_length=8, blank=True)
    contact_name = models.CharField(max_length=80)
    contact_phone = models.CharField(max_length=20)
    lead = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    opened_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["team", "state"], name="request_team_state"),
            models.Index(fields=["provider", "state"], name="request_provider_state"),
            models.Index(fields=["id"], name="request_looking", condition=Q(state__in=[*LOOKING])),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["action"], condition=~Q(state=RequestState.CLOSED), name="request_one_open_per_action"
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1) & Q(filled__lte=F("seats")), name="request_never_more_than_seats"
            ),
            models.CheckConstraint(
                condition=Q(with_minor=False) | Q(seats__gte=2), name="request_never_one_with_a_minor"
            ),
            models.CheckConstraint(
                condition=Q(critical=False) | Q(backup_name__gt="", backup_phone__gt=""),
                name="request_critical_names_a_backup",
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


class Offer(Keyed):
    """One volunteer asked for one request, and what became of it. `during` is the promise; promises never overlap.

    `letter` tells two open offers on one telephone apart. `token` is the one-tap link: random, signed, found by its
    hash, of no use after `token_until`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="offers")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="offers")
    user = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    phone_hash = models.CharField(max_length=80, help_text="the volunteer's when asked, for answers by word")
    letter = models.CharField(max_length=1, blank=True)
    during = DateTimeRangeField()
    wave = models.PositiveSmallIntegerField(default=1)
    cost = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=OfferState.PROPOSED)
    ending = models.CharField(max_length=8, blank=True)
    token = EncryptedTextField()
    token_hash = models.CharField(max_length=80, unique=True)
    token_until = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_via = models.CharField(max_length=4, blank=True)
    answered_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reserve = models.BooleanField(default=False, help_text="said yes too late; asked first when a seat is free again")
    reminded_at = models.DateTimeField(null=True, blank=True)
    assured_at = models.DateTimeField(null=True, blank=True, help_text="said yes again on the day before")
    no_answers = models.PositiveSmallIntegerField(default=0, help_text="times the telephone was not picked up")
    words_told_at = models.DateTimeField(null=True, blank=True, help_text="how to tell arrival and end by one word")
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrived_via = models.CharField(max_length=4, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_via = models.CharField(max_length=4, blank=True)
    nobody_home = models.BooleanField(default=False)
    confirmed_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    confirmed_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["phone_hash", "-id"], name="offer_phone"),
            models.Index(fields=["answer_by"], name="offer_waiting", condition=Q(state="offered")),
            models.Index(fields=["team", "state"], name="offer_team_state"),
            models.Index(fields=["user"], name="offer_user"),
            models.Index(fields=["volunteer", "-asked_at"], name="offer_history"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["volunteer"], condition=Q(state=OfferState.OFFERED), name="offer_one_open_per_person"
            ),
            models.UniqueConstraint(fields=["request", "volunteer"], name="offer_once_per_request"),
            ExclusionConstraint(
                name="offer_promises_do_not_overlap",
                expressions=[("volunteer", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(state__in=[*BOOKED]),
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", confirmed_by__isnull=False, confirmed_at__isnull=False)
                | ~Q(state="confirmed") & Q(confirmed_by=None, confirmed_at=None),
                name="offer_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"


class CallKind(models.TextChoices):
    ASK = "ask", _("Ask by telephone")
    TELL = "tell", _("Say that it is cancelled")
    SETTLED = "settled", _("Say that it is settled")
    MEET = "meet", _("Get to know")
    GUARDIAN = "guardian", _("Speak with the guardian")
    BACKUP = "backup", _("Call the back-up")
    ASSURE = "assure", _("Ask whether they still come")
    NOW = "now", _("Ask whether they can come at once")
    PAPER = "paper", _("Ask about a paper that runs out")
    VISIT = "visit", _("Ask how the visit was")
    ESCORT = "escort", _("Say who goes along the first time")
    PARTNER = "partner", _("Say how many come")
    RHYTHM = "rhythm", _("Ask a hope manager about a house")


class Call(models.Model):
    """Somebody who must be rung by a person, because no text message will do; once per `key`.

    Rows about offers carry the case's keys; a newcomer or a guardian belongs to the centre of the zone alone.
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=8, choices=CallKind)
    team = models.ForeignKey("kernel.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="calls")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, null=True, blank=True, related_name="calls")
    name = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    reason = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    promised_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["provider"], name="call_open_provider", condition=Q(done_at=None)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(offer__isnull=False) | Q(volunteer__isnull=False) | Q(phone__gt=""), name="call_somebody"
            )
        ]

    @property
    def phone_shown(self) -> str:
        return phones.shown(self.phone)


class Parting(Keyed):
    """This volunteer and this house do not meet again: either side may say so, and no reason is ever kept."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="+")
    wished_by = models.CharField(max_length=9, help_text="volunteer or house")
    noted_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    noted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["volunteer", "case"], name="parting_once")]
