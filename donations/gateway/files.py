"""The files of banks: debit and result (자동이체), statements, settlements. Written whole or not at all.

Debit file, a record a line of 120 bytes in EUC-KR: head `H` + institute + day, lines `R` + number + bank and account +
amount + our key, tail `T` + lines + total. The result file repeats each line with a code: 0000 paid, 0021 not enough
money, others: the account does not answer any more.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

PAID, SHORT_OF_MONEY = "0000", "0021"
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
    """A deposit into a dedicated account."""

    reference: str
    account: str
    on: date
    name: str
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


def read_results(path: Path) -> Iterator[ResultLine]:
    """Lines of a result file; raises ValueError when its tail does not agree with its lines."""
    count = total = 0
    for row in path.read_bytes().splitlines():
        text = row.decode("euc-kr", "replace")
        if text.startswith("R"):
            line = ResultLine(text[46:82].strip(), int(text[33:46]), text[82:86])
            count, total = count + 1, total + line.won
            yield line
        elif text.startswith("T") and (int(text[1:9]), int(text[9:22])) != (count, total):
            raise ValueError(f"{path.name}: the tail does not agree with the lines")


def results() -> list[Path]:
    return sorted(folder("cms", "in").glob("*.result"))


def statements() -> Iterator[tuple[Path, list[StatementLine]]]:
    """Statement files: reference, account, day, name, won."""
    for path, rows in _csv_files("bank"):
        yield path, [StatementLine(row[0], row[1], _day(row[2]), row[3], int(row[4])) for row in rows]


def settlements() -> Iterator[tuple[Path, list[SettlementLine]]]:
    """Settlement files: provider, our key, gross, fee, day."""
    for path, rows in _csv_files("settlement"):
        yield path, [SettlementLine(row[0], row[1], int(row[2]), int(row[3]), _day(row[4])) for row in rows]


def _csv_files(kind: str) -> Iterator[tuple[Path, list[list[str]]]]:
    for path in sorted(folder(kind, "in").glob("*.csv")):
        yield path, list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007


def put_away(path: Path) -> None:
    """Read: kept beside the others, never read twice."""
    done = path.parent / "done"
    done.mkdir(exist_ok=True)
    path.replace(done / path.name)
