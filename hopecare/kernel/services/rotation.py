"""A new data key: added to the ring, then every ciphertext and every keyed hash is rewritten with it.

Runs as the owner of the tables, in small transactions; interrupted, it goes on where it stopped. Old keys stay in the
ring, as backups need them, and look-ups by hash try all keys until the work is done. A hash whose clear text is not
stored beside it (an opt-out) stays as it is.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from psycopg import sql

from hopecare.kernel import address_words, crypto, phones
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.kernel.secrets import add_data_key

BATCH = 500
Say = Callable[[str], None]
Derive = Callable[[str], str | list[str]]
_CIPHER = re.compile(r"^k\d+:")

#: hash column → (column with the clear text, how the hash is made)
_hashes: dict[str, tuple[str, Derive]] = {
    "phone_hash": ("phone", phones.hashed),
    "phone_tail_hash": ("phone", phones.tail_hashed),
    "reporter_phone_hash": ("reporter_phone", phones.hashed),
    "number_hash": ("number", crypto.resident_number_hash),
    "line_words": ("line", address_words.marks),
}


#: Hashes in lists: made anew whenever their clear text is, and never looked for by themselves.
_LISTS = {"line_words"}


def register_hash(column: str, source: str, derive: Derive) -> None:
    """An app with a keyed hash of its own says from which encrypted column it is made."""
    _hashes[column] = (source, derive)


@dataclass(frozen=True)
class Columns:
    """What of one table depends on the keys."""

    table: str
    key: str
    sealed: tuple[str, ...]
    hashed: tuple[tuple[str, str, Derive], ...]


def tables() -> list[Columns]:
    return [found for model in apps.get_models() if (found := _columns(model)) is not None]


def _columns(model: type[models.Model]) -> Columns | None:
    fields = {field.name: field for field in model._meta.concrete_fields}
    sealed = tuple(field.column for field in fields.values() if isinstance(field, EncryptedTextField))
    if not sealed or not model._meta.managed:
        return None
    hashed = tuple(
        (name, source, derive)
        for name, (source, derive) in _hashes.items()
        if name in fields and isinstance(fields.get(source), EncryptedTextField)
    )
    return Columns(model._meta.db_table, str(model._meta.pk.column), sealed, hashed)


def rotate(*, say: Say, add: bool | None = None) -> int:
    """Rewrite everything under the newest key; returns how many rows and files changed.

    `add` None: a fresh key, unless rows under an older one show that the last rotation was interrupted.
    """
    newest = crypto.newest_key()
    if add or (add is None and not any(_open_rows(columns, newest, 1) for columns in tables())):
        newest = add_data_key(settings.HOPECARE_HOME)
        say(f"Key {newest} is added.")
    changed = 0
    for columns in tables():
        rows = sum(_table(columns, newest))
        changed += rows
        if rows:
            say(f"{columns.table}: {rows} rows")
    changed += _factors(newest) + _files(newest)
    return changed


def _open_rows(columns: Columns, newest: str, limit: int) -> list[tuple[Any, ...]]:
    """Rows that still carry another key, locked for the rest of the transaction."""
    names = [columns.key, *columns.sealed]
    older = [_older(name, newest) for name in columns.sealed]
    older += [
        sql.SQL("({} and {} <> '')").format(_older(name, newest), sql.Identifier(source))
        for name, source, _ in columns.hashed
        if name not in _LISTS
    ]
    query = sql.SQL("select {names} from {table} where {older} order by {key} limit {limit}").format(
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
        table=sql.Identifier(columns.table),
        older=sql.SQL(" or ").join(older),
        key=sql.Identifier(columns.key),
        limit=sql.Literal(limit),
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _older(column: str, newest: str) -> sql.Composed:
    return sql.SQL("({column} <> '' and {column} not like {prefix})").format(
        column=sql.Identifier(column), prefix=sql.Literal(f"{newest}:%")
    )


def _table(columns: Columns, newest: str) -> Iterator[int]:
    while True:
        with transaction.atomic():
            rows = _open_rows(columns, newest, BATCH)
            for row in rows:
                _rewrite(columns, row)
        if not rows:
            return
        yield len(rows)


def _rewrite(columns: Columns, row: tuple[Any, ...]) -> None:
    clear = {
        name: crypto.decrypt(value) if value else value for name, value in zip(columns.sealed, row[1:], strict=True)
    }
    sealed = {name: crypto.encrypt(value) if value else value for name, value in clear.items()}
    values: dict[str, Any] = dict(sealed)
    values |= {name: derive(clear[source]) for name, source, derive in columns.hashed if clear[source]}
    query = sql.SQL("update {table} set {pairs} where {key} = {value}").format(
        table=sql.Identifier(columns.table),
        pairs=sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value)) for name, value in values.items()
        ),
        key=sql.Identifier(columns.key),
        value=sql.Literal(row[0]),
    )
    with connection.cursor() as cursor:
        cursor.execute(query)


def _factors(newest: str) -> int:
    """Secrets of second factors stand inside allauth's JSON."""
    changed = 0
    for factor in Authenticator.objects.all():
        data = _again(factor.data, newest)
        if data != factor.data:
            changed += Authenticator.objects.filter(pk=factor.pk).update(data=data)
    return changed


def _again(value: Any, newest: str) -> Any:
    match value:
        case dict():
            return {name: _again(part, newest) for name, part in value.items()}
        case list():
            return [_again(part, newest) for part in value]
        case str() if _CIPHER.match(value) and not value.startswith(f"{newest}:"):
            return crypto.encrypt(crypto.decrypt(value))
    return value


def _files(newest: str) -> int:
    """Documents and drafts: written beside and put in place, so that a reader never meets half a file."""
    changed = 0
    folder = Path(settings.HOPECARE_HOME) / "files"
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if not path.is_file() or path.suffix == ".rotating":
            continue
        content = path.read_bytes()
        if _CIPHER.match(content[:8].decode("ascii", "replace")) and not content.startswith(f"{newest}:".encode()):
            beside = path.with_name(f"{path.name}.rotating")
            beside.touch(mode=0o600)
            beside.write_bytes(crypto.encrypt_bytes(crypto.decrypt_bytes(content)))
            os.replace(beside, path)
            changed += 1
    return changed
