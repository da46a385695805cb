"""The retention file, and the models of the whole house by name (R: house.md, one file that people read)."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import get_language

from hopecare.kernel.access import private_models
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.privacy import rules
from hopecare.privacy.facts import Group, Retention, Table, read

FILE = Path(__file__).resolve().parent / "data" / "retention.yaml"
#: Names that tell about somebody wherever they stand.
TELLING = frozenset({"phone", "phone_hash", "email", "birth_date", "birth_year", "person", "source_address"})
#: Numbers of offices and help lines are nobody's.
_OFFICES = frozenset({"kernel.City", "kernel.Organisation", "kernel.Facility", "kernel.HelpLine"})


@cache
def retention() -> Retention:
    return read(yaml.safe_load(FILE.read_text()))


def tables() -> list[Table]:
    """Every model of our own, wherever it lives: a new app is asked from its first model on."""
    ours = [config for config in apps.get_app_configs() if Path(config.path).is_relative_to(settings.BASE_DIR)]
    outside = {config for config in ours if ".venv" in config.path}
    private = {model._meta.label for model in private_models()}
    return [_table(model, private) for config in ours if config not in outside for model in config.get_models()]


def _table(model: type[models.Model], private: set[str]) -> Table:
    label = model._meta.label
    fields = {
        field.name: label not in _OFFICES and (isinstance(field, EncryptedTextField) or field.name in TELLING)
        for field in model._meta.concrete_fields
        if field.name not in rules.UNTOLD
    }
    return Table(label, fields, label in private)


def gaps() -> list[str]:
    return rules.gaps(retention(), tables())


def missing_lines() -> str:
    """What to paste into the file for every model that is missing there or lacks fields."""
    wrong = {line.split(" ")[0] for line in gaps()}
    lacking = [
        table for table in tables() if wrong & {table.label, *(f"{table.label}.{name}" for name in table.fields)}
    ]
    return "\n".join(rules.lines_for(table, retention().models.get(table.label)) for table in lacking)


def charter() -> list[dict[str, Any]]:
    """The groups as the page tells them, in the reader's language."""
    tongue = "ko" if (get_language() or "ko").startswith("ko") else "en"
    return [_told(group, tongue) for group in retention().groups]


def _told(group: Group, tongue: str) -> dict[str, Any]:
    words = {name: group.words[f"{name}_{tongue}"] for name in ("what", "why", "kept")}
    return {"code": group.code, "name": group.words[tongue], "law": group.law, **words}
