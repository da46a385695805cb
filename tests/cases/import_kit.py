"""Files of the city's system, and somebody at the central desk who brings them."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from cases.models import ImportFile, ImportRow
from cases.services import imports
from hopecare.kernel.models import Person, Service
from hopecare.kernel.services.cast import put_member
from tests.cast import Actor, hire
from tests.database import as_owner

PEOPLE = ("대상자관리번호", "가구관리번호", "성명", "생년월일", "성별", "휴대전화", "읍면동", "보장구분", "동의일")
GIVEN = ("제공관리번호", "대상자관리번호", "서비스명", "제공일", "금액")
#: Three people in two households; the second one has not agreed that the centres see anything.
ROWS = [
    ("P-1", "H-1", "윤순덕", "1948-03-02", "여", "010-0000-0078", "화도읍", "기초수급", "2026-11-02"),
    ("P-2", "H-1", "윤민호", "2012.5.9", "남", "", "화도읍", "기초수급", ""),
    ("P-3", "H-2", "오가람", "19700101", "1", "010-0000-3003", "경기도 남양주시 진접읍", "차상위", "2026-11-02"),
]
Table = list[tuple[str, ...]]


def desk(city: object) -> Actor:
    """The head of the central centre."""
    return Actor(put_member("mina"))


def hall(city: object) -> Actor:
    """An official of the city hall: its files may bear resident numbers (K8)."""
    return hire("sora", "city_official", "city_hall")


def as_csv(path: Path, head: tuple[str, ...], rows: list[tuple[str, ...]], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def as_xlsx(path: Path, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Path:
    book = openpyxl.Workbook()
    for row in [head, *rows]:
        book.active.append(list(row))
    book.save(path)
    return path


def as_json(path: Path, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Path:
    path.write_text(json.dumps([dict(zip(head, row, strict=True)) for row in rows], ensure_ascii=False))
    return path


FORMATS: dict[str, Callable[..., Path]] = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json}


def take(actor: Actor, path: Path, code: str = "city_people") -> ImportFile:
    """Brought, and every row looked at."""
    file = imports.bring(by=actor.viewer, path=path, name=path.name, code=code)
    imports.take_in(file_id=file.pk)
    return file


def states(file: ImportFile | None = None, **lookup: Any) -> list[str]:
    with as_owner():
        rows = ImportRow.objects.filter(**({"file": file} if file else {}), **lookup)
        return list(rows.order_by("pk").values_list("state", flat=True))


def people(**lookup: Any) -> list[Person]:
    with as_owner():
        return list(Person.objects.filter(**lookup).order_by("pk"))


def service(code: str) -> str:
    return Service.objects.get(code=code).name_ko
