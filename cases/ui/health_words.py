"""Visits of nurses and doctors as pages show them: small charts, the table beside them, one sheet."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cases.models import HealthVisit
from cases.rules import health as rules
from cases.ui.case_frame import address
from hopecare.kernel import names
from hopecare.kernel.access import Viewer
from hopecare.kernel.models.people import age_on
from hopecare.kernel.telling import told_by
from hopecare.kernel.templatetags import hope_formats as formats

#: Of a small multiple of 180 × 84: room for the figures of the scale on the left.
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 172, 12, 68
_APART = 13  # figures of the scale closer than this would be written over one another


def title(row: HealthVisit) -> str:
    return f"{rules.kinds()[row.kind].name} · {row.person.name} · {formats.day_short(row.on)}"


def _number(row: HealthVisit, code: str) -> Decimal | None:
    value = getattr(row, code)
    return None if value is None else Decimal(value)


def _unusual(row: HealthVisit, code: str, number: Decimal) -> tuple[Decimal, Decimal] | None:
    age = age_on(row.person.birth_date, row.on)
    return rules.unusual(code, number, fasting=row.fasting, age=age)


def columns(rows: Sequence[HealthVisit]) -> list[rules.Value]:
    """What was ever measured, in the order of the list."""
    return [value for code, value in rules.values().items() if any(_number(row, code) is not None for row in rows)]


def cell(row: HealthVisit, value: rules.Value) -> dict[str, Any] | None:
    """One number with what is to be said beside it; a range outside which it lies is told, never judged."""
    number = _number(row, value.code)
    if number is None:
        return None
    usual = _unusual(row, value.code, number)
    notes = []
    if value.code == "glucose":
        notes.append(_("fasting") if row.fasting else _("after eating"))
    if value.code in row.confirmed:
        notes.append(_("measured again"))
    outside = _("usual: %(low)s–%(high)s") % {"low": usual[0], "high": usual[1]} if usual else ""
    return {"value": value, "number": number, "notes": notes, "outside": outside}


def table(rows: Sequence[HealthVisit]) -> list[dict[str, Any]]:
    """One row a visit, the newest first, columns as the charts stand."""
    measured = columns(rows)
    return [
        {
            "row": row,
            "kind": rules.kinds()[row.kind].name,
            "url": address(row.case, "case_health_sheet", health_id=row.pk),
            "cells": [cell(row, value) for value in measured],
        }
        for row in rows
    ]


def charts(rows: Sequence[HealthVisit]) -> list[dict[str, Any]]:
    """One small multiple for each value that was ever measured, all on the same days."""
    if not rows:
        return []
    first, last = min(row.on for row in rows), max(row.on for row in rows)
    return [_chart(value, rows[::-1], first, last) for value in columns(rows)]


def _chart(value: rules.Value, rows: Sequence[HealthVisit], first: date, last: date) -> dict[str, Any]:
    told = [(row, number) for row in rows if (number := _number(row, value.code)) is not None]
    numbers = [number for _row, number in told]
    lines = value.usual() or (min(numbers), max(numbers))
    low, high = min(*numbers, lines[0]), max(*numbers, lines[1])

    def y(number: Decimal) -> int:
        return (
            round(_BOTTOM - (_BOTTOM - _TOP) * (number - low) / (high - low)) if high > low else (_TOP + _BOTTOM) // 2
        )

    def x(day: date) -> int:
        span = (last - first).days
        return _LEFT + (_RIGHT - _LEFT) * (day - first).days // span if span else (_LEFT + _RIGHT) // 2

    points = [
        {"x": x(row.on), "y": y(number), "outside": _unusual(row, value.code, number) is not None}
        for row, number in told
    ]
    said = "; ".join(f"{formats.day_short(row.on)} {number}" for row, number in told)
    return {
        "value": value,
        "points": points,
        "line": " ".join(f"{point['x']},{point['y']}" for point in points),
        "scale": _scale([(line, y(line)) for line in sorted(set(lines), reverse=True)]),
        "said": said,
    }


def _scale(lines: list[tuple[Decimal, int]]) -> list[dict[str, Any]]:
    """Lines with their figures, written apart from one another where the lines lie close."""
    found: list[dict[str, Any]] = []
    for number, height in lines:
        text = height + 4 if not found else max(height + 4, found[-1]["text"] + _APART)
        found.append({"number": number, "y": height, "text": text})
    return found


def sources(rows: Sequence[HealthVisit]) -> list[tuple[str, str]]:
    """Value → where its usual range comes from."""
    return [(value.name, value.source) for value in columns(rows) if value.source]


def _referred_to(viewer: Viewer | None, row: HealthVisit) -> str:
    """As with a referral: who wrote it down and the lead know it anyway (D17)."""
    known = viewer is not None and viewer.user_id in {row.by_id, row.case.lead_id}
    return row.referred_to if names.may_name(viewer, told_by(row.referred_to), None, leads=known) else names.neutral()


def sheet(viewer: Viewer | None, row: HealthVisit) -> dict[str, Any]:
    """Everything of one visit; what was not asked is left out. On paper (no viewer) no name tells anything (D4)."""
    kind = rules.kinds()[row.kind]
    prescription = {True: _("yes"), False: _("no")}.get(row.prescription) if row.prescription is not None else ""
    told = [
        (_("Medicines taken as told"), row.get_medicines_display()),
        (_("Done at the visit"), " · ".join(rules.words_of("done", row.done))),
        (_("What was found"), row.found),
        (_("Advice"), row.advice),
        (_("Prescription"), prescription),
        (_("Referred to which clinic"), _referred_to(viewer, row)),
        (_("Signs that cannot wait"), " · ".join(rules.words_of("signs", row.signs))),
        (_("Who was told of it, and how"), row.told_whom),
    ]
    measured = [one for value in rules.values().values() if (one := cell(row, value))]
    return {
        "row": row,
        "on_paper": viewer is None,
        "kind": kind,
        "measured": measured,
        "told": [(label, words) for label, words in told if words],
        "urgent": bool(row.signs),
        "outside": any(one["outside"] for one in measured),
    }
