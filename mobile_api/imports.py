"""Files of another system without anybody at a desk: the same check, the same queue, the same rows once (R19).

A key made at `/desk/imports/keys/` brings files and reads what became of them, and opens nothing else.
"""

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.security import HttpBearer
from pydantic import ConfigDict, Field

from cases.selectors import imports as selectors
from cases.services import import_keys
from cases.services import imports as services
from hopecare.kernel import errors
from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.web import source_address
from mobile_api import limits
from mobile_api.answers import private
from mobile_api.schemas import Problem, Strict

MOST_BYTES, MOST_ROWS = services.DESK_BYTES, 5_000
LONGEST_ID = 15
_CHUNK = 1 << 16
ERRORS_OF_BRINGING = frozenset({400, 401, 404, 405, 413, 415, 422, 429, 503})
ERRORS_OF_READING = frozenset({401, 404, 405, 429, 503})
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class Rows(Strict):
    """Flat records under the headings that `/desk/imports/` names; `name` is how people find this delivery again."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "2026-11-23",
                "rows": [{"대상자관리번호": "P-1", "성명": "윤순덕", "생년월일": "1948-03-02", "읍면동": "화도읍"}],
            }
        },
    )
    name: Annotated[str, Field(min_length=1, max_length=100)]
    rows: Annotated[list[dict[str, str | int | float | bool | None]], Field(min_length=1, max_length=MOST_ROWS)]


class WrongRow(Schema):
    """A row that waits to be corrected at the desk: its place in the file, and which field has which problem."""

    number: int
    problems: list[tuple[str, str]]


class ImportTold(Schema):
    """What became of a delivery; `waiting` rows are looked at within a minute. The first fifty wrong rows are named."""

    id: int
    way: str
    name: str
    rows: int
    known_before: int
    taken: int
    waiting: int
    to_correct: int
    to_decide: int
    waits_for_consent: int
    left_out: int
    wrong: list[WrongRow]


class SystemKey(HttpBearer):
    """A key of a system that brings files by itself, made at the desk and shown there once."""

    def authenticate(self, request: HttpRequest, token: str) -> Viewer:
        limits.demand(request, "import", settings.DEVICE_RATE)
        return import_keys.viewer_for(token, source_address=source_address(request))


router = Router(auth=SystemKey())


def _by(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.auth  # type: ignore[attr-defined]
    return viewer


@router.post(
    "/{code}/file",
    response={202: ImportTold, ERRORS_OF_BRINGING: Problem},
    operation_id="bring_file",
    summary="Bring a file",
    openapi_extra=_FILE,
)
def bring_file(request: HttpRequest, code: str) -> HttpResponse:
    """The body is the file as it is: CSV, XLSX or JSON, told by its content. It is read as a whole or not at all; the
    same file again goes on where it stopped, or is the first one. `code` is one of the ways that `/desk/imports/keys/`
    lists."""
    with tempfile.NamedTemporaryFile() as kept:
        while chunk := request.read(_CHUNK):
            kept.write(chunk)
        kept.flush()
        return _brought(request, Path(kept.name), "file", code)


@router.post(
    "/{code}/rows",
    response={202: ImportTold, ERRORS_OF_BRINGING: Problem},
    operation_id="bring_rows",
    summary="Bring rows",
)
def bring_rows(request: HttpRequest, code: str, told: Rows) -> HttpResponse:
    """The same with the rows in the body; a row that came before, word for word, is taken in once."""
    with tempfile.NamedTemporaryFile() as kept:
        kept.write(json.dumps(told.rows, ensure_ascii=False, sort_keys=True).encode())
        kept.flush()
        return _brought(request, Path(kept.name), told.name, code)


def _brought(request: HttpRequest, path: Path, name: str, code: str) -> HttpResponse:
    by = _by(request)
    file = services.bring(by=by, path=path, name=name, code=code, most_rows=services.DESK_ROWS)
    services.soon(file.pk)
    return _told(by, file.pk, status=202)


@router.get(
    "/{number}",
    response={200: ImportTold, ERRORS_OF_READING: Problem},
    operation_id="read_import",
    summary="What became of a file",
)
def read_import(request: HttpRequest, number: str) -> HttpResponse:
    """By the id that bringing it answered with. Files of other houses are not there."""
    if not (number.isascii() and number.isdigit()) or len(number) > LONGEST_ID:
        raise errors.NotFound("import", number[:LONGEST_ID])
    return _told(_by(request), int(number))


def _told(by: Viewer, file_id: int, *, status: int = 200) -> HttpResponse:
    with acting_as(by):
        one = selectors.file_of(by, file_id)
        wrong = selectors.wrong_of(by, file_id) if one.wrong else []
    body = {
        "id": one.file.pk,
        "way": one.file.mapping,
        "name": one.file.name,
        "rows": one.file.rows_read,
        "known_before": one.file.rows_same,
        "taken": one.taken,
        "waiting": one.waiting,
        "to_correct": one.wrong,
        "to_decide": one.review,
        "waits_for_consent": one.later,
        "left_out": one.left_out,
        "wrong": [{"number": line.row.number, "problems": line.row.problems} for line in wrong],
    }
    return private(body, status)
