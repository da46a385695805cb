"""Signals of need: who is watched over by their own wish, their plan, signs of life, alarms that climb (D10, R93)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import CaseRow
from cases.states import Rung, WatchState
from hopecare.kernel import clock, phones
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.kernel.models import GroundKind, Person, Team, User


class WatchWay(models.TextChoices):
    SMS = "sms", _("by text message")
    CALL = "call", _("by a call")
    BUTTON = "button", _("by the button in the phone app or on the page")
    NONE = "none", _("not at all")


class WatchWhy(models.TextChoices):
    """Why a watch rests or ended."""

    WISH = "wish", _("as they wished")
    STAFF = "staff", _("the team ended it")
    HOSPITAL = "hospital", _("in hospital")
    MOVED = "moved", _("moved away")
    DIED = "died", _("died")
    CLOSED = "closed", _("the case was closed")
    SEALED = "sealed", _("the address became protected")
    CONSENT = "consent", _("the consent ran out")


class SignVia(models.TextChoices):
    SMS = "sms", _("text message")
    LINK = "link", _("the page")
    APP = "app", _("the phone app")
    CALL = "call", _("a call")
    STAFF = "staff", _("the team")
    NEIGHBOUR = "neighbour", _("somebody they named")
    SYSTEM = "system", _("by itself")


class Watch(CaseRow):
    """One person, one ground, one plan. A changed mind is a new watch; one at a time that has not ended."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    link_version = models.PositiveSmallIntegerField(default=1, help_text="another one, and older links open nothing")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=12, choices=GroundKind, default=GroundKind.CONSENT)
    form_version = models.CharField(max_length=20, blank=True)
    article = models.CharField(max_length=120, blank=True)
    agreed_until = models.DateField(null=True, blank=True)
    way = models.CharField(max_length=6, choices=WatchWay, default=WatchWay.NONE)
    weekday = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0 = Monday; empty = every day")
    ask_at = models.TimeField(null=True, blank=True)
    answer_minutes = models.PositiveSmallIntegerField(default=180)
    caller = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    on_closed_door = models.BooleanField(default=True)
    no_contact_days = models.PositiveSmallIntegerField(null=True, blank=True)
    devices = models.BooleanField(default=False)
    never_break = models.BooleanField(default=True)
    keys = EncryptedTextField(blank=True, help_text="who has the key, as the person told")
    safe_from = models.PositiveSmallIntegerField(default=8)
    safe_to = models.PositiveSmallIntegerField(default=20)
    words = models.TextField(max_length=1000, blank=True)
    state = models.CharField(max_length=6, default=WatchState.ON)
    state_since = models.DateTimeField(default=clock.now)
    why = models.CharField(max_length=8, choices=WatchWhy, blank=True)
    changed_via = models.CharField(max_length=9, choices=SignVia, default=SignVia.STAFF)
    next_ask_at = models.DateTimeField(null=True, blank=True)
    last_sign_at = models.DateTimeField(null=True, blank=True)
    last_sign_via = models.CharField(max_length=9, choices=SignVia, blank=True)
    started_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_ask_at"], name="watch_due", condition=Q(state="on")),
            models.Index(fields=["team", "-id"], name="watch_team"),
            models.Index(fields=["case"], name="watch_case"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=~Q(state="ended"), name="watch_one_per_person"),
            models.CheckConstraint(
                condition=Q(ground="consent") & ~Q(form_version="") | ~Q(ground="consent") & ~Q(article=""),
                name="watch_has_ground",
            ),
            models.CheckConstraint(condition=Q(way="none") | Q(ask_at__isnull=False), name="watch_asks_at_an_hour"),
            models.CheckConstraint(condition=~Q(way="call") | Q(caller__isnull=False), name="watch_call_has_caller"),
            models.CheckConstraint(
                condition=Q(safe_from__lt=F("safe_to"), safe_to__lte=24), name="watch_safe_hours_in_order"
            ),
            models.CheckConstraint(condition=Q(state="on", why="") | ~Q(state="on") & ~Q(why=""), name="watch_why"),
        ]


class ContactKind(models.TextChoices):
    NEIGHBOUR = "neighbour", _("neighbour")
    FAMILY = "family", _("family")
    MANAGER = "manager", _("hope manager")
    OTHER = "other", _("somebody else")


class WatchContact(CaseRow):
    """Whom the person wants called first; each said yes to it on a day, and may be asked by text only if they wish."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="contacts")
    rank = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=9, choices=ContactKind)
    name = models.CharField(max_length=80)
    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=80)
    texts = models.BooleanField(default=False)
    agreed_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    @property
    def shown_phone(self) -> str:
        """As people write it."""
        return phones.shown(self.phone) if self.phone else ""


class WatchAway(CaseRow):
    """Away from home: nothing asks and nothing climbs meanwhile."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="aways")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    told_via = models.CharField(max_length=9, choices=SignVia)
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["watch", "-ends_at"], name="watch_away")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="watch_away_in_order")
        ]


class WatchSource(CaseRow):
    """A device of a registered sender, under a name that tells the sender nothing about the person."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="sources")
    sender = models.CharField(max_length=40)
    name = models.CharField(max_length=80, help_text="as the sender knows the device")
    since = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender", "name"], condition=Q(ended_at=None), name="watch_source_once")
        ]


class EventOutcome(models.TextChoices):
    ALARM = "alarm", _("alarm")
    KNOWN = "known", _("an alarm was open already")
    SMALL = "small", _("too little for an alarm")
    AWAY = "away", _("away or resting")


class WatchEvent(CaseRow):
    """What a device reported and what came of it; the person sees it, too."""

    source = models.ForeignKey(WatchSource, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)
    hours = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    outcome = models.CharField(max_length=5, choices=EventOutcome)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["source", "-received_at"], name="watch_event")]


class CheckIn(CaseRow):
    """One hour of asking: answered, missed, or still open. Where no text may go, somebody rings: `way` is call."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="check_ins")
    way = models.CharField(max_length=6, choices=WatchWay)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    via = models.CharField(max_length=9, choices=SignVia, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["answer_by"], name="check_in_open", condition=Q(answered_at=None, missed_at=None)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["watch", "asked_at"], name="check_in_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None, via="") | Q(answered_at__isnull=False) & ~Q(via=""),
                name="check_in_answered_via",
            ),
        ]


class AlarmCause(models.TextChoices):
    CHECK_IN = "check_in", _("no sign at the hour of asking")
    ASKED = "asked", _("asked to be rung")
    DOOR = "door", _("nobody opened at a visit")
    NO_CONTACT = "no_contact", _("nobody has been in touch")
    DEVICE = "device", _("a device reported")


class AlarmResult(models.TextChoices):
    WELL = "well", _("is well")
    HELPED = "helped", _("needed help and got it")
    FALSE = "false", _("false alarm")
    MISSED = "missed", _("found too late")


class Alarm(CaseRow):
    """One at a time for one watch. `next_at`: when it climbs; empty while only a result is due."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="alarms")
    cause = models.CharField(max_length=10, choices=AlarmCause)
    kind = models.CharField(max_length=12, blank=True, help_text="what a device reported")
    opened_at = models.DateTimeField()
    rung = models.CharField(max_length=9, default=Rung.CALL)
    next_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="when somebody first did something")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_via = models.CharField(max_length=9, choices=SignVia, blank=True)
    result = models.CharField(max_length=6, choices=AlarmResult, blank=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="alarm_climbs", condition=Q(ended_at=None)),
            models.Index(fields=["team", "-id"], name="alarm_team"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["watch"], condition=Q(ended_at=None), name="alarm_one_open"),
            models.CheckConstraint(
                condition=Q(ended_at=None, result="", ended_via="")
                | Q(ended_at__isnull=False, next_at=None) & ~Q(result="") & ~Q(ended_via=""),
                name="alarm_ends_with_result",
            ),
        ]


class StepResult(models.TextChoices):
    TAKEN = "taken", _("taken")
    NO_ANSWER = "no_answer", _("not reached")
    UNANSWERED = "unanswered", _("nobody answered in time, it climbed")
    SEEN = "seen", _("was seen")
    SIGN = "sign", _("the person gave a sign")
    ENDED = "ended", _("ended")
    AWAY = "away", _("away, nothing climbs")


class AlarmStep(CaseRow):
    """One rung as it was climbed, or what somebody did on it; appended, its result written once."""

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="steps")
    rung = models.CharField(max_length=9)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=10, choices=StepResult, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=80, blank=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["alarm", "id"], name="alarm_step")]


class DutyHour(models.Model):
    """Who answers for a team on a weekday between two full hours. What is not written here, nobody answers."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField()
    from_hour = models.PositiveSmallIntegerField()
    to_hour = models.PositiveSmallIntegerField()
    holidays = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    phone = EncryptedTextField(blank=True, default="", db_default="", help_text="what rings outside office hours")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, from_hour__lt=F("to_hour"), to_hour__lte=24), name="duty_hour_in_order"
            ),
            models.UniqueConstraint(
                fields=["team", "weekday", "from_hour", "user"], condition=Q(ended_at=None), name="duty_hour_once"
            ),
        ]
