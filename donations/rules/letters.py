"""What may stand in a letter between a giver and the person: no way to reach anybody, nobody's name (D1, D9)."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

#: Digits in whatever guise, an address of mail or of the web, a street with its number, a flat.
_REACH = re.compile(
    r"(?:[+(]?\d[\s().-]*){7,}|[공영일이삼사오육칠팔구]{7,}|\S+@\S+|https?://|www\.|\b[\w-]+\.(?:com|net|kr|org)\b"
    r"|[가-힣]{1,8}(?:로|길)\s?\d+|\d+\s?(?:동|호)(?![가-힣])"
)


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).resolve().parent.parent / "data" / "letters.yaml").read_text()))


def longest() -> int:
    return int(_data()["longest"])


def reach_problems(words: str, field: str = "words") -> list[Problem]:
    """Neither side may be reached past the worker."""
    folded = words.casefold()
    if _REACH.search(words) or any(one in folded for one in (*_data()["reach_ko"], *_data()["reach_en"])):
        said = _("A telephone number, an address or another way to reach somebody stands in it. Please leave it out.")
        return [Problem("reach", said, field)]
    return []


def giver_problems(words: str, own_name: str) -> list[Problem]:
    """Before a worker sees it. Names of the household are not compared here: the answer would tell one who guesses."""
    plain = words.strip()
    if not plain:
        return [required("words")]
    found = reach_problems(plain)
    if len(plain) > longest():
        found.append(Problem("long", _("Please say it in at most 300 signs."), "words"))
    name = own_name.strip()
    if len(name) > 1 and (name in plain or (len(name) > 2 and name[1:] in plain)):
        found.append(Problem("own_name", _("Your name stands in it. The person does not learn who gives."), "words"))
    return found


def look_at(words: str) -> list[str]:
    """Pieces that a worker looks at closely, in the order of the list."""
    folded = words.casefold()
    english = [one for one in _data()["look_en"] if re.search(rf"\b{re.escape(one)}\b", folded)]
    return [one for one in _data()["look_ko"] if one in words] + english


def not_to_givers_need() -> Problem:
    return Problem("closed", _("For this gift no letter can be written any more."))


def not_now() -> Problem:
    return Problem("state", _("Somebody was faster: this letter is further on already."))


def needs_reason() -> Problem:
    return Problem("required", _("Please choose what the giver reads as the reason."), "reason")


def nobody_there() -> Problem:
    return Problem("person", _("It cannot be passed on: the case is closed, or the person is not here any more."))
