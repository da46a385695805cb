"""Case conferences and the line of approval: 담당, 팀장, 센터장 (R47, K1)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import CaseRow
from cases.models.cases import CloseReason
from cases.models.work import Action, Plan
from hopecare.kernel import clock
from hopecare.kernel.models import Person, User


class ConferencePurpose(models.TextChoices):
    CLASSIFY = "classify", _("classification and plan")
    REVIEW = "review", _("review")
    URGENT = "urgent", _("urgent")
    CLOSING = "closing", _("closing")


class ClientWish(models.TextChoices):
    """No decision about somebody without them: asked each time, the answer is kept."""

    NOT_ASKED = "not_asked", _("not asked yet")
    COMES = "comes", _("comes")
    SENDS_WORDS = "sends_words", _("sends words")
    DECLINED = "declined", _("does not wish to come")


class Sector(models.TextChoices):
    PUBLIC = "public", _("public")
    PRIVATE = "private", _("private")
    VOLUNTEER = "volunteer", _("volunteers")
    SPECIALIST = "specialist", _("specialists")
    CLIENT = "client", _("the person or kin")


class Conference(CaseRow):
    """One meeting about one case; `agenda` one point a line."""

    at = models.DateTimeField()
    place = models.CharField(max_length=120)
    purpose = models.CharField(max_length=8, choices=ConferencePurpose, default=ConferencePurpose.CLASSIFY)
    agenda = models.TextField(max_length=2000)
    client_wish = models.CharField(max_length=12, choices=ClientWish, default=ClientWish.NOT_ASKED)
    client_words = models.TextField(max_length=2000, blank=True)
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(default=clock.now)
    held_at = models.DateTimeField(null=True, blank=True)
    summary = models.TextField(max_length=4000, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["team", "at"], name="conference_team", condition=Q(held_at=None)),
            models.Index(fields=["at"], name="conference_day"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(held_at=None) | ~Q(client_wish="not_asked"), name="conference_held_after_asking_the_person"
            )
        ]


class ConferenceSeat(CaseRow):
    """Who was asked to sit in, for which sector and house; `present` is known once it was held."""

    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=80)
    sector = models.CharField(max_length=10, choices=Sector)
    house = models.CharField(max_length=120, blank=True)
    present = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conference", "user"], condition=Q(user__isnull=False), name="conference_seat_once"
            )
        ]


class AgendaPoint(CaseRow):
    """A point about one of the household alone; those about all of them stand in the conference's own agenda (D4)."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="points")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class Decision(CaseRow):
    """What was decided, and who saw it otherwise and why; about the household, or about one of them alone (D4)."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="decisions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField(max_length=2000)
    dissent = models.TextField(max_length=2000, blank=True)
    dissenters = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(dissent="", dissenters="") | ~Q(dissent="") & ~Q(dissenters=""),
                name="decision_dissent_has_a_name",
            )
        ]


class Commitment(CaseRow):
    """A promise made at a conference: a task of the plan with its owner and day."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="commitments")
    action = models.OneToOneField(Action, on_delete=models.PROTECT, related_name="commitment")


class ApprovalSubject(models.TextChoices):
    PLAN = "plan", _("service plan")
    CLOSING = "closing", _("closing")


class Approval(CaseRow):
    """Something is laid before the line; whoever asks never decides. A closing carries what it closes with.

    `withdrawn`: what was asked about is not what stands there any more, as when another goal was set.
    """

    subject = models.CharField(max_length=8, choices=ApprovalSubject)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="approvals")
    words = models.TextField(max_length=2000, blank=True)
    reason = models.CharField(max_length=14, choices=CloseReason, blank=True)
    erase = models.BooleanField(default=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=9, default="open")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["team"], name="approval_waits", condition=Q(state="open"))]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "subject"], condition=Q(state="open"), name="approval_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "approved", "returned", "withdrawn"]), name="approval_state"
            ),
            models.CheckConstraint(
                condition=Q(subject="closing") | Q(reason="", erase=False), name="approval_ends_only_when_closing"
            ),
        ]


class ApprovalStep(CaseRow):
    """One level of the line. The database refuses that somebody approves what they asked for, or decides twice."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=20)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=8, blank=True)
    words = models.TextField(max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["approval", "position"], name="approval_step_once"),
            models.UniqueConstraint(
                fields=["approval", "decided_by"],
                condition=Q(decided_by__isnull=False),
                name="approval_by_different_people",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="no_approval_of_ones_own"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, verdict="")
                | Q(decided_by__isnull=False, decided_at__isnull=False, verdict__in=["approved", "returned"]),
                name="approval_decided_by_somebody",
            ),
        ]
