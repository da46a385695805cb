"""The food market: its places and goods, the neutral card of a household, and what was taken (R41, D9)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.models.base import CaseRow
from hopecare.kernel import clock
from hopecare.kernel.models import Person, Town, User


class MarketSite(models.Model):
    """A place of the food market; it holds nothing about anybody."""

    name = models.CharField(max_length=60, unique=True)
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(max_length=20, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class MarketGood(models.Model):
    """What lies on the shelves of one place: its worth and how many are left; never fewer than none."""

    site = models.ForeignKey(MarketSite, on_delete=models.PROTECT, related_name="goods")
    name = models.CharField(max_length=60)
    won = models.PositiveIntegerField()
    stock = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "name"], name="market_good_once")]

    def __str__(self) -> str:
        return self.name


class MarketCard(CaseRow):
    """A household's card: a number, and on it neither a programme's name nor a person's (D9)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=13, unique=True)
    recommended_by = models.CharField(max_length=80)
    recommended_on = models.DateField()
    given_on = models.DateField(default=clock.today)
    good_until = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_on=None), name="market_card_one_a_household"),
            models.CheckConstraint(condition=Q(good_until__gte=models.F("given_on")), name="market_card_days_in_order"),
        ]

    @property
    def is_good(self) -> bool:
        return self.ended_on is None and self.good_until >= clock.today()


class MarketTaking(CaseRow):
    """So many of one good, on one day; added, never changed."""

    card = models.ForeignKey(MarketCard, on_delete=models.PROTECT, related_name="takings")
    good = models.ForeignKey(MarketGood, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField()
    won = models.PositiveIntegerField(help_text="worth of all of them")
    taken_on = models.DateField(default=clock.today)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["card", "taken_on"], name="market_taking_month")]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(count__gte=1), name="market_taking_of_something")]
