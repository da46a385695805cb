"""What a list of another platform must hold, line by line: values in, lines and reasons out (R66)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

MOST_LINES = 5_000
#: A smaller gift is booked without its giver: nobody asks for a receipt of it.
LEAST_NAMED_WON, MOST_WON = 1_000, 100_000_000
#: Costs of collecting are at most so many ten-thousandths (K11).
MOST_FEE_TT = 1_500
#: Our column → headings that platforms write over it.
HEADINGS = {
    "reference": ("번호", "기부번호", "결제번호", "거래번호", "no", "id", "reference"),
    "given_on": ("날짜", "기부일", "기부일자", "결제일", "결제일자", "date"),
    "won": ("금액", "기부금액", "결제금액", "기부금", "amount", "won"),
    "name": ("이름", "성명", "기부자", "기부자명", "name"),
    "phone": ("전화", "전화번호", "휴대폰", "휴대전화", "연락처", "phone", "mobile"),
    "receipt": ("영수증", "영수증발급", "기부금영수증", "receipt"),
}
NEEDED = frozenset({"reference", "given_on", "won"})
REFERENCE, TWICE, KNOWN, DAY, WON = "reference", "twice", "known", "day", "won"
REASONS = {
    REFERENCE: _("the platform's number of the gift is missing"),
    TWICE: _("this number stands further up already"),
    KNOWN: _("this gift came with an earlier list"),
    DAY: _("this cannot be the day of the gift"),
    WON: _("an amount in won, please"),
}
_YES = {"y", "yes", "o", "예", "발급", "발급완료", "완료", "true", "1"}


@dataclass(frozen=True)
class Brought:
    """What comes with the file. `attested`: who had no receipt agreed that the platform names them to us."""

    platform: str
    fund_id: int
    fee_won: int | None
    attested: bool


@dataclass(frozen=True)
class Line:
    """One gift; name and telephone (E.164) only of a giver who may ask us for a receipt."""

    reference: str
    given_on: date
    won: int
    receipted: bool
    name: str = ""
    phone: str = ""


def brought_problems(told: Brought) -> list[Problem]:
    found = [] if told.platform.strip() else [required("platform")]
    if told.fee_won is not None and told.fee_won < 0:
        found.append(Problem("fee", _("What the platform kept, in won; 0 for nothing."), "fee"))
    return found if told.attested else [*found, required("attested")]


def fee_problems(fee_won: int, total_won: int) -> list[Problem]:
    if fee_won * 10_000 > total_won * MOST_FEE_TT:
        words = _("The platform would have kept more than 15 per cent. The law allows no more: please look again.")
        return [Problem("fee", words, "fee")]
    return []


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
    rows: Iterable[list[str]],
    where: dict[str, int],
    *,
    normal: Callable[[str], str | None],
    known: frozenset[str],
    today: date,
) -> tuple[list[Line], list[tuple[int, str]]]:
    """The lines that can be taken, and (line of the file, reason) of the others; the headings are line 1.

    `normal`: a typed telephone number in E.164, None when it cannot be one. `known`: numbers of earlier lists.
    """
    lines: list[Line] = []
    refused: list[tuple[int, str]] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        cells = {column: row[place].strip() if place < len(row) else "" for column, place in where.items()}
        given_on, won = _day(cells["given_on"], today), _won(cells["won"])
        reference = cells["reference"][:80]
        reason = _reason(reference, given_on, won, seen, known)
        if reason or given_on is None or won is None:
            refused.append((number, reason))
            continue
        seen.add(reference)
        lines.append(_line(cells, reference, given_on, won, normal))
    return lines, refused


def _reason(reference: str, given_on: date | None, won: int | None, seen: set[str], known: frozenset[str]) -> str:
    if not reference:
        return REFERENCE
    if reference in known:
        return KNOWN
    if given_on is None:
        return DAY
    if won is None:
        return WON
    return TWICE if reference in seen else ""


def _line(cells: dict[str, str], reference: str, given_on: date, won: int, normal: Callable[[str], str | None]) -> Line:
    """Whoever had a receipt there stays without a name here."""
    receipted = cells.get("receipt", "").casefold() in _YES
    name, phone = cells.get("name", "")[:80], normal(cells.get("phone", "")) or ""
    if receipted or won < LEAST_NAMED_WON or not name or not phone:
        return Line(reference, given_on, won, receipted)
    return Line(reference, given_on, won, receipted, name, phone)


def _day(text: str, today: date) -> date | None:
    plain = text[:10].replace(".", "-").replace("/", "-").strip("- ")
    try:
        found = date.fromisoformat("-".join(f"{int(part):02d}" for part in plain.split("-")))
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= today else None


def _won(text: str) -> int | None:
    plain = text.replace(",", "").replace("원", "").strip().removesuffix(".0")
    return int(plain) if plain.isascii() and plain.isdigit() and 1 <= int(plain) <= MOST_WON else None


def columns_missing() -> Problem:
    words = _(
        "The first line needs the headings 번호 (number), 날짜 (day) and 금액 (amount);"
        " 이름, 전화번호 and 영수증 if you like."
    )
    return Problem("columns", words, "file")


def too_many() -> Problem:
    return Problem("many", _("At most 5,000 gifts in one list, please."), "file")


def nobody() -> Problem:
    return Problem("nobody", _("Not one line of this file could be taken."), "file")


def twice() -> Problem:
    return Problem("twice", _("This very file was brought already."), "file")


def other_sum(wanted_won: int) -> Problem:
    words = _("Please choose the deposit of exactly %(won)s won: the gifts less what the platform kept.")
    return Problem("sum", words % {"won": f"{wanted_won:,}"}, "deposit")


def not_now() -> Problem:
    return Problem("state", _("Somebody was faster: this is further on already."))
