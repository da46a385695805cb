"""Places in public (D3): lamps, ramps, paths. No category about a person or a household can stand here."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.models.base import Keyed
from cases.states import PLACES, PlaceState
from hopecare.kernel import clock
from hopecare.kernel.models import ApiKey, Document, Town, User


class PlaceRequest(Keyed):
    """What is wrong at a place. Words and the exact point are for the team; the public reads the rest."""

    code = models.CharField(max_length=13, unique=True)
    category = models.CharField(max_length=20)
    town = models.ForeignKey(Town, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lat = models.FloatField()
    lon = models.FloatField()
    address = models.CharField(max_length=300, blank=True)
    words = models.TextField(max_length=1000, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=6, default=PlaceState.OPEN)
    requested_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    promised_on = models.DateField()
    client = models.ForeignKey(ApiKey, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    media_url = models.CharField(max_length=300, blank=True, help_text="as it was told; nobody fetches it")
    photo = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    photo_shown_at = models.DateTimeField(null=True, blank=True, help_text="since when everybody may see it (D9)")
    photo_shown_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-requested_at"], name="place_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(category__in=PLACES), name="place_category_is_a_place"),
            models.CheckConstraint(
                condition=Q(state="open", closed_by=None) | Q(state="closed", closed_by__isnull=False),
                name="place_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(photo_shown_at=None, photo_shown_by=None)
                | Q(photo_shown_at__isnull=False, photo_shown_by__isnull=False, photo__isnull=False),
                name="place_photo_shown_by_somebody",
            ),
        ]
