"""Open a file of another system as lines of words: CSV, XLSX or JSON. What cannot be read is refused as a whole.

Everything is told by content, not by the file's name. No formula is worked out, no link is followed.
"""

import codecs
import csv
import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from django.utils.translation import gettext_lazy as _

from cases.rules.imports import words_of
from hopecare.kernel.errors import Impossible, Problem

MOST_COLUMNS = 300
#: Bytes of a file, and of a workbook once unpacked.
MOST_BYTES, MOST_UNPACKED = 300 * 1024 * 1024, 600 * 1024 * 1024
_CHUNK = 1 << 20
_ENCODINGS = ("utf-8-sig", "cp949")

NOT_A_TABLE = _("We cannot read this as a table. Please save it as CSV, XLSX or JSON and bring it again.")
ENCODING = _("The letters of this file cannot be read. Please save it as CSV UTF-8 (or in the Korean Windows way).")
EMPTY = _("There is no row in this file.")
TOO_LARGE = _("This file is too large to be read in one piece. Please cut it into several.")
TOO_WIDE = _("This table has more than %(most)s columns. Please leave only those that are needed.")
TOO_MANY = _("This file has more than %(most)s rows. Ask whoever runs the system to bring it in.")
FORMULA = _("Row %(row)s holds a formula. Please copy the sheet as values and bring it again.")
RAGGED = _("Row %(row)s has more cells than there are headings. Is a comma or a quotation mark out of place?")
FLAT = _("In JSON we read a list of flat records; row %(row)s is none.")


def refuse(code: str, words: Any, **values: object) -> Impossible:
    return Impossible(Problem(code, words % values if values else words, "file"))


def print_of(path: Path) -> str:
    """SHA-256 of the content."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()


def lines(path: Path) -> Iterator[list[str]]:
    """The headings, then every row that holds a word, each as long as the headings. Raises Impossible anywhere."""
    if path.stat().st_size > MOST_BYTES:
        raise refuse("too_large", TOO_LARGE)
    with path.open("rb") as file:
        head = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PK\x03\x04"):
        found = _workbook(path)
    elif head.startswith((b"[", b"{")):
        found = _records(path)
    else:
        found = _text(path)
    yield from _even(found)


def _even(found: Iterator[list[str]]) -> Iterator[list[str]]:
    headings: list[str] = []
    for number, line in enumerate(found):
        while line and not line[-1]:
            line.pop()
        if not headings:
            if len(line) > MOST_COLUMNS:
                raise refuse("too_wide", TOO_WIDE, most=MOST_COLUMNS)
            headings = line
            if headings:
                yield headings
            continue
        if len(line) > len(headings):
            raise refuse("ragged", RAGGED, row=number)
        if line:
            yield line + [""] * (len(headings) - len(line))
    if not headings:
        raise refuse("empty", EMPTY)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    for name in _ENCODINGS:
        decoder = codecs.getincrementaldecoder(name)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    if b"\0" in chunk:
                        raise refuse("not_a_table", NOT_A_TABLE)
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    raise refuse("encoding", ENCODING)


def _text(path: Path) -> Iterator[list[str]]:
    with path.open(encoding=_encoding(path), newline="") as file:
        try:
            first = file.readline(_CHUNK)
            file.seek(0)
            sign = max(",\t;", key=first.count)
            for line in csv.reader(file, delimiter=sign, strict=True):
                if len(line) > MOST_COLUMNS:
                    raise refuse("too_wide", TOO_WIDE, most=MOST_COLUMNS)
                yield [words_of(cell) for cell in line]
        except UnicodeError as error:
            raise refuse("encoding", ENCODING) from error
        except csv.Error as error:
            raise refuse("not_a_table", NOT_A_TABLE) from error


def _workbook(path: Path) -> Iterator[list[str]]:
    """The first sheet, row by row; never worked out, never larger unpacked than we can bear.

    Opened by us, as an upload's path has no ending by which the reader would know it.
    """
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as parts:
                if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                    raise refuse("too_large", TOO_LARGE)
            book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        except Impossible:
            raise
        except Exception as error:  # a hostile file may break the reader in any way
            raise refuse("not_a_table", NOT_A_TABLE) from error
        try:
            yield from _sheet(book)
        except Impossible:
            raise
        except Exception as error:
            raise refuse("not_a_table", NOT_A_TABLE) from error
        finally:
            book.close()


def _sheet(book: Any) -> Iterator[list[str]]:
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows()):
        if len(row) > MOST_COLUMNS and any(cell.value is not None for cell in row[MOST_COLUMNS:]):
            raise refuse("too_wide", TOO_WIDE, most=MOST_COLUMNS)
        if any(cell.data_type == "f" for cell in row):
            raise refuse("formula", FORMULA, row=number)
        yield [words_of(_day_alone(cell.value)) for cell in row[:MOST_COLUMNS]]


def _day_alone(value: Any) -> Any:
    """A spreadsheet's day comes with a midnight that nobody wrote."""
    return value.date() if hasattr(value, "hour") and hasattr(value, "date") else value


def _records(path: Path) -> Iterator[list[str]]:
    try:
        whole = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise refuse("encoding", ENCODING) from error
    except (ValueError, RecursionError) as error:
        raise refuse("not_a_table", NOT_A_TABLE) from error
    rows = whole.get("rows") if isinstance(whole, dict) else whole
    if not isinstance(rows, list):
        raise refuse("not_a_table", NOT_A_TABLE)
    headings: dict[str, None] = {}
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or any(isinstance(value, dict | list) for value in row.values()):
            raise refuse("flat", FLAT, row=number)
        headings.update(dict.fromkeys(row))
        if len(headings) > MOST_COLUMNS:
            raise refuse("too_wide", TOO_WIDE, most=MOST_COLUMNS)
    yield [words_of(name) for name in headings]
    for row in rows:
        yield [words_of(row.get(name)) for name in headings]
