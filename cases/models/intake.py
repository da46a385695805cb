"""Every door leads to one intake with one number (R7); people found to be the same, and taken apart again (D6)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import CaseRow, Keyed
from cases.models.reports import Report
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.kernel.models import Person, Town, User


class IntakeDoor(models.TextChoices):
    WEB = "web", _("web report")
    PHONE = "phone", _("by telephone")
    APP = "app", _("phone app")
    COUNTER = "counter", _("at the counter")
    PARTNER = "partner", _("partner")
    MOBILE_UNIT = "mobile_unit", _("mobile unit")
    POPUP = "popup", _("pop-up event")
    SIMULATOR = "simulator", _("benefit check")
    IMPORT = "import", _("city's system")


class IntakeNumber(models.Model):
    """The last number of a year; taken in the transaction of the intake, never reused."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Intake(Keyed):
    """Somebody's need arrived. There is no refusal (R17): it becomes a case, joins one, or its question is answered."""

    number = models.CharField(max_length=12, unique=True)
    door = models.CharField(max_length=12, choices=IntakeDoor)
    state = models.CharField(max_length=8, default="open")
    received_at = models.DateTimeField(default=clock.now)
    promised_at = models.DateTimeField()
    name = models.CharField(max_length=80, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    birth_year_only = models.BooleanField(default=False)
    sex = models.CharField(max_length=1, default="U")
    phone = EncryptedTextField(blank=True)
    phone_hash = models.CharField(max_length=80, blank=True)
    town = models.ForeignKey(Town, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    directions = models.CharField(max_length=200, blank=True)
    caller_name = EncryptedTextField(blank=True, help_text="who rang or came, when it was not the person")
    caller_phone = EncryptedTextField(blank=True)
    caller_kind = models.CharField(max_length=30, blank=True)
    words = models.TextField(max_length=4000, blank=True)
    told = EncryptedTextField(blank=True, help_text="answers of the benefit check as JSON, with consent")
    consent_version = models.CharField(max_length=40, blank=True)
    typed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stop = models.ForeignKey(
        "cases.OutingStop", on_delete=models.PROTECT, null=True, blank=True, related_name="intakes"
    )
    client_id = models.UUIDField(null=True, blank=True, unique=True, help_text="born offline or imported: taken once")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, blank=True, related_name="intakes")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="intakes")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField(max_length=2000, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["team", "promised_at"], name="intake_open", condition=Q(state="open")),
            models.Index(fields=["team", "-received_at"], name="intake_team"),
            models.Index(fields=["case"], name="intake_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", case=None, done_at=None, answer="")
                | Q(state="case", case__isnull=False, done_at__isnull=False, answer="")
                | Q(state="answered", case=None, done_at__isnull=False) & ~Q(answer=""),
                name="intake_ends_in_a_case_or_an_answer",
            )
        ]


class MergeGround(models.TextChoices):
    NUMBER = "number", _("the same resident number")
    LIKENESS = "likeness", _("alike by name, birth or telephone")


class Merge(Keyed):
    """Two persons are one. No foreign key is rewritten: `merged` points to `kept`, un-merging clears the pointer.

    By likeness, nothing sealed or sensitive is read across until a second person has confirmed (D6).
    """

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=8, choices=MergeGround)
    reasons = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_words = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("by")),
                name="merge_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, undone_words="")
                | Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_words=""),
                name="merge_undone_with_words",
            ),
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merged_once"),
        ]


class OutingKind(models.TextChoices):
    MOBILE_UNIT = "mobile_unit", _("mobile unit")
    POPUP = "popup", _("pop-up event")


class Outing(models.Model):
    """A day of the central centre's mobile unit, or a pop-up event: when, with what, who goes (R16). No person."""

    kind = models.CharField(max_length=12, choices=OutingKind, default=OutingKind.MOBILE_UNIT)
    on = models.DateField()
    leaves_at = models.TimeField()
    name = models.CharField(max_length=120)
    vehicle = models.CharField(max_length=80, blank=True)
    start = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+", help_text="where the day begins")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    crew: "models.ManyToManyField[User, OutingCrew]" = models.ManyToManyField(
        User, through="OutingCrew", related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["on"], name="outing_day")]


class OutingCrew(models.Model):
    outing = models.ForeignKey(Outing, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["outing", "user"], name="outing_crew_once")]


class OutingStop(models.Model):
    """A place of the day; the point is rough (about one kilometre), good for driving, not for finding anybody."""

    outing = models.ForeignKey(Outing, on_delete=models.CASCADE, related_name="stops")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=120)
    lat = models.FloatField()
    lon = models.FloatField()
    minutes = models.PositiveSmallIntegerField(default=40)


class SeenResult(models.TextChoices):
    MET = "met", _("met")
    NOT_THERE = "not_there", _("was not there")
    LATER = "later", _("wants another day")
    DECLINED = "declined", _("does not want it")


class StopPerson(CaseRow):
    """Somebody to see at a stop; the result stands in the case's timeline the same evening."""

    stop = models.ForeignKey(OutingStop, on_delete=models.PROTECT, related_name="people")
    purpose = models.CharField(max_length=200, blank=True)
    result = models.CharField(max_length=10, choices=SeenResult, blank=True)
    words = models.TextField(max_length=2000, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    came_at = models.DateTimeField(null=True, blank=True, help_text="when it came, where that was a later day")
    client_id = models.UUIDField(null=True, blank=True, unique=True, help_text="written offline: taken once")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stop", "case"], name="stop_person_once"),
            models.CheckConstraint(
                condition=Q(result="", recorded_at=None, recorded_by=None)
                | Q(recorded_at__isnull=False, recorded_by__isnull=False) & ~Q(result=""),
                name="stop_person_recorded_by_somebody",
            ),
        ]
