"""Tax receipts (K14): which number fits, what of a gift still counts after money went back. Values in, problems out."""

import re
from datetime import date

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

PERSON, COMPANY = "person", "company"
#: A gift may be claimed for as long as a tax return may be corrected.
YEARS_BACK = 5
#: When givers are told of the year that is over: after the books of December are closed, before returns are due.
NOTICE_FROM, NOTICE_UNTIL = (1, 8), (2, 10)
_BUSINESS_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def normal_number(kind: str, typed: str) -> str | None:
    """`900101-2123456` or `123-45-67890`; None when it cannot be one.

    The last signs of resident numbers given since October 2020 are random, so only the birthday is checked.
    """
    digits = re.sub(r"[\s.-]", "", typed)
    if not digits.isascii() or not digits.isdigit():
        return None
    if kind == COMPANY:
        return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}" if _business(digits) else None
    return f"{digits[:6]}-{digits[6:]}" if len(digits) == 13 and _birthday(digits) else None


def _business(digits: str) -> bool:
    if len(digits) != 10:
        return False
    total = sum(int(sign) * weight for sign, weight in zip(digits, _BUSINESS_WEIGHTS, strict=False))
    return (10 - (total + int(digits[8]) * 5 // 10) % 10) % 10 == int(digits[9])


def _birthday(digits: str) -> bool:
    century = {"9": 1800, "0": 1800}.get(digits[6], 1900 if digits[6] in "1256" else 2000)
    try:
        date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    return True


def masked(number: str) -> str:
    """What a paper shows: the birthday or the office's three digits, and stars."""
    head = number.split("-")[0]
    return head + re.sub(r"\d", "*", number[len(head) :])


def problems(*, kind: str, name: str, number: str, consent: bool) -> list[Problem]:
    found = [] if name.strip() else [required("name")]
    if kind not in (PERSON, COMPANY):
        found.append(required("kind"))
    elif normal_number(kind, number) is None:
        words = _("This number cannot be right. Please compare it with the card or the certificate.")
        found.append(Problem("number", words, "number"))
    return found if consent else [*found, required("consent")]


def nets(gifts: list[tuple[int, int]], gone_won: int) -> dict[int, int]:
    """(gift, won) of one payment and what went back of it → what each gift still counts for; the first go first."""
    found: dict[int, int] = {}
    gone = max(0, gone_won)
    for gift, won in gifts:
        back = min(won, gone)
        found[gift], gone = won - back, gone - back
    return found


def notice_year(today: date) -> int | None:
    """The year of which givers are told today, None outside the weeks for it."""
    return today.year - 1 if NOTICE_FROM <= (today.month, today.day) <= NOTICE_UNTIL else None
