"""Who sees a case besides its team, who never does, and who is asked to take it over (R9, R17, R47, D5, D6, K6, K7)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import CaseRow, Keyed
from cases.models.intake import Intake
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.kernel.models import Category, Organisation, Person, Team, Town, User

_PERIOD = Q(ends_at__gt=F("starts_at"))


class CaseShare(CaseRow):
    """Another organisation takes part in a case; how much it sees is the agreement's level and the ground's (K6)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    shared_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    notes_from = models.DateField(null=True, blank=True, help_text="earlier notes stay closed; empty: all are read")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "case"], condition=Q(ended_at=None), name="case_shared_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="case_share_has_reason"),
        ]


class LockKind(models.TextChoices):
    KIN = "kin", _("own household or kin")
    CONFLICT = "conflict", _("conflict of interest")


class CaseLock(CaseRow):
    """This account never sees this case, whatever team, organisation or grant it has (D6)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=LockKind)
    reason = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "case", "kind"], condition=Q(ends_at=None), name="case_lock_once"),
            models.CheckConstraint(condition=Q(kind="kin") | ~Q(reason=""), name="conflict_has_reason"),
        ]


class Unsealing(CaseRow):
    """One of the two who see a protected person wants the protection ended; it ends when the other one agrees (D5).

    `agreed` is empty while nobody has answered; the one who asked may only take it back.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    agreed = models.BooleanField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(agreed=None), name="unsealing_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(agreed=None, answered_by=None, answered_at=None)
                | Q(agreed__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="unsealing_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(agreed=True) | ~Q(answered_by=F("asked_by")), name="unsealing_by_two_people"
            ),
        ]


class KeeperNaming(CaseRow):
    """Two others are to see a protected person, as fewer than two of those who did are still at work (D5).

    Asked at the central desk, agreed to by somebody else; none of them sees the record or becomes one of the two.
    """

    lead = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    agreed = models.BooleanField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(agreed=None), name="keepers_asked_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(agreed=None, answered_by=None, answered_at=None)
                | Q(agreed__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="keepers_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(agreed=True) | ~Q(answered_by=F("asked_by")), name="keepers_by_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(lead=F("deputy"))
                & ~Q(asked_by=F("lead"))
                & ~Q(asked_by=F("deputy"))
                & ~(Q(agreed=True) & (Q(answered_by=F("lead")) | Q(answered_by=F("deputy")))),
                name="keepers_are_two_others",
            ),
        ]


class DeclaredRelation(models.TextChoices):
    SELF = "self", _("myself")
    HOUSEHOLD = "household", _("lives with me")
    KIN = "kin", _("family elsewhere")
    OTHER = "other", _("somebody close to me")


class DeclaredPerson(models.Model):
    """Somebody a member of staff declared as close, so that their case locks itself (D6). For that account alone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    relation = models.CharField(max_length=10, choices=DeclaredRelation)
    name = models.CharField(max_length=80)
    name_jamo = models.GeneratedField(
        expression=Func(F("name"), function="hc_jamo", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    phone = EncryptedTextField(blank=True)
    phone_hash = models.CharField(max_length=80, blank=True)
    declared_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["name_jamo"], name="declared_person_name")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(birth_year__isnull=False) | ~Q(phone_hash=""), name="declared_person_can_be_known"
            )
        ]


class StaffHome(models.Model):
    """Where a member of staff lives, as told: looks at the own town or house are listed for the monthly review."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    directions = models.CharField(max_length=200, blank=True)


class Cover(models.Model):
    """One colleague stands in for another from a moment to a moment: the cases the other leads, nothing else."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    absent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    cover = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["cover", "ends_at"], name="cover_in_force")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_PERIOD, name="cover_period_in_order"),
            models.CheckConstraint(condition=~Q(absent=F("cover")), name="cover_is_somebody_else"),
        ]


class BreakGlass(CaseRow):
    """Urgent life or body: one account sees one case for a short time; the owner is alarmed at once (K7)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=1000)
    article = models.CharField(max_length=120)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    review_words = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "ends_at"], name="break_glass_in_force")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_PERIOD, name="break_glass_ends"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(article=""), name="break_glass_has_reason"),
        ]


class ReadingReview(models.Model):
    """Somebody who answers for an organisation has looked through its odd reads of a month (K9)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="its first day")
    looks = models.PositiveIntegerField(help_text="how many odd looks stood in the list")
    words = models.TextField(max_length=1000, blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "month"], name="reading_reviewed_once"),
            models.CheckConstraint(condition=Q(looks=0) | ~Q(words=""), name="odd_reading_has_words"),
        ]


class CaseHandOver(CaseRow):
    """A unit asks another to take a case over; until somebody there accepts, the sender stays responsible (R17)."""

    to_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    to_provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=clock.now)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["to_team"], name="case_offered", condition=Q(accepted_at=None, withdrawn_at=None))
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(accepted_at=None, withdrawn_at=None), name="case_offered_to_one"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="case_offered_with_reason"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at=None),
                name="case_offer_ends_one_way",
            ),
        ]


class UrgentRequest(Keyed):
    """A partner asks for urgent help with the least data; both sides see the promised time (R38)."""

    code = models.CharField(max_length=14, unique=True)
    from_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    call_back = EncryptedTextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    promised_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_words = models.CharField(max_length=300, blank=True)
    intake = models.OneToOneField(
        Intake, on_delete=models.SET_NULL, null=True, blank=True, related_name="urgent_request"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["team", "promised_at"], name="urgent_open", condition=Q(done_at=None)),
            models.Index(fields=["from_organisation", "-asked_at"], name="urgent_asked"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(taken_by=None, taken_at=None) | Q(taken_by__isnull=False, taken_at__isnull=False),
                name="urgent_taken_by_somebody",
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(taken_at__isnull=False), name="urgent_done_if_taken"),
        ]
