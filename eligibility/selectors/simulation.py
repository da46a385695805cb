"""What a household may get, why, and what would change it; the programmes with rules; where sources differ."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings

from eligibility import parameters
from eligibility import programmes as ruled
from eligibility.engine import load
from eligibility.facts import Facts, Homes, Lever, Programme, Simulation, SourceConflict, WhatIf, read_facts
from hopecare.kernel.services.city import city_data

UNITS = {"percent": 100, "man_won": 10_000}  # what a lever is told in → ten-thousandths, or won


@cache
def towns() -> dict[str, dict[str, dict[str, str]]]:
    """Town code → the names and telephones of its office and of its zone's centre, from the city's file."""
    city = city_data(settings.HOPECARE_CITY)
    centre_of = {town: zone["centre"] for zone in city["zones"] for town in zone["towns"]}
    return {town["code"]: {"town": town, "centre": centre_of[town["code"]]} for town in city["towns"]}


def told(values: Any) -> Facts:
    """Facts from plain values in the API's shape; raises errors.Impossible with a Problem for each field that does
    not fit (`field` = path, as `persons/0/birth_date`). What is left out or None was not asked and is never zero."""
    return read_facts(values, towns=towns().keys(), programmes=ruled.entries().keys())


def simulate(facts: Facts, *, detail: str = "full", language: str = "ko") -> Simulation:
    """Every programme with rules for one household on its day. `detail`: verdicts < reasons < full (flips, changes).
    Reckoned in this process, nothing is stored; about 10 ms for verdicts, 40 ms in full."""
    return load().answer(facts, detail=detail, language=ruled.tongue(language), places=towns()[facts.town])


def programmes(*, language: str = "ko", town: str = "") -> list[Programme]:
    """The programmes that have rules, in the order of an answer; `town` fills in whom to ask."""
    tongue = ruled.tongue(language)
    places = towns().get(town) or {}
    rules = parameters.rules()
    return [
        Programme(
            programme=entry["programme"],
            name=ruled.said(entry, "name", tongue),
            summary=ruled.said(entry, "summary", tongue),
            category=entry["category"],
            life_stages=tuple(entry["life_stages"]),
            provider=entry.get("provider", "public"),
            documents=tuple(ruled.said(entry, "documents", tongue)),
            apply_at=ruled.contact(entry, tongue, places),
            deadline=ruled.said(entry, "deadline", tongue),
            source=entry["source"],
            valid_from=entry["in_force"],
            checked_on=rules["checked_on"],
            complete_through=ruled.complete_through(entry),
        )
        for entry in ruled.entries().values()
    ]


def worked_example(example: Any) -> list[str]:
    """What is wrong with one worked example of an official text: nothing when every figure is exactly as expected."""
    return load().examples.faults(example)


def levers(*, on: date, language: str = "ko") -> list[Lever]:
    """The lines a planner may move, and where they stand on a day."""
    tongue = ruled.tongue(language)
    return [
        Lever(
            code=code,
            name=ruled.said(entry, "name", tongue),
            today=parameters.on(entry["figures"], on)[entry["figure"]] // UNITS[entry["unit"]],
            unit=entry["unit"],
            pays=bool(entry.get("pays")),
            note=ruled.said(entry, "note", tongue),
        )
        for code, entry in ruled.levers().items()
    ]


def what_if(
    homes: Homes, *, lever: str, figure: int, on: date, progress: Callable[[int, int], None] | None = None
) -> WhatIf:
    """Households that another line (`figure`, in the lever's unit) would let in or out, and the cost a year, for each
    code of each group; cells of fewer than five are not told. Raises KeyError for an unknown lever, ValueError without
    households.

    In this process; `progress(done, all)` is told after every 16,384 households.
    """
    if not homes.sizes:
        raise ValueError("nobody to ask about")
    entry = ruled.levers()[lever]
    return load().what_if(homes, entry, figure * UNITS[entry["unit"]], on, progress)


def rules_version() -> str:
    """Which state of the rules answers now; kept with every result."""
    return str(parameters.rules()["version"])


def source_conflicts(*, language: str = "ko") -> list[SourceConflict]:
    """Where two sources differ: what each says, which is followed and why. Shown to everybody."""
    tongue = ruled.tongue(language)
    return [
        SourceConflict(
            id=entry["id"],
            programmes=tuple(entry["programmes"]),
            words=ruled.said(entry, "words", tongue),
            followed=ruled.said(entry, "followed", tongue),
            why=ruled.said(entry, "why", tongue),
        )
        for entry in ruled.conflicts()
    ]
