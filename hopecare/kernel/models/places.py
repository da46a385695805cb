"""The city as data: zones, towns, organisations, facilities and who runs them (R14, R42, K3)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from hopecare.kernel.models.base import Dated, Named
from hopecare.kernel.telling import told_by


class City(Named):
    """One row: the city this installation serves."""

    population = models.PositiveIntegerField(default=0)
    phone = models.CharField(max_length=20)
    central_phone = models.CharField(max_length=20)
    hours_ko = models.CharField(max_length=120)
    hours_en = models.CharField(max_length=120)
    privacy_officer_phone = models.CharField(max_length=20, blank=True)
    is_demo = models.BooleanField(default=False, help_text="synthetic rows; may be thrown away and made again")


class HelpLine(models.Model):
    """Telephone numbers that stand before every form where danger may be written (K19, D13)."""

    number = models.CharField(max_length=12, primary_key=True)
    name_ko = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    first = models.BooleanField(default=False, help_text="stands in the strip on top of a report")

    class Meta:
        ordering = ["position"]

    name = Named.name

    def __str__(self) -> str:
        return f"{self.number} {self.name_en}"


class OrganisationKind(models.TextChoices):
    CITY = "city"
    TOWN_OFFICE = "town_office"
    CENTRE = "centre"
    FOUNDATION = "foundation"
    INSTITUTION = "institution"
    BUSINESS = "business"
    SCHOOL = "school"


class Tells(models.TextChoices):
    """What a name alone gives away of whoever goes there: a section of D17; addiction goes with the mind."""

    VIOLENCE = "violence", _("violence")
    MENTAL_HEALTH = "mental_health", _("mental health or addiction")
    LEGAL = "legal", _("legal matters")


class Organisation(Named):
    """Who acts and owns records. A centre is one organisation whoever operates it (K3).

    `tells`: its name alone tells of this section; whoever does not read that reads a neutral one (kernel.names, D17).
    """

    kind = models.CharField(max_length=12, choices=OrganisationKind)
    phone = models.CharField(max_length=20, blank=True)
    tells = models.CharField(max_length=16, choices=Tells, blank=True, default="", db_default="")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new one is marked by the words of its name; the mark is changed by people alone afterwards."""
        if self._state.adding and not self.tells:
            self.tells = told_by(self.name_ko, self.name_en)
        super().save(*args, **kwargs)

    @property
    def is_public(self) -> bool:
        return self.kind in {OrganisationKind.CITY, OrganisationKind.TOWN_OFFICE}


class Zone(Named):
    centre = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="zone")


class Town(Named):
    """An 읍, 면 or 동 with its approximate centre (WGS84 degrees), good for routing, not for surveying."""

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="towns")
    office = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="town")
    lat = models.FloatField()
    lon = models.FloatField()


class Facility(Named):
    """A city facility: the building and its telephone stay when the operator changes (K3)."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="facility")
    phone = models.CharField(max_length=20)


class OperatorContract(Dated):
    """Who runs a facility, from and to a day; access through an operator ends with its contract (K3)."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="contracts")
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts")


class AgreementLevel(models.IntegerChoices):
    EXISTENCE = 0
    CATEGORY_AND_DATES = 1
    PLAN = 2
    NOTES = 3


class Agreement(Dated):
    """One version of a sharing agreement of two organisations; without one they stand at level 0 (R9, R23, K6).

    A version holds when both have signed, or when one of them lowered the level by itself; the newest version that
    holds counts, and once it has ended the pair is at level 0 again. Versions are added, never changed: the database
    refuses a raise with one signature only. Signatures are accounts, kept without keys as an audit row keeps them.
    """

    first = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=AgreementLevel, default=AgreementLevel.EXISTENCE)
    version = models.PositiveIntegerField(default=1)
    text_ko = models.TextField(blank=True)
    lowered = models.BooleanField(default=False, help_text="one side lowered the level by itself; holds at once")
    first_signed_by = models.BigIntegerField(null=True, blank=True)
    first_signed_at = models.DateTimeField(null=True, blank=True)
    second_signed_by = models.BigIntegerField(null=True, blank=True)
    second_signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="agreement_pair_in_order"),
            models.UniqueConstraint(fields=["first", "second", "version"], name="agreement_version_once"),
            models.CheckConstraint(
                condition=models.Q(first_signed_at__isnull=False) | models.Q(second_signed_at__isnull=False),
                name="agreement_signed_by_one",
            ),
        ]

    @property
    def holds(self) -> bool:
        """Signed by both, or lowered by one."""
        return self.lowered or (self.first_signed_at is not None and self.second_signed_at is not None)
