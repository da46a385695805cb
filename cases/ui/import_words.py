"""How fields, problems and ways to read a file are called. Data in, words out."""

from typing import Any

from django.utils.translation import gettext as _

from cases.rules.imports import MappingOf
from hopecare.kernel.models.base import in_language


def field_words(name: str) -> str:
    words = {
        "person_key": _("Person's number there"),
        "household_key": _("Household's number there"),
        "record_key": _("Record's number there"),
        "name": _("Name"),
        "resident_number": _("Resident number"),
        "birth_date": _("Birth date"),
        "sex": _("Sex"),
        "phone": _("Telephone"),
        "relation": _("Relation to the head"),
        "town": _("Town"),
        "address": _("Address"),
        "coverage": _("Coverage class"),
        "consent_on": _("Day of consent"),
        "service": _("Service"),
        "programme": _("Benefit"),
        "given_on": _("Day"),
        "until": _("Until"),
        "amount_won": _("Amount in won"),
        "provider": _("Organisation"),
        "note": _("Note"),
    }
    return words.get(name, name)


def problem_words(code: str) -> str:
    words = {
        "required": _("This is needed."),
        "too_long": _("This is longer than we can keep."),
        "formula": _("This looks like a formula, not like words."),
        "unknown": _("We do not know this word. Please choose one that we know."),
        "not_a_day": _("This is no day. Write it as 1948-03-02."),
        "not_a_number": _("This is no resident number."),
        "not_won": _("This is no amount in won."),
        "bad_phone": _("This does not look like a telephone number."),
        "nobody": _("Whom does it concern? A number of the person or a name is needed."),
        "turned": _("The end lies before the beginning."),
        "no_person": _("We know nobody like this. Bring the list of people first, or correct the name."),
        "changed": _("The city's system tells this record differently than before. A file changes no record: "
                     "correct it on the case by hand, then leave this row out."),
        "refused": _("This row cannot be taken in as it is. Please look at every field."),
        "no_case": _("waits until a case is open"),
        "no_consent": _("waits for the person's consent"),
    }  # fmt: skip
    return words.get(code, code)


def known_words(way: MappingOf, name: str) -> str:
    """A few words that a field may hold, as help."""
    by_code: dict[str, str] = {}
    for word, code in way.values.get(name, {}).items():
        by_code.setdefault(code, word)
    return ", ".join(list(by_code.values())[:8])


def mapping_name(way: MappingOf) -> str:
    return in_language(way.name_ko, way.name_en)


def mapping_rows(ways: dict[str, MappingOf]) -> list[dict[str, Any]]:
    """What each way to read a file needs and understands, by the headings people know."""
    return [
        {
            "name": mapping_name(way),
            "needs": [way.columns[name][0] for name in way.needs],
            "also": [words[0] for name, words in way.columns.items() if name not in way.needs],
        }
        for way in ways.values()
    ]
