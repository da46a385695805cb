"""A resident number as it is read out: its form, and the birth date that stands in it (K8). No clock, no database."""

import re
from datetime import date

_NUMBER = re.compile(r"^(\d{6})\s*-?\s*([0-9])(\d{6})$", re.ASCII)
_CENTURY = dict.fromkeys("1256", 1900) | dict.fromkeys("3478", 2000) | dict.fromkeys("90", 1800)


def plain(text: str) -> str:
    """Thirteen digits, empty where it is no resident number. Later ones carry no check digit, so the day decides."""
    return "".join(found.groups()) if (found := _NUMBER.match(text.strip())) and born(text) else ""


def born(text: str) -> date | None:
    found = _NUMBER.match(text.strip())
    if found is None:
        return None
    digits = found[1]
    try:
        return date(_CENTURY[found[2]] + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None


def sex(plain_number: str) -> str:
    """Every second series is a woman's."""
    return "M" if int(plain_number[6]) % 2 else "F"
