"""Three to twelve neighbours of one village who ask and offer among themselves. Nothing here points to a case."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import clock, phones
from hopecare.kernel.crypto import EncryptedTextField
from volunteers.states import FavourState

MOST = 12


class Circle(models.Model):
    """A village's circle, looked after by one centre."""

    village = models.CharField(max_length=40)
    town = models.ForeignKey("kernel.Town", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    opened_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["provider"], name="circle_provider", condition=Q(ended_on=None))]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(village=""), name="circle_has_a_village")]

    def __str__(self) -> str:
        return self.village


class Neighbour(models.Model):
    """A grown-up in a circle, who agreed that the others learn name and number. `token` opens their own page."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="neighbours")
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    name = EncryptedTextField()
    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=80)
    language = models.CharField(max_length=8, default="ko")
    sms_ok = models.BooleanField(default=True)
    links = models.BooleanField(default=True)
    token = EncryptedTextField()
    token_hash = models.CharField(max_length=80, unique=True)
    agreed_on = models.DateField()
    form_version = models.CharField(max_length=20)
    left_on = models.DateField(null=True, blank=True, help_text="name and number are erased with it")
    written_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["phone_hash"], name="neighbour_phone")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["circle", "number"], condition=Q(left_on=None), name="neighbour_place"),
            models.UniqueConstraint(fields=["circle", "phone_hash"], condition=Q(left_on=None), name="neighbour_once"),
            models.CheckConstraint(condition=Q(number__range=(1, MOST)), name="neighbour_one_of_twelve"),
            models.CheckConstraint(condition=~Q(form_version=""), name="neighbour_agreed"),
        ]

    @property
    def phone_shown(self) -> str:
        return phones.shown(self.phone)


class FavourKind(models.TextChoices):
    ASK = "ask", _("I ask")
    OFFER = "offer", _("I offer")


class Favour(models.Model):
    """One thing asked or offered among neighbours; the desk never reads its words."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="favours")
    by = models.ForeignKey(Neighbour, on_delete=models.PROTECT, related_name="favours")
    kind = models.CharField(max_length=5, choices=FavourKind, default=FavourKind.ASK)
    words = EncryptedTextField()
    on = models.DateField(help_text="its last day")
    state = models.CharField(max_length=5, default=FavourState.OPEN)
    taken_by = models.ForeignKey(Neighbour, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["circle", "state"], name="favour_circle")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "back"], taken_by=None)
                | Q(state__in=["taken", "done"], taken_by__isnull=False),
                name="favour_taken_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(taken_by=F("by")), name="favour_taken_by_another"),
        ]
