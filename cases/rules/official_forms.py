"""The ministry's forms as data: which fields in which order, and what of our record stands in each (K1)."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).resolve().parent.parent / "data" / "official_forms.yaml"


@dataclass(frozen=True)
class Field:
    """`source`: what of our record stands there. `long`: several lines."""

    ko: str
    en: str
    source: str
    long: bool = False


@dataclass(frozen=True)
class Form:
    code: str
    name_ko: str
    name_en: str
    fields: tuple[Field, ...]


@cache
def forms() -> dict[str, Form]:
    """Code → form, in the order of the stages."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))["forms"]
    return {
        one["code"]: Form(
            one["code"],
            one["name_ko"],
            one["name_en"],
            tuple(Field(row["ko"], row["en"], row["from"], bool(row.get("long"))) for row in one["fields"]),
        )
        for one in found
    }


def is_open(since: datetime | None, carried_at: datetime | None) -> bool:
    """Whether something stands in the form that the city's system does not have yet."""
    return since is not None and (carried_at is None or carried_at < since)
