"""Dated figures of the law as files; `on(name, day)` reads the entry that holds on a day."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def entries(name: str) -> tuple[dict[str, Any], ...]:
    """All dated entries of a parameter, oldest first."""
    read = yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text())
    return tuple(sorted(read, key=lambda entry: entry["valid_from"]))


def on(name: str, day: date) -> dict[str, Any]:
    """The entry that holds on `day`: the newest one that began; before the first, the first."""
    began = [entry for entry in entries(name) if entry["valid_from"] <= day]
    return began[-1] if began else entries(name)[0]
