"""How a likeness and the answers of a benefit check read. Data in, words out."""

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


def twin_rows(likes: Likeness) -> list[dict[str, Any]]:
    """People who may be the same, each with why and where."""
    return [
        {
            "person": twin.person,
            "case": twin.case,
            "why": ", ".join(reason_words(reason) for reason in twin.reasons),
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
