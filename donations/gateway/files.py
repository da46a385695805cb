"""The files of banks: debit and result (자동이체), statements, settlements. Written whole or not at all.

Debit file, a record a line of 120 bytes in EUC-KR: head `H` + institute + day, lines `R` + number + bank and account +
amount + our key, tail `T` + lines + total. The result file repeats each line with a code: 0000 paid, 0021 not enough
money, others: the account does not answer any more.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from donations.errors import Odd
from donations.states import OddReason

PAID, SHORT_OF_MONEY = "0000", "0021"
#: In place of a reference: the line tells what the account held at the end of its day.
BALANCE = "BALANCE"
#: Where files lie that were read, and beside them those that cannot be trusted as a whole.
DONE, ASIDE = "done", "aside"
UNREADABLE, WHOLE = OddReason.UNREADABLE, OddReason.WHOLE
_WON = re.compile(r"-?(\d{1,15}|\d{1,3}(,\d{3}){1,4})")
WIDTH = 120


@dataclass(frozen=True)
class DebitLine:
    number: int
    account: str
    won: int
    key: str


@dataclass(frozen=True)
class ResultLine:
    key: str
    won: int
    code: str


@dataclass(frozen=True)
class StatementLine:
    """Money that came into a dedicated account, or left it (`won` below nought); `memo` is the payer's own mark."""

    reference: str
    account: str
    on: date
    name: str
    won: int
    memo: str = ""


@dataclass(frozen=True)
class BalanceLine:
    """What a dedicated account held at the end of a day."""

    account: str
    on: date
    won: int


@dataclass(frozen=True)
class SettlementLine:
    """What a provider paid out for one payment, and its fee."""

    provider: str
    key: str
    gross_won: int
    fee_won: int
    on: date


def folder(kind: str, way: str) -> Path:
    """`kind`: cms, bank, settlement; `way`: out (ours) or in (theirs)."""
    path = Path(settings.HOPECARE_HOME) / "money" / kind / way
    path.mkdir(parents=True, exist_ok=True)
    return path


def _record(text: str) -> bytes:
    return text.encode("euc-kr", "replace").ljust(WIDTH)[:WIDTH] + b"\n"


def write_debits(name: str, day: date, lines: Iterable[DebitLine]) -> Path:
    """The same batch always makes the same file: writing it again after a crash changes nothing."""
    body, count, total = bytearray(_record(f"H9990000001{day:%Y%m%d}")), 0, 0
    for line in lines:
        body += _record(f"R{line.number:08d}{line.account:<24}{line.won:013d}{line.key:<36}")
        count, total = count + 1, total + line.won
    body += _record(f"T{count:08d}{total:013d}")
    path = folder("cms", "out") / f"{name}.debit"
    draft = path.with_suffix(".draft")
    draft.write_bytes(bytes(body))
    draft.replace(path)
    return path


def read_results(path: Path) -> list[ResultLine]:
    """Lines of a result file; Odd when its tail is missing or does not agree: then no line of it can be trusted."""
    found, told = list[ResultLine](), None
    try:
        for row in path.read_bytes().splitlines():
            text = row.decode("euc-kr", "replace")
            if text.startswith("R"):
                found.append(ResultLine(text[46:82].strip(), int(text[33:46]), text[82:86]))
            elif text.startswith("T"):
                told = (int(text[1:9]), int(text[9:22]))
    except ValueError as error:
        raise Odd(WHOLE) from error
    if told != (len(found), sum(line.won for line in found)):
        raise Odd(WHOLE)
    return found


def waiting(kind: str) -> list[Path]:
    """What a bank put down and nobody has read yet: result files (cms), statements (bank), settlements."""
    return sorted(folder(kind, "in").glob("*.result" if kind == "cms" else "*.csv"))


def rows(path: Path) -> list[tuple[int, str]]:
    """(number, text) of each line that says something; Odd when the file is no text. A heading is left out."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("cp949")
        except UnicodeDecodeError as error:
            raise Odd(WHOLE) from error
    found = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip(" ,\0")]
    return found[1:] if found and not any(sign.isdigit() for sign in found[0][1]) else found


def statement(text: str) -> StatementLine | BalanceLine:
    """A line of a statement: reference, account, day, name, won, memo; or BALANCE, account, day, nothing, won.

    Won that left the account stand below nought. Odd when it is none of them.
    """
    reference, account, on, name, won, *rest = _cells(text, 5)
    if reference.strip() == BALANCE:
        return BalanceLine(_filled(account, 40), _day(on), _won(won))
    memo = rest[0].strip()[:60] if rest else ""
    line = StatementLine(_filled(reference, 60), _filled(account, 40), _day(on), name.strip(), _won(won), memo)
    if not line.won:
        raise Odd(UNREADABLE)
    return line


def settlement(text: str) -> SettlementLine:
    """A line of a settlement: provider, our key, gross, fee, day. Odd when it is none."""
    provider, key, gross, fee, on, *_rest = _cells(text, 5)
    return SettlementLine(_filled(provider, 8), _filled(key, 80), _won(gross), _won(fee), _day(on))


def _cells(text: str, least: int) -> list[str]:
    """One line at a time: a quote that nobody closed swallows no other line."""
    try:
        cells = next(csv.reader([text], strict=True))
    except csv.Error as error:
        raise Odd(UNREADABLE) from error
    if len(cells) < least or "\0" in text:
        raise Odd(UNREADABLE)
    return cells


def _filled(text: str, longest: int) -> str:
    plain = text.strip()
    if not 0 < len(plain) <= longest:
        raise Odd(UNREADABLE)
    return plain


def _won(text: str) -> int:
    plain = text.strip()
    if not _WON.fullmatch(plain):
        raise Odd(UNREADABLE)
    return int(plain.replace(",", ""))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Odd(UNREADABLE) from error


def free_place(path: Path, *, to: str) -> Path:
    """Where `put_away` puts it."""
    place = path.parent / to
    place.mkdir(exist_ok=True)
    free, number = place / path.name, 1
    while free.exists():
        free, number = place / f"{path.stem}.{number}{path.suffix}", number + 1
    return free


def put_away(path: Path, *, to: str = DONE) -> Path:
    """Read, or set aside: kept beside the others, never read twice, and never over another file of the same name."""
    return path.replace(free_place(path, to=to))


def bring_back(kind: str, name: str) -> bool:
    """A file that was set aside is read again; False when it is not there any more."""
    path = folder(kind, "in") / ASIDE / Path(name).name
    if not path.is_file():
        return False
    put_away(path, to="..")
    return True
