"""The one catalogue: categories, life stages, provider kinds, services and fund sources are data (R42, R56)."""

from django.db import models

from hopecare.kernel.models.base import Named


class Category(Named):
    """One of the eight categories of need."""

    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "categories"


class LifeStage(Named):
    """A stage by age in full years (both ends inclusive); pregnancy is a state and has no ages."""

    position = models.PositiveSmallIntegerField()
    from_age = models.PositiveSmallIntegerField(null=True, blank=True)
    to_age = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["position"]


class ProviderKind(Named):
    """public, private, professional volunteer, regular volunteer, occasional volunteer (R56)."""

    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]


class FundSource(Named):
    """Which money paid: city budget, gift fund by purpose, in kind (R61). Operating cost is never a gift (R71)."""

    is_gift = models.BooleanField(default=False)
    purpose = models.CharField(max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_gift=False) | models.Q(purpose__in=["living", "medical", "children_education"]),
                name="gift_source_has_payable_purpose",
            )
        ]


class Service(Named):
    """A service that can be given: eligibility hangs rules on it, cases record it, volunteers offer it."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="services")
    gift_purpose = models.CharField(max_length=20, blank=True)
    volunteer_risk = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="0 low – 2 high: the least qualification; empty = not for volunteers"
    )
    active = models.BooleanField(default=True)
