"""How weights, risks and answers read; and the small charts of how answers changed. Data in, words and shapes out."""

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cases.access import may_section
from cases.models import Complexity, RiskFlag
from cases.rules import complexity as rules
from cases.selectors.assessment import Answered
from cases.selectors.catalogue import categories
from cases.ui.forms_assessment import named
from hopecare.kernel.access import Viewer
from hopecare.kernel.templatetags import hope_formats as formats

LEFT, RIGHT, TOP, STEP = 16, 164, 12, 14


def reason_words(viewer: Viewer, code: str) -> str:
    """Why a case weighs what it weighs; a risk the role may not read is only "something else"."""
    part, _sign, rest = code.partition("_")
    if part == "need":
        names = {category.code: category.name for category in categories()}
        return names.get(rest, rest)
    if part == "risk":
        kind = rules.risk_kinds().get(rest)
        if kind is None or not may_section(viewer, kind.section):
            return _("something you may not read")
        return named(kind)
    words = {
        "breadth": _("many things at once"),
        "old_alone": _("old and alone"),
        "small_children": _("small children"),
        "one_adult": _("one adult with children"),
        "many": _("five or more live there"),
        "silent": _("much is not said"),
    }
    return words.get(code, code)


def level_words(score: int) -> str:
    words = {"ordinary": _("ordinary"), "intensive": _("intensive"), "complex": _("complex")}
    return words[rules.level_of(score)]


def level_tone(score: int) -> str:
    return {"ordinary": "dim", "intensive": "amb", "complex": "red"}[rules.level_of(score)]


def reasons(viewer: Viewer, weight: Complexity | None) -> list[tuple[str, int]]:
    return [(reason_words(viewer, code), points) for code, points in weight.reasons] if weight else []


def flag_row(flag: RiskFlag) -> dict[str, Any]:
    kind = rules.risk_kinds().get(flag.kind)
    return {
        "flag": flag,
        "name": named(kind) if kind else flag.kind,
        "at_once": kind.at_once if kind else "",
        "who": flag.person.name if flag.person else "",
    }


def plain_answer(value: str) -> str:
    """An answer as one would say it to the person."""
    words = {
        "unasked": _("we have not asked yet"),
        "none": _("nothing is missing"),
        "0": _("it is fine"),
        "1": _("it is a little hard"),
        "2": _("it is hard"),
        "3": _("it is very hard"),
        "4": _("it cannot wait"),
        "private": _("you would rather not say, and that is all right"),
    }
    return words[value]


def small_chart(name: str, answers: Sequence[Answered], first: date, last: date) -> dict[str, Any]:
    """One small multiple of 180 × 84: a step for each number, a ring for "nothing", a bar for "not said"."""
    span = max((last - first).days, 1)
    points: list[dict[str, Any]] = []
    for one in answers:
        x = LEFT + (RIGHT - LEFT) * (one.on - first).days // span if first != last else (LEFT + RIGHT) // 2
        figure = int(one.value) if one.value.isdigit() else 0
        points.append({"x": x, "y": TOP + (4 - figure) * STEP, "value": one.value, "bar": x - 5})
    drawn = [point for point in points if point["value"].isdigit()]
    line = " ".join(
        f"{before['x']},{before['y']} {after['x']},{before['y']} {after['x']},{after['y']}"
        for before, after in itertools.pairwise(drawn)
    )
    said = "; ".join(f"{formats.day_short(one.on)} {plain_value(one.value)}" for one in answers)
    return {"name": name, "points": points, "line": line, "said": said or _("not asked yet"), "answers": answers}


def plain_value(value: str) -> str:
    """A value in one word, for the table and for the ear."""
    return {"none": _("nothing"), "private": _("not said"), "unasked": _("not asked")}.get(value, value)
