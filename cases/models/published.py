"""A need that givers may see: without name, date, photo or event; the place only as roughly as D1 asks."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.models.base import CaseRow
from hopecare.kernel import clock
from hopecare.kernel.models import Category, Person, Service, Town, User, Zone


class PublishedNeed(CaseRow):
    """`town` is empty where fewer than twenty people are alike. Shown from `shown_from`, gone when closed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    main_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="+")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, null=True, related_name="+")
    age_from = models.PositiveSmallIntegerField(null=True)
    age_to = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=160)
    target_won = models.BigIntegerField()
    urgent = models.BooleanField(default=False)
    wanted_by = models.DateField(null=True, help_text="the last day on which gifts still help")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(default=clock.now)
    shown_from = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=10, blank=True)  # met, withdrawn, case, person, late

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["shown_from"], name="published_need_open", condition=Q(closed_at=None)),
            models.Index(fields=["case"], name="published_need_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(target_won__range=(10_000, 20_000_000)), name="published_need_target"),
            models.CheckConstraint(
                condition=Q(closed_at=None, close_reason="") | Q(closed_at__isnull=False) & ~Q(close_reason=""),
                name="published_need_closed_why",
            ),
        ]
