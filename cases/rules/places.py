"""Places that may be told of in public (D3): their categories as data, and what of a request everybody may read."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from cases.facts import PlaceTold
from cases.states import PLACES
from hopecare.kernel.errors import Problem

_DATA = Path(__file__).resolve().parent.parent / "data"
WORDS_LIMIT = 1000
#: A public point is right to about a hundred metres: enough for a lamp, not for a door.
DECIMALS = 3
_MEDIA = re.compile(r"^https://[^\s<>\"'\\]{4,292}$")


@cache
def categories() -> dict[str, dict[str, Any]]:
    rows = {row["code"]: row for row in yaml.safe_load((_DATA / "places.yaml").read_text())}
    if set(rows) != set(PLACES):
        raise ValueError("data/places.yaml and states.PLACES differ")
    return rows


def problems(told: PlaceTold, *, in_city: bool) -> list[Problem]:
    """A known category, a place in the city, every attribute with one of its values."""
    category = categories().get(told.category)
    if category is None:
        return [Problem("unknown_service", _("There is no such category."), "service_code")]
    found = []
    if told.lat is None and not told.address:
        found.append(Problem("no_place", _("Please say where it is."), "lat"))
    elif not in_city:
        found.append(Problem("elsewhere", _("This is not in our city."), "lat"))
    if len(told.words) > WORDS_LIMIT:
        found.append(Problem("too_long", _("This is too long."), "description"))
    if told.media_url and not _MEDIA.match(told.media_url):
        found.append(Problem("media_url", _("media_url is an https address of at most 300 signs."), "media_url"))
    given, known = dict(told.attributes), {row["code"]: row for row in category.get("attributes", ())}
    for code, row in known.items():
        if given.get(code) not in {value["key"] for value in row["values"]}:
            found.append(Problem("attribute", _("Please choose one of the given values."), f"attribute[{code}]"))
    strange = [code for code in given if code not in known]
    found += [Problem("attribute", _("We do not know this field."), f"attribute[{code}]") for code in strange]
    return found


def blurred(degrees: float) -> float:
    return round(degrees, DECIMALS)
