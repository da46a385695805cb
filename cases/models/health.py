"""What a nurse or a doctor wrote down at a home visit, beside the service record it belongs to (R49, R51)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import CaseRow
from cases.models.work import Action, ServiceRecord
from hopecare.kernel import clock
from hopecare.kernel.models import Person, User


class VisitBy(models.TextChoices):
    NURSING = "nursing", _("home nursing")
    DOCTOR = "doctor", _("doctor at home")


class Medicines(models.TextChoices):
    YES = "yes", _("as told")
    PARTLY = "partly", _("partly")
    NO = "no", _("not taken")
    NONE = "none", _("takes none")


def _measure() -> "models.PositiveSmallIntegerField[int | None, int | None]":
    return models.PositiveSmallIntegerField(null=True, blank=True)


class HealthVisit(CaseRow):
    """One visit to one person. The whole table is the section `health`; records are added, never changed.

    Limits of the values stand in data/health.yaml; `confirmed` names the rare ones that were measured again.
    """

    record = models.OneToOneField(ServiceRecord, on_delete=models.PROTECT, related_name="health_visit")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=VisitBy)
    on = models.DateField()
    visitor = models.CharField(max_length=80, help_text="who was there; a doctor who volunteers has no account")
    systolic = _measure()
    diastolic = _measure()
    pulse = _measure()
    temperature = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    glucose = _measure()
    fasting = models.BooleanField(null=True, blank=True)
    oxygen = _measure()
    weight = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    pain = _measure()
    confirmed = models.JSONField(default=list, blank=True)
    medicines = models.CharField(max_length=6, choices=Medicines, blank=True)
    done = models.JSONField(default=list, blank=True)
    found = models.TextField(max_length=2000, blank=True)
    advice = models.TextField(max_length=2000, blank=True)
    prescription = models.BooleanField(null=True, blank=True)
    referred_to = models.CharField(max_length=120, blank=True)
    signs = models.JSONField(default=list, blank=True)
    told_whom = models.CharField(max_length=200, blank=True, help_text="who was told of the signs (D13)")
    next_on = models.DateField(null=True, blank=True)
    next_action = models.ForeignKey(Action, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "-on"], name="health_visit_person"),
            models.Index(fields=["next_action"], name="health_visit_next", condition=Q(next_action__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(systolic=None, diastolic=None)
                | Q(systolic__isnull=False, diastolic__isnull=False, systolic__gt=F("diastolic")),
                name="health_visit_pressure",
            ),
            models.CheckConstraint(
                condition=Q(glucose=None, fasting=None) | Q(glucose__isnull=False, fasting__isnull=False),
                name="health_visit_fasting_or_not",
            ),
            models.CheckConstraint(condition=Q(signs=[]) | ~Q(told_whom=""), name="health_visit_sign_somebody_told"),
            models.CheckConstraint(condition=Q(next_on=None) | Q(next_on__gt=F("on")), name="health_visit_next_later"),
        ]
