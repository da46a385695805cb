"""Eligibility over the API: anonymous, rate-limited, nothing stored."""

import json
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Router

from eligibility import selectors
from eligibility.facts import Facts, as_json
from hopecare.kernel.errors import Impossible
from mobile_api import limits
from mobile_api.schemas import Problem
from mobile_api.simulation_schemas import NewSimulation, ProgrammesTold, SimulationTold

router = Router()
ERRORS_OF_SIMULATION = frozenset({400, 405, 413, 415, 422, 429, 503})
ERRORS_OF_PROGRAMMES = frozenset({405, 429, 503})


@router.post(
    "/simulations",
    response={200: SimulationTold, ERRORS_OF_SIMULATION: Problem},
    operation_id="simulate",
    summary="What a household may get, and why",
)
def simulate(request: HttpRequest, household: NewSimulation) -> HttpResponse:
    """Judges every programme with rules. What was not told is unknown, never zero; an unknown counts only where some
    admissible value of it would change the verdict. Guidance, not a decision; no answers are kept."""
    limits.demand(request, "simulation", settings.SIMULATION_RATE)
    facts = _facts(household)
    found = selectors.simulate(facts, detail=facts.detail, language=get_language() or "ko")
    return _answer(found)


@router.get(
    "/programmes",
    response={200: ProgrammesTold, ERRORS_OF_PROGRAMMES: Problem},
    operation_id="list_programmes",
    summary="Programmes that have rules",
)
def programmes(request: HttpRequest) -> HttpResponse:
    """Each with its source, the day it is in force from and the day it was last checked."""
    limits.demand(request, "status", settings.STATUS_READ_RATE)
    items = selectors.programmes(language=get_language() or "ko")
    return _answer({"rules_version": selectors.rules_version(), "items": items})


def _facts(household: NewSimulation) -> Facts:
    """Facts; what contradicts itself is told with the place in the request's JSON."""
    try:
        return selectors.told(household.model_dump())
    except Impossible as error:
        raise Impossible(*(replace(found, field=f"/{found.field}") for found in error.problems)) from error


def _answer(body: Any) -> HttpResponse:
    return HttpResponse(
        json.dumps(body, ensure_ascii=False, default=as_json, check_circular=False),
        content_type="application/json",
        headers={"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Language": get_language() or "ko"},
    )
