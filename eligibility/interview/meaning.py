"""From what was told to the facts the rules read, in the shape of the API (docs of POST eligibility/simulations)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from eligibility import interview
from eligibility.interview import Told


def facts(told: Told, on: date) -> dict[str, Any]:
    """The facts of everything told, ready for `read_facts`; unknown values are left out."""
    home = told.get("home", {})
    found: dict[str, Any] = {
        "as_of": on.isoformat(),
        "town": home.get("town", ""),
        "persons": [_person(told, number, on) for number in interview.numbers(told)],
        "household": _household(told),
    }
    if "receives" in told:
        found["receives"] = [code for code in told["receives"].get("of") or [] if code in interview.RECEIVABLE]
    return found


def _person(told: Told, number: int, on: date) -> dict[str, Any]:
    relation = "head" if number == 1 else told.get("people", {}).get(f"relation_{number}")
    values = {
        "id": f"p{number}",
        "relation": relation or "other",
        "birth_date": birth(told, number, on),
        **_schooling(told, number, on),
        **_health(told, number),
        **_incomes(told, number),
    }
    return {name: value for name, value in values.items() if value is not None}


def birth(told: Told, number: int, on: date) -> str:
    """The month told, else the month in the middle of the age band: every rule reads both ends of a band alike."""
    month = told.get("children", {}).get(f"born_{number}")
    if month and interview.band(told, number) == interview.MONTH_BAND:
        return str(month)
    first, last = interview.BANDS.get(interview.band(told, number), (35, 49))
    months = on.year * 12 + on.month - 1 - (first + last + 1) * 6
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def _schooling(told: Told, number: int, on: date) -> dict[str, Any]:
    if number not in interview.children(told):
        return {}
    answers = told.get("children", {})
    if interview.band(told, number) != interview.MONTH_BAND:
        return {"school": answers.get(f"school_{number}")}
    day = answers.get(f"day_{number}")
    if day == "school":
        return {"school": "elementary"}
    return {"childcare": day, "school": "kindergarten" if day == "kindergarten" else "none"} if day else {}


def _has(told: Told, flag: str, number: int) -> bool:
    """Whether a flag is this person's: told on the page `whose`, or there is nobody else."""
    if flag not in interview.flags(told):
        return False
    if len(interview.numbers(told)) == 1:
        return True
    return str(number) in (told.get("whose", {}).get(flag) or [])


def _health(told: Told, number: int) -> dict[str, Any]:
    if "life" not in told or (interview.has_place(told, "whose") and "whose" not in told):
        return {}
    disability = "severe" if _has(told, "severe", number) else "mild" if _has(told, "mild", number) else "none"
    illness = "rare_or_severe" if _has(told, "heavy", number) else "chronic" if _has(told, "long", number) else "none"
    return {"disability": disability, "illness": illness, "pregnant": _has(told, "pregnant", number)}


def _incomes(told: Told, number: int) -> dict[str, Any]:
    if number not in interview.earners(told):
        nothing = ("earned_income", "business_income", "property_income", "transfer_income", "public_pension_income")
        return dict.fromkeys(nothing, 0)
    answers = told.get("income", {})
    if answers.get(f"nothing_{number}"):
        names = ("earned_income", "business_income", "property_income", "transfer_income", "public_pension_income")
        return dict.fromkeys(names, 0)
    values = {
        "earned_income": answers.get(f"earned_{number}"),
        "business_income": answers.get(f"business_{number}"),
        "public_pension_income": answers.get(f"pension_{number}"),
        "transfer_income": answers.get(f"other_{number}"),
        "property_income": answers.get(f"let_{number}"),
    }
    if any(value is not None for value in values.values()) and answers.get(f"rest_{number}"):
        values = {name: value or 0 for name, value in values.items()}
    if answers.get(f"special_{number}"):
        values["public_pension_kind"] = "special"
    return values


def _household(told: Told) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "life" in told:
        found["single_parent"] = "single_parent" in (told["life"].get("of") or [])
        found["single_parent_kind"] = told.get("alone", {}).get("kind") or None
    housing, rent = told.get("housing", {}), told.get("rent", {})
    found["tenure"] = housing.get("tenure")
    found |= {name: rent.get(name) for name in ("deposit", "monthly_rent", "home_value")}
    if found["tenure"] in {"free", "jeonse", "monthly_rent"}:
        found["home_value"] = 0
    if found["tenure"] == "free":
        found |= {"deposit": 0, "monthly_rent": 0}
    found |= _savings(told) | _car(told) | _kin(told)
    crisis = told.get("crisis", {}).get("crisis")
    found["crisis"] = crisis if crisis and crisis != "private" else None
    return {name: value for name, value in found.items() if value is not None}


def _savings(told: Told) -> dict[str, Any]:
    answers = told.get("savings", {})
    names = ("financial_assets", "debt", "other_property")
    if answers.get("nothing"):
        return dict.fromkeys(names, 0)
    return {name: answers.get(name) for name in names}


def _car(told: Told) -> dict[str, Any]:
    answers = told.get("car", {})
    if answers.get("car") == "no":
        return {"car_value": 0}
    if answers.get("car") != "yes":
        return {}
    return {name: answers.get(name) for name in ("car_value", "car_cc", "car_age_years", "car_use")}


def _kin(told: Told) -> dict[str, Any]:
    found: dict[str, Any] = {}
    family = told.get("family", {})
    if family.get("kin") == "none":
        found["supporters"] = []
    elif family.get("kin") == "some":
        values = {"yearly_income": family.get("yearly_income"), "general_property": family.get("general_property")}
        found["supporters"] = [{name: value for name, value in values.items() if value is not None}]
    parents = {name: told.get("parents", {}).get(name) for name in ("size", "monthly_income", "property")}
    if any(value is not None for value in parents.values()):
        found["parents_household"] = {name: value for name, value in parents.items() if value is not None}
    return found


def field_of(path: str) -> tuple[str, str]:
    """The page and field behind a problem's path (`persons/1/birth_date` → people, band_2)."""
    parts = path.split("/")
    if parts[0] == "persons" and len(parts) > 2:
        number = int(parts[1]) + 1
        names = {
            "birth_date": ("people", f"band_{number}"),
            "relation": ("people", f"relation_{number}"),
            "spouse_of": ("people", f"relation_{number}"),
            "school": ("children", f"school_{number}"),
            "childcare": ("children", f"day_{number}"),
            "earned_income": ("income", f"earned_{number}"),
            "business_income": ("income", f"business_{number}"),
            "public_pension_income": ("income", f"pension_{number}"),
            "transfer_income": ("income", f"other_{number}"),
            "property_income": ("income", f"let_{number}"),
        }
        return names.get(parts[2], ("people", ""))
    if parts[0] == "household" and len(parts) > 1:
        return interview.page_for(parts[1]), parts[1]
    return ("home", parts[0]) if parts[0] in {"town", "size"} else ("people", "")


def unfit_people(told: Told) -> Iterator[tuple[str, str]]:
    """(field, code of what does not fit) of the page `people`: two spouses, a child older than a parent."""
    people = told.get("people", {})
    spouses = [number for number in interview.numbers(told) if people.get(f"relation_{number}") == "spouse"]
    yield from ((f"relation_{number}", "second_spouse") for number in spouses[1:])
    own = interview.youngest_age(told, 1)
    for number in interview.numbers(told):
        age, relation = interview.youngest_age(told, number), people.get(f"relation_{number}")
        if own is None or age is None or number == 1:
            continue
        if relation in {"child", "grandchild"} and age >= own:
            yield f"band_{number}", "child_not_younger"
        if relation in {"parent", "grandparent"} and age <= own:
            yield f"band_{number}", "parent_not_older"
