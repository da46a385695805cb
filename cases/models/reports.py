"""Blind-spot reports, the first visit by two, and call-backs (R27, R5, D2, D3)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import Keyed
from cases.states import ReportState
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.kernel.models import Document, Organisation, Team, Town, User


class About(models.TextChoices):
    SELF = "self", _("about me")
    NEIGHBOUR = "neighbour", _("about a neighbour")


class Urgency(models.TextChoices):
    SOON = "soon", _("within a few days")
    TODAY = "today", _("today")
    DANGER = "danger", _("now")


class Seen(models.TextChoices):
    """What was seen: big buttons, so few and plain."""

    LIVES_ALONE = "lives_alone", _("Lives alone")
    SKIPS_MEALS = "skips_meals", _("Seems to skip meals")
    MAIL_PILES = "mail_piles", _("Mail is piling up")
    NO_LIGHT = "no_light", _("No light goes on")
    ILL = "ill", _("Looks ill")
    BILLS = "bills", _("Bills seem unpaid")
    CHILDREN_ALONE = "children_alone", _("Children are alone")
    CARES = "cares", _("Looks after someone at home")
    OTHER = "other", _("Something else")


class Door(models.TextChoices):
    WEB = "web", _("web page")
    PHONE = "phone", _("by telephone")
    APP = "app", _("phone app")
    PARTNER = "partner", _("partner")


class Report(Keyed):
    """A report about somebody's need. `team` is the zone's mixed team, `provider` its centre; both get it at once."""

    code = models.CharField(max_length=13, unique=True)
    about = models.CharField(max_length=10, choices=About)
    door = models.CharField(max_length=8, choices=Door, default=Door.WEB)
    reporter_kind = models.CharField(max_length=30, default="citizen", help_text="K4: duty to report by kind, as data")
    town = models.ForeignKey(
        Town, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="empty: told in words only"
    )
    directions = models.CharField(max_length=300, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    seen = ArrayField(models.CharField(max_length=20, choices=Seen), default=list, blank=True)
    words = models.TextField(max_length=4000, blank=True)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.SOON)
    danger_words = models.BooleanField(default=False, help_text="the words ring the duty line (D13)")
    language = models.CharField(max_length=8, default="ko")
    reporter_name = EncryptedTextField(blank=True)
    reporter_phone = EncryptedTextField(blank=True)
    reporter_phone_hash = models.CharField(max_length=80, blank=True)
    typed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, default=ReportState.RECEIVED)
    received_at = models.DateTimeField(default=clock.now)
    promised_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True, help_text="first result of any kind; all D2 tells")
    closed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="the reporter's wish, whatever was done since")
    echo = models.CharField(
        max_length=10, blank=True, default="", db_default="", help_text="better or not_better, by whoever it is about"
    )
    echo_at = models.DateTimeField(null=True, blank=True)
    joined_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="joined")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    not_same = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text="near, but another house")
    offered_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    offered_provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    offered_at = models.DateTimeField(null=True, blank=True)
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    offered_reason = models.CharField(max_length=300, blank=True, help_text="why another unit should take it over")
    photos: "models.ManyToManyField[Document, ReportPhoto]" = models.ManyToManyField(
        Document, through="ReportPhoto", related_name="+"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["team", "-received_at"], name="report_team_new"),
            models.Index(
                fields=["team", "promised_at"],
                name="report_team_open",
                condition=Q(state__in=["received", "assigned", "visited"]),
            ),
            models.Index(fields=["offered_team"], name="report_offered", condition=Q(offered_team__isnull=False)),
            models.Index(fields=["provider", "-received_at"], name="report_provider_new"),
            models.Index(fields=["town", "-received_at"], name="report_town_new"),
            models.Index(fields=["promised_at"], name="report_promised"),
            models.Index(
                fields=["promised_at", "id"],
                name="report_waiting",
                condition=Q(state__in=["received", "assigned"]),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="joined", joined_to__isnull=False) | ~Q(state="joined"), name="report_joined_to_one"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["assigned", "visited"], assigned_at__isnull=False)
                | ~Q(state__in=["assigned", "visited"]),
                name="report_assigned_has_time",
            ),
            models.CheckConstraint(
                condition=Q(offered_team=None, offered_provider=None, offered_at=None, offered_by=None)
                | Q(
                    offered_team__isnull=False,
                    offered_provider__isnull=False,
                    offered_at__isnull=False,
                    offered_by__isnull=False,
                )
                & ~Q(offered_reason=""),
                name="report_offered_with_reason",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in {ReportState.RECEIVED, ReportState.ASSIGNED, ReportState.VISITED}


class ReportPhoto(Keyed):
    report = models.ForeignKey(Report, on_delete=models.CASCADE)
    document = models.ForeignKey(Document, on_delete=models.PROTECT)
    look = models.BigIntegerField(
        null=True, blank=True, help_text="what it looks like, in 64 bits; known from upload on"
    )


class VisitKind(models.TextChoices):
    FIRST = "first", _("First visit")
    REVIEW = "review", _("Review visit")
    AFTERCARE = "aftercare", _("Aftercare")


class VisitResult(models.TextChoices):
    MET = "met", _("Met")
    NOBODY_HOME = "nobody_home", _("Nobody home")
    WRONG_PLACE = "wrong_place", _("Wrong place")
    ALREADY_HELPED = "already_helped", _("Already helped")
    DECLINED = "declined", _("Declined")
    DANGER = "danger", _("Danger")


class Visit(Keyed):
    """A visit by two: one from the public side, one from the centre (first consultation, 초기상담)."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    kind = models.CharField(max_length=10, choices=VisitKind, default=VisitKind.FIRST)
    at = models.DateTimeField()
    official = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=16, choices=VisitResult, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    ask_again_on = models.DateField(null=True, blank=True)
    told_whom = models.CharField(max_length=200, blank=True, help_text="who was told of the danger (D13)")
    told_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["worker", "ask_again_on"], name="visit_ask_again", condition=Q(ask_again_on__isnull=False)
            ),
            models.Index(fields=["worker", "at"], name="visit_worker_at"),
            models.Index(fields=["official", "at"], name="visit_official_at"),
            models.Index(fields=["report"], name="visit_report"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(official=F("worker")), name="visit_by_two"),
            models.CheckConstraint(
                condition=Q(result="", recorded_at=None) | (~Q(result="") & Q(recorded_at__isnull=False)),
                name="visit_result_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(result="danger") | (Q(told_at__isnull=False) & ~Q(told_whom="")),
                name="visit_danger_somebody_told",
            ),
        ]


class CallBackAbout(models.TextChoices):
    HELP = "help", _("I need help")
    DONATE = "donate", _("I want to give")
    DISPLAY = "display", _("What services are there")
    SIMULATE = "simulate", _("What may I receive")


class CallBack(Keyed):
    """Somebody left a name and a number with consent, and is rung back by a promised time."""

    about = models.CharField(max_length=10, choices=CallBackAbout)
    town = models.ForeignKey(Town, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = EncryptedTextField()
    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=80)
    words = models.TextField(max_length=1000, blank=True)
    consent_version = models.CharField(max_length=20)
    received_at = models.DateTimeField(default=clock.now)
    promised_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["team", "promised_at"], name="call_back_open", condition=Q(done_at=None)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(consent_version=""), name="call_back_has_consent"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="call_back_done_by_somebody",
            ),
        ]
