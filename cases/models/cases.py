"""The case: one number, exactly one lead at all times, a mixed team, dated deadlines (K1, K2, R47)."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from cases.models.base import DERIVED, CaseRow, Keyed
from cases.states import CaseStage
from hopecare.kernel import clock
from hopecare.kernel.models import Household, Organisation, Person, Town, User


class CaseKind(models.TextChoices):
    PUBLIC = "public", _("public")
    CENTRE = "centre", _("centre")
    JOINT = "joint", _("joint")


class Track(models.TextChoices):
    FULL = "full", _("full case management")
    LINKAGE = "linkage", _("service linkage")


class CloseReason(models.TextChoices):
    IMPROVED = "improved", _("Improved")
    SELF_RELIANT = "self_reliant", _("Stands on own feet")
    STATUTORY = "statutory", _("Statutory benefit took over")
    MOVED = "moved", _("Moved away")
    DIED = "died", _("Died")
    WISH = "wish", _("Wishes to end")
    UNREACHABLE = "unreachable", _("Cannot be reached")


class CaseNumber(models.Model):
    """The last number of a year; taken in the opening transaction, never reused."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Case(Keyed):
    """One case for one household, named after its main person."""

    number = models.CharField(max_length=11, unique=True)
    kind = models.CharField(max_length=6, choices=CaseKind, default=CaseKind.JOINT)
    track = models.CharField(max_length=8, choices=Track, default=Track.FULL)
    stage = models.CharField(max_length=12, default=CaseStage.INTAKE)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="cases")
    main_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(User, on_delete=models.PROTECT, related_name="led_cases")
    opened_at = models.DateTimeField(default=clock.now)
    survey_due = models.DateField()
    conference_due = models.DateField()
    plan_due = models.DateField()
    stage_since = models.DateField()
    signed_off = models.BooleanField(default=False)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="in vain since the last contact")
    updated_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=14, choices=CloseReason, blank=True)
    close_words = models.TextField(max_length=2000, blank=True)
    erase_asked_on = models.DateField(
        null=True, blank=True, help_text="a young carer wished that the file be destroyed at closing (K9)"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["team", "-updated_at", "-id"], name="case_team_recent"),
            models.Index(fields=["provider", "-updated_at", "-id"], name="case_provider_recent"),
            models.Index(fields=["team", "-updated_at", "-id"], name="case_team_open", condition=Q(closed_at=None)),
            models.Index(fields=["team", "stage", "-updated_at", "-id"], name="case_team_stage"),
            models.Index(fields=["lead", "stage"], name="case_lead_stage", condition=Q(closed_at=None)),
            models.Index(fields=["main_person"], name="case_main_person"),
            models.Index(fields=["household"], name="case_household"),
            models.Index(fields=["team"], name="case_of_the_city", condition=Q(kind="public")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at=None, close_reason="") & ~Q(stage="closed")
                | Q(stage="closed", closed_at__isnull=False) & ~Q(close_reason=""),
                name="case_closed_with_reason",
            ),
            models.UniqueConstraint(
                fields=["household"], condition=Q(closed_at=None), name="case_one_open_per_household"
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class LeadPeriod(CaseRow):
    """Who led from when to when; the database allows no two leads at once, and `Case.lead` is never empty."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="one_lead_at_a_time",
                expressions=[
                    ("case", RangeOperators.EQUAL),
                    (
                        Func(F("starts_at"), F("ends_at"), Value("[)"), function="tstzrange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            )
        ]


class CaseMember(CaseRow):
    """Somebody who works on the case, for an organisation; ends with the case."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "user"], condition=Q(ends_on=None), name="case_member_once")
        ]


class EntryKind(models.TextChoices):
    REPORT_RECEIVED = "report_received", _("Report received")
    REPORT_JOINED = "report_joined", _("A near report was joined")
    VISITED = "visited", _("Visited by two")
    OPENED = "opened", _("Case opened")
    ASSESSED = "assessed", _("Needs asked")
    STAGE = "stage", _("Stage changed")
    PLANNED = "planned", _("Plan changed")
    SIGNED = "signed", _("Plan agreed")
    LEAD = "lead", _("Lead changed")
    MEMBER = "member", _("Team changed")
    SERVICE = "service", _("Service given")
    REFERRAL = "referral", _("Referral")
    OFFER = "offer", _("Volunteer")
    CONTACT = "contact", _("Contact")
    NOTE = "note", _("Note")
    STATE = "state", _("Person's state")
    CONSENT = "consent", _("Consent")
    CLOSED = "closed", _("Case closed")
    REOPENED = "reopened", _("Case reopened")
    AFTERCARE = "aftercare", _("Aftercare")


class TimelineEntry(CaseRow):
    """What happened, appended; `details` holds codes and ids that the template turns into a sentence.

    `person`: whom alone it is about, or nobody for the household; other organisations read it by their word (K6).
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=16, choices=EntryKind)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=80, blank=True)
    words = models.TextField(max_length=4000, blank=True)
    details = models.JSONField(default=dict, blank=True)
    section = models.CharField(max_length=16, db_default=DERIVED)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "-at", "-id"], name="timeline_case")]


class AftercareResult(models.TextChoices):
    WELL = "well", _("well")
    SHAKY = "shaky", _("shaky, we look again")
    WORSE = "worse", _("worse, the case is needed again")
    NOT_REACHED = "not_reached", _("not reached")


class AftercareCheck(CaseRow):
    """A call or visit 3, 6 and 12 months after closing (K1: our own choice)."""

    months = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    result = models.CharField(max_length=12, choices=AftercareResult, blank=True, db_default="")
    words = models.TextField(max_length=2000, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "due_on"], name="aftercare_once")]
        indexes: ClassVar = [models.Index(fields=["team", "due_on"], name="aftercare_due", condition=Q(done_on=None))]
