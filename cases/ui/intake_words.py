"""How a likeness and the answers of a benefit check read. Data in, words out."""

from typing import Any

from django.utils.translation import gettext as _

from cases.selectors.likeness import Likeness
from hopecare.kernel.templatetags import hope_formats as formats


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
    """(what, answer) of a benefit check, as the person told it."""
    if not told:
        return []
    rows = []
    for place, person in enumerate(told["people"], 1):
        parts = [str(person["birth_date"])] if "birth_date" in person else []
        parts += [_marks()[name] for name in ("disability", "illness", "pregnant") if name in person]
        if person["income"]:
            parts.append(_("income a month %(won)s") % {"won": formats.won(person["income"])})
        rows.append((_("Person %(n)s") % {"n": place}, " · ".join(parts) or "–"))
    house = told["house"]
    tenures = {"owned": _("own home"), "jeonse": _("jeonse"), "monthly_rent": _("monthly rent"), "free": _("free")}
    if "tenure" in house:
        rows.append((_("Home"), tenures.get(house["tenure"], house["tenure"])))
    for name, label in (("deposit", _("Deposit")), ("monthly_rent", _("Rent a month")), ("debt", _("Debts"))):
        if name in house:
            rows.append((label, formats.won(house[name])))
    return rows


def _marks() -> dict[str, str]:
    return {"disability": _("disability"), "illness": _("illness"), "pregnant": _("pregnant")}
