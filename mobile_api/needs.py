"""Assessments at the door: asked without signal, kept as a draft, sent once; of two who asked both keep their answers.

Answers are appended, never overwritten. Only cells that somebody else answered since, and otherwise, are in conflict.
"""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Header, Router

from cases.selectors import field_needs as selectors
from cases.selectors.catalogue import categories
from cases.services import needs as services
from hopecare.kernel import errors
from hopecare.kernel.access import Viewer, acting_as
from mobile_api.answers import private
from mobile_api.field_schemas import NeedsTold, NewAnswers
from mobile_api.keys import NEEDED, worker
from mobile_api.problems import problem
from mobile_api.schemas import KEY_PATTERN, Problem

router = Router(auth=NEEDED)
ERRORS_OF_READING = frozenset({401, 404, 405, 429, 503})
ERRORS_OF_ANSWERS = ERRORS_OF_READING | {400, 412, 413, 415, 422}
Key = Annotated[
    str,
    Header(alias="Idempotency-Key", pattern=KEY_PATTERN, description="at least 128 random bits, made with the draft"),
]


@router.get(
    "/{number}/needs",
    response={200: NeedsTold, ERRORS_OF_READING: Problem},
    operation_id="read_needs",
    summary="What was asked about the eight",
)
def read_needs(request: HttpRequest, number: str) -> HttpResponse:
    """Everybody of the household, each by themselves (D4), and the household. What the role may not see is left out."""
    return _told(worker(request), number[:11])


@router.post(
    "/{number}/needs",
    response={200: NeedsTold, ERRORS_OF_ANSWERS: Problem},
    operation_id="record_needs",
    summary="Answers about the eight",
)
def record_needs(request: HttpRequest, number: str, new: NewAnswers, idempotency_key: Key) -> HttpResponse:
    """Appended once for each key. 412 names the cells (`/values/…`) that somebody answered otherwise since they were
    read: nothing is written then; look at both, and send what shall stand with the answers' new ids in `seen`."""
    by, known = worker(request), {category.code for category in categories()}
    strange = [code for code in (*new.values, *new.seen, *new.before) if code not in known]
    if strange:
        words = _("There is no such category.")
        raise errors.Impossible(*(errors.Problem("unknown", words, f"/values/{code}") for code in strange))
    asked = services.Asked(
        values=dict(new.values),
        seen=new.seen,
        before=dict(new.before),
        own_words=new.own_words,
        offer=new.offer,
        money=new.money,
        token=f"app:{idempotency_key}"[:200],
    )
    try:
        services.record_answers(by=by, number=number[:11], person_id=new.person, phase=new.phase, asked=asked)
    except services.Overtaken as overtaken:
        return _overtaken(overtaken)
    return _told(by, number[:11])


def _overtaken(error: services.Overtaken) -> HttpResponse:
    parts = [
        {"pointer": f"/values/{found.field}", "code": found.code, "detail": str(found.words)}
        for found in error.problems
    ]
    return problem(412, _("Somebody else answered here in the meantime. Please look at both."), parts=parts)


def _told(by: Viewer, number: str) -> HttpResponse:
    with acting_as(by):
        case, found = selectors.askings_of(by, number)
        return private({"id": case.number, "people": [_asking(one) for one in found]})


def _asking(one: selectors.Asking) -> dict[str, Any]:
    cells = {
        code: {"value": cell.value, "answer": cell.answer_id, "by": cell.by_name} for code, cell in one.cells.items()
    }
    return {"person": one.person_id, "name": one.name, "alone": one.alone, "phase": one.phase, "cells": cells}
