"""How a likeness and the answers of a benefit check read. Data in, words out."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from cases.selectors.likeness import Likeness


def reason_words(reason: str) -> str:
    words = {
        "number": _("same resident number"),
        "phone": _("same telephone"),
        "name": _("same name"),
        "name_turned": _("same name, other order"),
        "name_near": _("nearly the same name"),
        "birth": _("same birth date"),
        "birth_turned": _("day and month turned"),
        "birth_near": _("nearly the same birth date"),
        "year": _("same year of birth"),
    }
    return words.get(reason, reason)


def chance_words(chance: float) -> str:
    """The chance as a count of pairs, never a certainty; the number alone is one."""
    if chance >= 1:
        return ""
    if chance >= 0.995:
        return _("almost always one person")
    if chance < 0.015:
        return _("seldom one person")
    return _("one person in about %(n)s of 100 such pairs") % {"n": round(chance * 100)}


def why_words(reasons: Iterable[str], chance: float) -> str:
    return ", ".join(filter(None, [*map(reason_words, reasons), chance_words(chance)]))


def twin_rows(likes: Likeness) -> list[dict[str, Any]]:
    """People who may be the same, each with why and where."""
    return [
        {
            "person": twin.person,
            "case": twin.case,
            "why": why_words(twin.reasons, twin.chance),
            "reasons": ",".join(twin.reasons),
            "born": twin.person.birth_date.year if twin.person.birth_date else "",
        }
        for twin in likes.twins
    ]


def told_rows(told: dict[str, Any]) -> list[tuple[str, str]]:
    """(what, answer) of a benefit check, as the person was asked and answered."""
    return [(str(label), str(said)) for label, said in told.get("lines", [])]


def hopeful(told: dict[str, Any]) -> tuple[int, int]:
    """How many benefits looked likely and possible on that day."""
    verdicts = list(told.get("verdicts", {}).values())
    return verdicts.count("likely"), verdicts.count("possible")
