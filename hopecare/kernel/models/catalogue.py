"""The one catalogue: categories, life stages, provider kinds, services and fund sources are data (R42, R56)."""

from django.db import models

from hopecare.kernel.models.base import Named


class Category(Named):
    """One of the eight categories of need."""

    position = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=16, blank=True, help_text="the field section whose permission its rows need")

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


class OverlapPolicy(models.TextChoices):
    """What entering one more means: nothing, look again and say why, or a reason in own words."""

    FREE = "free"
    WARN = "warn"
    REFUSE = "refuse"


class QuotaPeriod(models.TextChoices):
    MONTH = "month"
    YEAR = "year"


class ServiceClass(Named):
    """Services that stand for one another (R20): two of a class at once are one too many, or a quota is exceeded.

    `span_days`: how long one giving lasts when its record names no end. `among_all`: also twice by the same
    organisation. `per_household`: for everybody in the household together. Quotas count records and won a period.
    """

    policy = models.CharField(max_length=6, choices=OverlapPolicy, default=OverlapPolicy.WARN)
    span_days = models.PositiveSmallIntegerField(default=1)
    per_household = models.BooleanField(default=False)
    among_all = models.BooleanField(default=False)
    quota_count = models.PositiveSmallIntegerField(null=True, blank=True)
    quota_won = models.BigIntegerField(null=True, blank=True)
    quota_period = models.CharField(max_length=5, choices=QuotaPeriod, blank=True)

    class Meta:
        verbose_name_plural = "service classes"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quota_count=None, quota_won=None) | ~models.Q(quota_period=""),
                name="quota_has_period",
            ),
            models.CheckConstraint(condition=models.Q(span_days__gte=1), name="span_at_least_a_day"),
        ]


class Service(Named):
    """A service that can be given: eligibility hangs rules on it, cases record it, volunteers offer it.

    `section`: the field section whose permission its records need. `hint`: whether others may learn that one exists;
    never for violence, mental health, addiction and legal help (D17).
    """

    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="services")
    gift_purpose = models.CharField(max_length=20, blank=True)
    volunteer_risk = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="0 low – 2 high: the least qualification; empty = not for volunteers"
    )
    active = models.BooleanField(default=True)
    section = models.CharField(max_length=16, blank=True)
    service_class = models.ForeignKey(
        ServiceClass, on_delete=models.PROTECT, null=True, blank=True, related_name="services"
    )
    hint = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hint=False) | ~models.Q(section__in=["mental_health", "violence", "legal"]),
                name="service_no_hint_of_sensitive",
            )
        ]
