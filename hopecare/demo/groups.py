"""Groups of the invented city: who sits there, what was raised, decided and promised."""

from datetime import time, timedelta
from pathlib import Path
from typing import Any

import yaml

from cases.models import Council, CouncilDecision, CouncilIssue, CouncilPromise, CouncilSeat
from hopecare.demo.world import World
from hopecare.kernel import clock
from hopecare.kernel.models import Category, Organisation, User, Zone

_FILE = Path(__file__).resolve().parent / "data" / "groups.yaml"


def seed_groups(world: World, cast: dict[str, User]) -> None:
    """Every group of the file with its members and issues."""
    for told in yaml.safe_load(_FILE.read_text())["groups"]:
        group = Council.objects.create(
            name=told["name"],
            kind=told["kind"],
            purpose=told["purpose"],
            zone=Zone.objects.get(code=told["zone"]) if "zone" in told else None,
            founded_on=world.today - timedelta(days=told["founded"]),
            by=cast["eli"],
        )
        CouncilSeat.objects.bulk_create(
            CouncilSeat(
                council=group,
                name=name,
                house=house,
                sector=sector,
                starts_on=world.today - timedelta(days=ago),
                ends_on=world.today + timedelta(days=left),
            )
            for name, house, sector, ago, left in told["seats"]
        )
        for entry in told["issues"]:
            _issue(world, cast, group, entry)


def _issue(world: World, cast: dict[str, User], group: Council, entry: dict[str, Any]) -> None:
    decided = entry.get("decision")
    day = world.today - timedelta(days=decided["ago"]) if decided else world.today
    again, at = (world.today + timedelta(days=decided["again"]), clock.at(day, time(16))) if decided else (day, None)
    issue = CouncilIssue.objects.create(
        council=group,
        title=entry["title"],
        words=entry["words"],
        category=Category.objects.get(code=entry["category"]),
        house=Organisation.objects.get(code=entry["house"]),
        raised_by=cast[entry.get("by", "gil")],
        raised_at=clock.at(world.today - timedelta(days=entry["raised"]), time(14)),
        decided_at=at,
        review_on=again if decided else None,
    )
    if decided and at is not None:
        CouncilDecision.objects.create(
            issue=issue,
            words=decided["words"],
            why=decided["why"],
            dissent=decided.get("dissent", ""),
            dissenters=decided.get("dissenters", ""),
            decided_on=day,
            review_on=again,
            by=cast["eli"],
            at=at,
        )
    for words, owner, ago, done in entry.get("promises", ()):
        CouncilPromise.objects.create(
            issue=issue,
            words=words,
            owner=Organisation.objects.get(code=owner),
            due_on=world.today - timedelta(days=ago),
            done_on=world.today - timedelta(days=done) if done is not None else None,
            by=cast["eli"],
        )
