"""What there is in the city, what is missing, and who was sent where (R12, R17, R37, R42, R44, R81)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import DERIVED, CaseRow
from cases.states import ReferralState
from hopecare.kernel import clock
from hopecare.kernel.models import Category, Organisation, Person, Service, Town, User, Zone


class ResourceSector(models.TextChoices):
    PUBLIC = "public", _("public")
    PRIVATE = "private", _("private")
    VOLUNTEER = "volunteer", _("volunteers")
    BUSINESS = "business", _("business")


class Resource(models.Model):
    """Something that can be asked for: by whom, where, how much of it, whom to ring, and when that was last true.

    It holds nothing about anybody who is helped. Without a zone it serves the whole city; `owner` is one of our
    organisations, `owner_name` any other.
    """

    name = models.CharField(max_length=80)
    sector = models.CharField(max_length=10, choices=ResourceSector)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_name = models.CharField(max_length=80, blank=True)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outside_city = models.BooleanField(default=False)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    capacity_words = models.CharField(max_length=40, blank=True, help_text="what the number counts")
    contact_name = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=20)
    words = models.CharField(max_length=500, blank=True, help_text="for whom, when, how to ask")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["category", "zone"], name="resource_offered", condition=Q(ended_on=None)),
            models.Index(fields=["confirmed_on"], name="resource_to_ask_again", condition=Q(ended_on=None)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(owner__isnull=False) | ~Q(owner_name=""), name="resource_has_owner"),
            models.CheckConstraint(condition=~Q(phone=""), name="resource_can_be_rung"),
        ]

    @property
    def owner_words(self) -> str:
        return self.owner.name if self.owner is not None else self.owner_name


class Gap(CaseRow):
    """A need for which nothing was found in the directory; gone when something is (R12)."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200, blank=True, help_text="what is missing; nothing about the person")
    noted_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    section = models.CharField(max_length=16, db_default=DERIVED)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "category"], condition=Q(closed_at=None), name="gap_noted_once"),
        ]


class Referral(CaseRow):
    """Somebody is sent somewhere. Until the other side accepts, the case's own team stays responsible (R17, R81).

    `words` is all that the other side is told. The reminder says a day and an hour and nothing else (D4).
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_name = models.CharField(max_length=80)
    to_phone = models.CharField(max_length=20, blank=True)
    outside_city = models.BooleanField(default=False)
    words = models.CharField(max_length=300)
    state = models.CharField(max_length=8, default=ReferralState.SENT)
    sent_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer_due = models.DateField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_name = models.CharField(max_length=80, blank=True, help_text="who over there said yes")
    appointment_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    remind = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_words = models.CharField(max_length=300, blank=True)
    section = models.CharField(max_length=16, db_default=DERIVED)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["team", "answer_due"], name="referral_open", condition=Q(ended_at=None)),
            models.Index(fields=["case", "-sent_at"], name="referral_case"),
            models.Index(
                fields=["appointment_at"],
                name="referral_day",
                condition=Q(ended_at=None, appointment_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="sent", accepted_at=None)
                | Q(state__in=["accepted", "attended", "missed"], accepted_at__isnull=False)
                | Q(state="back"),
                name="referral_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["attended", "back"], ended_at__isnull=False)
                | Q(state__in=["sent", "accepted", "missed"], ended_at=None),
                name="referral_ends_with_its_state",
            ),
        ]
