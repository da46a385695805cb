"""The households of open cases in columns, for questions about all of them; as the sweep alone, never shown.

A disability is known where staff asked for it in a kept check, or where its pension or allowance is on record; of
everybody else nothing is known, and that is never read as none.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from cases.models import BenefitRun
from eligibility.facts import ENUMS, NOT_KNOWN, Homes
from hopecare.kernel import clock
from hopecare.kernel.access import Principal, system, visible_to
from hopecare.kernel.models import CoverageClass, LifeStage, Zone

NO_CLASS = "none"
_RELATIONS = set(ENUMS["relation"])


@dataclass(frozen=True)
class CareTargets:
    """`homes` whose group numbers are places in `codes` (zone, coverage class, stage of the main person's life).
    `left_out`: open cases without an income told, or with somebody whose birth date nobody knows."""

    homes: Homes
    codes: dict[str, list[str]]
    left_out: int


def care_targets() -> CareTargets:
    """Everybody with an open case but households with a sealed person (D5); inside `acting_as(sweep)`."""
    stages = [(stage.code, stage.from_age, stage.to_age) for stage in LifeStage.objects.exclude(from_age=None)]
    codes = {
        "zone": list(Zone.objects.order_by("pk").values_list("code", flat=True)),
        "coverage": [*CoverageClass.values, NO_CLASS],
        "stage": [code for code, _first, _last in stages],
    }
    place = {group: {code: number for number, code in enumerate(listed)} for group, listed in codes.items()}
    stage_of = [place["stage"][_stage(stages, age)] for age in range(151)]
    homes, left_out = Homes([], [], [], [], {group: [] for group in codes}, []), 0
    asked = _asked_disabilities()
    today = clock.today()
    now = today.year * 10_000 + today.month * 100 + today.day
    for _case, rows in groupby(_rows(), key=itemgetter(0)):
        people = list(rows)
        _id, zone, coverage, income, _relation, first_born, _person, _drawn = people[0]
        if income is None or any(born is None for *_, born, _person, _drawn in people):
            left_out += 1
            continue
        homes.sizes.append(len(people))
        homes.incomes.append(income)
        homes.births.extend(born for *_, born, _person, _drawn in people)
        homes.relations.extend(word if word in _RELATIONS else "other" for *_, word, _born, _person, _drawn in people)
        homes.disabilities.extend(max(asked.get(person, NOT_KNOWN), drawn or NOT_KNOWN) for *_, person, drawn in people)
        homes.groups["zone"].append(place["zone"][zone])
        homes.groups["coverage"].append(place["coverage"].get(coverage, len(codes["coverage"]) - 1))
        homes.groups["stage"].append(stage_of[min(max((now - first_born) // 10_000, 0), 150)])
    return CareTargets(homes, codes, left_out)


def _stage(stages: list[tuple[str, Any, Any]], age: int) -> str:
    fitting = [code for code, first, last in stages if first <= age <= (150 if last is None else last)]
    return fitting[0] if fitting else stages[-1][0]


def _asked_disabilities() -> dict[int, int]:
    """Person → place of the word in facts.ENUMS, from the kept checks that were made with answers."""
    rows = visible_to(system(Principal.SWEEP), BenefitRun).filter(replaced_at=None).exclude(facts="")
    people = (one for facts in rows.values_list("facts", flat=True) for one in json.loads(facts)["persons"])
    return {
        int(one["id"].removeprefix("p")): ENUMS["disability"].index(one["disability"])
        for one in people
        if one.get("disability")
    }


def _rows() -> Iterator[tuple[Any, ...]]:
    """(case, zone, coverage class, income, relation, birth as yyyymmdd, person, disability by a benefit drawn or None),
    case by case, the main person first."""
    with connection.cursor() as cursor:
        cursor.execute("select * from hc_care_targets(%s)", [clock.today()])
        while rows := cursor.fetchmany(10_000):
            yield from rows
