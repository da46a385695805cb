"""Pictures of rooms taken at a visit: the household's word for one visit, and what came of it (D9)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.models.base import CaseRow
from cases.models.pathways import PhotoMoment
from cases.models.work import Action
from hopecare.kernel import clock
from hopecare.kernel.models import Document, User


class RoomConsent(CaseRow):
    """They agreed that rooms are photographed at one visit; taken back at any time, and its pictures go."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+")
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["action"], condition=Q(withdrawn_at=None), name="room_consent_once_for_a_visit"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="room_consent_taken_back_by_somebody",
            ),
        ]


class RoomPhoto(CaseRow):
    """A room before or after the visit; nobody is in it. The database shows and takes none without an open consent."""

    consent = models.ForeignKey(RoomConsent, on_delete=models.PROTECT, related_name="photos")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="the same picture sent twice is one")
    moment = models.CharField(max_length=6, choices=PhotoMoment)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consent", "sha256"], name="room_photo_once"),
        ]
