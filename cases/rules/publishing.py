"""What a need may tell somebody who wants to give, and from when (D1)."""

import random
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

_DATE = re.compile(r"\d{4}|\d{1,2}\s*월|\d{1,2}\s*일|\d{1,2}[./-]\d{1,2}")


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).resolve().parent.parent / "data" / "publishing.yaml").read_text()))


def least_alike() -> int:
    """So many people share place, age band, sex and household type, or the place is not told."""
    return int(_data()["alike"])


def age_band(birth_date: date | None, today: date) -> tuple[int, int] | None:
    if birth_date is None:
        return None
    age = today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))
    return next(((low, high) for low, high in _data()["age_bands"] if low <= age <= high), None)


def born_between(band: tuple[int, int], today: date) -> tuple[date, date]:
    """First and last birthday of people in the band."""
    first = date(today.year - band[1] - 1, today.month, min(today.day, 28))
    last = date(today.year - band[0], today.month, min(today.day, 28))
    return first, last


def delay(dice: random.Random) -> timedelta:
    low, high = _data()["delay_hours"]
    return timedelta(hours=dice.uniform(low, high))


def is_wish(service: str) -> bool:
    return service in _data()["wishes"]


def warned_before() -> tuple[int, ...]:
    """So many days before its last day the worker hears of a need, the furthest first."""
    return tuple(_data()["warn_days"])


def until_problems(wanted_by: date | None, *, today: date, wish: bool) -> list[Problem]:
    """Until when gifts can help. A wish needs its day; nobody reads from it when something happened or happens (D1)."""
    nearest, furthest = _data()["until_days"]
    if wanted_by is None:
        return (
            [Problem("until", _("A wish is told with its day: until when can gifts help?"), "wanted_by")]
            if wish
            else []
        )
    if not today + timedelta(days=nearest) <= wanted_by <= today + timedelta(days=furthest):
        words = _("Please choose a day between one week and one year from now.")
        return [Problem("until", words, "wanted_by")]
    return []


def is_near(wanted_by: date | None, today: date) -> bool:
    """Within its last week a need is as urgent as one that was said to be."""
    return wanted_by is not None and wanted_by <= today + timedelta(days=_data()["warn_days"][0])


def target_problems(won: int) -> list[Problem]:
    """What one need may ask for without a registered campaign (K11)."""
    least, below = _data()["least_won"], _data()["registered_from_won"]
    if least <= won < below:
        return []
    words = _(
        "At least %(least)s and less than %(below)s won, please. More may be collected by a registered campaign only."
    )
    return [Problem("target", words % {"least": f"{least:,}", "below": f"{below:,}"}, "target_won")]


def word_problems(words: str, *, names: list[str], places: list[str]) -> list[Problem]:
    """Names, places, dates and events do not go out; the place and the age band are told beside the words."""
    plain = words.strip()
    if not plain:
        return [required("words")]
    found = []
    if len(plain) > _data()["longest"]:
        found.append(Problem("long", _("Please say it in at most 160 signs."), "words"))
    if any(len(name) > 1 and (name in plain or name[1:] in plain) for name in names):
        found.append(Problem("name", _("A name stands in the words."), "words"))
    if any(place in plain for place in places):
        found.append(
            Problem("place", _("A place stands in the words; it is told beside them, as roughly as needed."), "words")
        )
    if _DATE.search(plain):
        found.append(Problem("date", _("A date stands in the words."), "words"))
    folded = plain.casefold()
    if any(event in plain for event in _data()["event_ko"]) or any(
        re.search(rf"\b{event}\b", folded) for event in _data()["event_en"]
    ):
        words_ = _("An event would tell who it is. Please say what is needed, not what happened.")
        found.append(Problem("event", words_, "words"))
    return found
