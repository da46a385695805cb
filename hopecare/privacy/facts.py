"""The retention file as values: groups for people to read, rules for the program to obey, fields that are mapped."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Rule:
    """`when`: a condition of PostgreSQL on the table; then fields become empty, columns get a value, or rows go.

    `orphans`: rows that nothing points to any more count as due.
    """

    name: str
    model: str
    when: str
    clear: tuple[str, ...] = ()
    put: tuple[tuple[str, str], ...] = ()
    delete: bool = False
    orphans: bool = False


@dataclass(frozen=True)
class Mapped:
    """What the file says about one model: the names of its fields, each once."""

    personal: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """One paragraph of the charter. `words`: code → text in both languages (`what_ko`, `kept_en` …)."""

    code: str
    words: dict[str, str]
    law: str
    rules: tuple[Rule, ...] = ()
    models: dict[str, Mapped] = field(default_factory=dict)
    audit_months: int = 0


@dataclass(frozen=True)
class Retention:
    groups: tuple[Group, ...]
    nobody: frozenset[str]

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rule for group in self.groups for rule in group.rules)

    @property
    def models(self) -> dict[str, Mapped]:
        return {label: mapped for group in self.groups for label, mapped in group.models.items()}


@dataclass(frozen=True)
class Table:
    """A model as the registry knows it. `fields`: name → whether the field by itself tells about somebody."""

    label: str
    fields: dict[str, bool]
    is_private: bool = False


def read(text: dict[str, Any]) -> Retention:
    """The parsed file as values. Raises KeyError or TypeError where it is not shaped as its head says."""
    return Retention(
        groups=tuple(_group(code, row) for code, row in text["groups"].items()),
        nobody=frozenset(_names(text.get("nobody", ""))),
    )


def _group(code: str, row: dict[str, Any]) -> Group:
    return Group(
        code=code,
        words={key: str(value) for key, value in row.items() if key.endswith(("ko", "en"))},
        law=str(row["law"]),
        rules=tuple(_rule(name, rule) for name, rule in (row.get("rules") or {}).items()),
        models={label: _mapped(names or {}) for label, names in (row.get("models") or {}).items()},
        audit_months=int(row.get("audit_months", 0)),
    )


def _rule(name: str, row: dict[str, Any]) -> Rule:
    return Rule(
        name=name,
        model=row["model"],
        when=str(row.get("when", "true")),
        clear=_names(row.get("clear", "")),
        put=tuple((column, str(value)) for column, value in (row.get("set") or {}).items()),
        delete=bool(row.get("delete", False)),
        orphans=bool(row.get("orphans", False)),
    )


def _mapped(row: dict[str, str]) -> Mapped:
    return Mapped(personal=_names(row.get("personal", "")), other=_names(row.get("other", "")))


def _names(words: str) -> tuple[str, ...]:
    return tuple(str(words).split())
