"""Needs, plan, actions and services of a case (R55–R57, R20)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import DERIVED, CaseRow
from cases.states import ActionState
from hopecare.kernel import clock
from hopecare.kernel.models import Category, FundSource, Organisation, Person, ProviderKind, Service, User


class Phase(models.TextChoices):
    OPEN = "open", _("at opening")
    REVIEW = "review", _("at review")
    CLOSE = "close", _("at closing")
    FOLLOW_UP = "follow_up", _("at follow-up")


class Answer(models.TextChoices):
    """What stands in a cell of the grid; no row at all means *not asked*."""

    NOTHING = "nothing", _("asked and nothing")
    SEVERITY = "severity", _("0 to 4")
    PRIVATE = "private", _("would rather not say")


class NeedAnswer(CaseRow):
    """One answer for category × person (household when `person` is empty); history is appended, the newest counts."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.OPEN)
    answer = models.CharField(max_length=8, choices=Answer)
    severity = models.PositiveSmallIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    section = models.CharField(max_length=16, db_default=DERIVED)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "category", "person", "-asked_at"], name="need_answer_cell")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answer="severity", severity__range=(0, 4)) | ~Q(answer="severity") & Q(severity=None),
                name="need_severity_only_with_severity",
            )
        ]


class VoiceKind(models.TextChoices):
    OWN_WORDS = "own_words", _("Own words")
    OFFER = "offer", _("Can offer")
    PRIVATE = "private", _("Private note")


class Voice(CaseRow):
    """The person's own words, what they can offer, or a note apart from the household print (D4)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=VoiceKind)
    words = models.TextField(max_length=2000)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    section = models.CharField(max_length=16, db_default=DERIVED)


class Means(CaseRow):
    """Monthly income as told, in won; shown with section.means only. It never refuses anybody (R87)."""

    monthly_income_won = models.BigIntegerField()
    household_size = models.PositiveSmallIntegerField()
    told_on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(monthly_income_won__range=(0, 10_000_000_000), household_size__range=(1, 30)),
                name="means_plausible",
            )
        ]


class Goal(models.TextChoices):
    STABILISE = "stabilise", _("Stabilise")
    PREVENT_WORSENING = "prevent_worsening", _("Keep it from getting worse")
    SELF_RELIANCE = "self_reliance", _("Stand on own feet")


class Unsigned(models.TextChoices):
    NOT_YET = "not_yet", _("not asked yet")
    ILLNESS = "illness", _("illness or incapacity")
    REFUSED = "refused", _("did not want to sign")
    UNREACHABLE = "unreachable", _("could not be reached")


class Plan(CaseRow):
    """The agreed plan; a change of goal is a new row, the newest counts."""

    goal = models.CharField(max_length=18, choices=Goal)
    goal_words = models.TextField(max_length=1000, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    signed_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unsigned_reason = models.CharField(max_length=12, choices=Unsigned, default=Unsigned.NOT_YET, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(signed_on__isnull=False, unsigned_reason="") | Q(signed_on=None) & ~Q(unsigned_reason=""),
                name="plan_signed_or_reason",
            )
        ]


class OwnerKind(models.TextChoices):
    STAFF = "staff", _("staff")
    VOLUNTEER = "volunteer", _("volunteer")
    PARTNER = "partner", _("partner")


class Action(CaseRow):
    """One thing to do, with a named owner organisation and a due date; a volunteer's has day, hours and place.

    `person`: for whom alone, or nobody for the household; what other organisations read of it goes by their word (K6).
    """

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=200)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_kind = models.CharField(max_length=10, choices=OwnerKind, default=OwnerKind.STAFF)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    at = models.DateTimeField(null=True, blank=True, help_text="when a volunteer is wanted")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    weekly = models.BooleanField(default=False)
    quarter = models.CharField(max_length=40, blank=True, help_text="where, as a stranger may know it")
    stairs = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=ActionState.OPEN)
    done_on = models.DateField(null=True, blank=True)
    helper_name = models.CharField(max_length=80, blank=True, help_text="the volunteer who said yes")
    updated_at = models.DateTimeField(default=clock.now)
    section = models.CharField(max_length=16, db_default=DERIVED)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "due_on"],
                name="action_owner_due",
                condition=Q(state__in=["open", "doing", "offered", "booked"]),
            ),
            models.Index(
                fields=["team", "due_on"],
                name="action_team_due",
                condition=Q(state__in=["open", "doing", "offered", "booked"]),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(owner_kind="volunteer") | Q(at__isnull=False, minutes__isnull=False),
                name="volunteer_action_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(owner_kind="staff") | Q(owner__isnull=False), name="staff_action_has_owner"
            ),
        ]


class ServiceRecord(CaseRow):
    """Who gave what to whom, when, from which money (R56, R61). `provider` is the organisation that gave it.

    `amount_won` stays as it was written; whoever counts money counts `spent_won`, the sum less what came back (R73).
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    provider_kind = models.ForeignKey(ProviderKind, on_delete=models.PROTECT, related_name="+")
    given_on = models.DateField()
    until = models.DateField(null=True, blank=True)
    amount_won = models.BigIntegerField(default=0)
    fund_source = models.ForeignKey(FundSource, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    payment_uuid = models.UUIDField(null=True, blank=True)
    returned_won = models.BigIntegerField(
        default=0, db_default=0, help_text="what its payee sent back; the books alone write it"
    )
    spent_won = models.GeneratedField(
        expression=F("amount_won") - F("returned_won"), output_field=models.BigIntegerField(), db_persist=True
    )
    action = models.ForeignKey(Action, on_delete=models.PROTECT, null=True, blank=True, related_name="services")
    note = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=20, default="hand", help_text="provenance: hand, or the import's name")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    section = models.CharField(max_length=16, db_default=DERIVED)
    set_aside = models.TextField(
        blank=True, default="", db_default="", help_text="prints of questions that were unfounded; the database's own"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case", "-given_on", "-id"], name="service_case"),
            models.Index(fields=["provider", "-given_on"], name="service_provider"),
            models.Index(fields=["person", "service", "given_on"], name="service_person"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("given_on")), name="service_period_in_order"
            ),
            models.CheckConstraint(condition=Q(amount_won__gte=0), name="service_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(returned_won__gte=0, returned_won__lte=F("amount_won")), name="service_returned_within"
            ),
            models.CheckConstraint(
                condition=Q(amount_won=0) | Q(fund_source__isnull=False), name="service_money_has_source"
            ),
            models.UniqueConstraint(
                fields=["action", "given_on"], condition=Q(action__isnull=False), name="service_once_per_action_and_day"
            ),
        ]
