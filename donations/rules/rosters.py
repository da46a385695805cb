"""What a list of a company's people must hold, line by line: values in, lines and reasons out (R64)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

MOST_LINES = 3_000
#: Whoever has not answered by then is forgotten.
ANSWER_DAYS = 30
#: Fewer are told to nobody, so that no colleague is recognised.
LEAST_TOLD = 5
MOST_UNITS = 2_000
#: Our column → headings that people write over it.
HEADINGS = {
    "name": ("이름", "성명", "직원명", "name"),
    "phone": ("전화", "전화번호", "휴대폰", "휴대전화", "휴대폰번호", "연락처", "phone", "mobile"),
    "units": ("구좌", "구좌수", "계좌", "계좌수", "accounts", "units"),
}
NAME, PHONE, TWICE, UNITS = "name", "phone", "twice", "units"
REASONS = {
    NAME: _("the name is missing"),
    PHONE: _("this cannot be a telephone number"),
    TWICE: _("this number stands further up already"),
    UNITS: _("a number of accounts between 1 and 2,000, please"),
}


@dataclass(frozen=True)
class Brought:
    """What comes with the file: whose list it is, for what, and that its people agreed to be written to once."""

    name: str
    fund_id: int
    attested: bool


@dataclass(frozen=True)
class Line:
    """One person of the list; `phone` in E.164."""

    name: str
    phone: str
    units: int


def brought_problems(told: Brought) -> list[Problem]:
    found = [] if told.name.strip() else [required("name")]
    return found if told.attested else [*found, required("attested")]


def places(headings: list[str]) -> dict[str, int]:
    """Our column → its place in the file; a column that the file lacks is missing here."""
    plain = ["".join(sign for sign in heading.casefold() if sign.isalnum()) for heading in headings]
    found: dict[str, int] = {}
    for column, words in HEADINGS.items():
        place = next((place for place, heading in enumerate(plain) if heading in words), None)
        if place is not None:
            found[column] = place
    return found


def read(
    rows: Iterable[list[str]], where: dict[str, int], normal: Callable[[str], str | None]
) -> tuple[list[Line], list[tuple[int, str]]]:
    """The lines that can be taken, and (line of the file, reason) of the others; the headings are line 1.

    `normal`: a typed telephone number in E.164, None when it cannot be one.
    """
    lines: list[Line] = []
    refused: list[tuple[int, str]] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        name, phone = row[where["name"]].strip()[:80], normal(row[where["phone"]])
        units = _units(row[where["units"]] if "units" in where else "")
        reason = _reason(name, phone, units, seen)
        if reason or phone is None or units is None:
            refused.append((number, reason))
            continue
        seen.add(phone)
        lines.append(Line(name, phone, units))
    return lines, refused


def _reason(name: str, phone: str | None, units: int | None, seen: set[str]) -> str:
    if not name:
        return NAME
    if phone is None:
        return PHONE
    if units is None:
        return UNITS
    return TWICE if phone in seen else ""


def _units(text: str) -> int | None:
    """One account where nothing is written; `2`, `2구좌`, `2.0` are two."""
    plain = text.strip().removesuffix("구좌").removesuffix("계좌").removesuffix(".0").strip()
    if not plain:
        return 1
    return int(plain) if plain.isascii() and plain.isdigit() and 1 <= int(plain) <= MOST_UNITS else None


def columns_missing() -> Problem:
    words = _("The first line needs the headings 이름 (name) and 전화번호 (telephone); 구좌수 (accounts) if you like.")
    return Problem("columns", words, "file")


def too_many() -> Problem:
    return Problem("many", _("At most 3,000 people in one list, please."), "file")


def nobody() -> Problem:
    return Problem("nobody", _("Not one line of this file could be taken."), "file")


def not_now() -> Problem:
    return Problem("state", _("Somebody was faster: this is further on already."))


def answered() -> Problem:
    return Problem("answered", _("This question has been answered already, or its time is over."))
