"""What every part of the seed stands on: the dice, the words, the city's rows and today's date."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hopecare.demo.figures import Figures
from hopecare.kernel import clock, phones
from hopecare.kernel.models import Category, FundSource, ProviderKind, Service, Team, Town, User, Zone


@cache
def words() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).parent / "data" / "words.yaml").read_text()))


@dataclass
class Post:
    """Where a zone's cases live: its team, its centre, the towns and the people who may lead or join."""

    team_id: int
    centre_id: int
    towns: list[Town]
    workers: list[User] = field(default_factory=list)
    officials: dict[int, User] = field(default_factory=dict)  # by town id


@dataclass
class World:
    figures: Figures
    dice: random.Random
    today: date
    zones: dict[str, Post]
    categories: list[Category]
    services: list[Service]
    provider_kinds: dict[str, int]
    fund_sources: dict[str, int]
    partner_ids: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, figures: Figures, seed: int) -> "World":
        zones = {}
        for zone in Zone.objects.select_related("centre").prefetch_related("towns__office"):
            team = Team.objects.get(code=f"{zone.code}_mixed")
            zones[zone.code] = Post(team.pk, zone.centre_id, list(zone.towns.all()))
        return cls(
            figures=figures,
            dice=random.Random(seed),
            today=clock.today(),
            zones=zones,
            categories=list(Category.objects.all()),
            services=[service for service in Service.objects.all() if service.category_id],
            provider_kinds=dict(ProviderKind.objects.values_list("code", "pk")),
            fund_sources=dict(FundSource.objects.values_list("code", "pk")),
        )

    def name(self, sex: str, age: int) -> str:
        if self.dice.random() < 0.02:
            return str(self.dice.choice(words()["foreign"]))
        stage = "old" if age >= 62 else "mid" if age >= 32 else "young"
        given = self.dice.choice(words()["given"][f"{stage}_{'f' if sex == 'F' else 'm'}"])
        surnames = words()["surnames"]
        return str(surnames[min(int(self.dice.expovariate(0.12)), len(surnames) - 1)] + given)

    def telephone(self) -> tuple[str, str, str]:
        """E.164, keyed hash, keyed hash of the tail. 010-0… is a range that is not assigned (D16)."""
        number = f"+82100{self.dice.randrange(10**7):07d}"
        return number, phones.hashed(number), phones.tail_hashed(number)

    def moment(self, day: date) -> datetime:
        """A working hour of that day."""
        return clock.at(day, time(self.dice.randrange(9, 18), self.dice.randrange(60)))

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def pick(self, options: list[Any]) -> Any:
        return self.dice.choice(options)
