"""The food market: what a card still opens this month (R41). Values in, problems out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from cases.rules.closing import months_later
from cases.rules.days import future_problems
from hopecare.kernel.errors import Problem, required

_FILE = Path(__file__).resolve().parent.parent / "data" / "market.yaml"


@cache
def data() -> Mapping[str, Any]:
    return dict(yaml.safe_load(_FILE.read_text()))


def good_until(day: date) -> date:
    return months_later(day, data()["card_months"])


@dataclass(frozen=True)
class Left:
    """What may still be taken this month: pieces and won."""

    items: int
    won: int


def left(items: int, won: int) -> Left:
    month = data()["month"]
    return Left(max(month["items"] - items, 0), max(month["won"] - won, 0))


@dataclass(frozen=True)
class Chosen:
    name: str
    count: int
    won: int
    stock: int


def card_problems(*, recommended_by: str, recommended_on: date | None, today: date) -> list[Problem]:
    """A card is given on the recommendation of a town office, with its day."""
    found = [] if recommended_by.strip() else [required("recommended_by")]
    if recommended_on is None:
        found.append(required("recommended_on"))
    return found + future_problems(recommended_on, today, "recommended_on")


def taking_problems(chosen: Sequence[Chosen], rest: Left, *, valid: bool) -> list[Problem]:
    if not valid:
        return [Problem("ended", _("This card is no longer good. Please ring the centre."))]
    found = [
        Problem("stock", _("Only %(many)s of %(name)s are left.") % {"many": one.stock, "name": one.name})
        for one in chosen
        if one.count > one.stock
    ]
    if not chosen:
        found.append(Problem("nothing", _("Say what is taken.")))
    if sum(one.count for one in chosen) > rest.items:
        found.append(Problem("items", _("%(many)s more may be taken this month.") % {"many": rest.items}))
    if sum(one.count * one.won for one in chosen) > rest.won:
        said = _("Goods worth %(won)s won more may be taken this month.") % {"won": f"{rest.won:,}"}
        found.append(Problem("won", said))
    return found
