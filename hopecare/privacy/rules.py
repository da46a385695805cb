"""What is wrong with the retention file: models and fields it does not know, rules about things that are not there."""

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap

from hopecare.privacy.facts import Mapped, Retention, Table

#: Keys by which rows are seen, and the row's own; they tell nothing by themselves.
UNTOLD = frozenset({"id", "pk", "team", "provider", "case", "scope_keys"})
WORDS = ("ko", "en", "what_ko", "what_en", "why_ko", "why_en", "kept_ko", "kept_en")
_RULE = re.compile(r"^[a-z][a-z0-9_]{2,48}$")


def gaps(retention: Retention, tables: Iterable[Table]) -> list[str]:
    """Every complaint as one line; empty when each field of each model has its place."""
    known = {table.label: table for table in tables}
    found = [line for table in known.values() for line in _gaps_of(retention, table)]
    found += [f"{label} stands in the file and nowhere else" for label in sorted(_named(retention) - set(known))]
    found += [line for rule in retention.rules for line in _rule_gaps(rule.name, rule.model, known)]
    for group in retention.groups:
        found += [f"group {group.code} lacks {word}" for word in WORDS if not group.words.get(word, "").strip()]
    return found


def _named(retention: Retention) -> set[str]:
    return set(retention.models) | retention.nobody


def _gaps_of(retention: Retention, table: Table) -> Iterator[str]:
    mapped = retention.models.get(table.label)
    if table.label in retention.nobody:
        telling = [name for name, tells in table.fields.items() if tells]
        if mapped is not None or table.is_private or telling:
            yield f"{table.label} holds something about somebody ({', '.join(telling) or 'private rows'}): not `nobody`"
        return
    if mapped is None:
        yield f"{table.label} is in no group"
        return
    names = [*mapped.personal, *mapped.other]
    yield from (f"{table.label}.{name} is not mapped" for name in table.fields if name not in names)
    yield from (f"{table.label} has no field {name}" for name in names if name not in table.fields)
    yield from (f"{table.label}.{name} is mapped twice" for name in sorted({n for n in names if names.count(n) > 1}))
    hidden = [name for name in mapped.other if table.fields.get(name)]
    yield from (f"{table.label}.{name} tells about somebody: move it to `personal`" for name in hidden)


def _rule_gaps(name: str, model: str, known: dict[str, Table]) -> Iterator[str]:
    if not _RULE.match(name):
        yield f"rule {name}: lower case, digits and underscores, at most 49 signs"
    if "." not in model or (model not in known and model.split(".")[0] not in {"sessions", "axes"}):
        yield f"rule {name} speaks of {model}, which is not there"


def lines_for(table: Table, mapped: Mapped | None) -> str:
    """Lines to paste into the file under `models:` of the group the model belongs to."""
    before = mapped or Mapped()
    personal = [n for n, tells in table.fields.items() if n in before.personal or (tells and n not in before.other)]
    lines = [f"      {table.label}:"]
    for title, names in (("personal", personal), ("other", [n for n in table.fields if n not in personal])):
        if names:
            lines += [f"        {title}: >-", *(f"          {line}" for line in wrap(" ".join(names), 100))]
    return "\n".join(lines)
