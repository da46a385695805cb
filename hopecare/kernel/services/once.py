"""An answer is given once: the key row stands in the transaction of the change it belongs to (Idempotency-Key).

Somebody who asks again with the same key gets the same answer; while the first is still at work, nobody waits for it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Model

from hopecare.kernel import clock
from hopecare.kernel.models import IdempotencyKey
from hopecare.kernel.statements import add, ask, statement

KEPT = timedelta(days=30)  # a phone may be offline that long

_TAKE = statement("""
insert into kernel_idempotencykey (client, key, body_hash, status, body, created_at)
select %(client)s, %(key)s, %(hash)s, %(status)s, %(body)s::jsonb, %(now)s
where pg_try_advisory_xact_lock(hashtextextended(%(lock)s, 0))
on conflict do nothing returning id
""")


@dataclass(frozen=True)
class Once:
    """Who asks (an account, or the key itself), the key, and a hash of what is asked."""

    client: str
    key: str
    body_hash: str

    @classmethod
    def of(cls, key: str, body: str, *, client: str = "") -> "Once":
        """`body`: a canonical text of the request. Without a client the key itself is the client."""
        return cls(client or digest(key)[:64], key, digest(body))


@dataclass(frozen=True)
class Given:
    """The answer of the first time."""

    status: int
    body: dict[str, Any]


class StillRunning(Exception):
    """The first request with this key has not ended; ask again in a moment."""


class OtherBody(Exception):
    """The key was used for something else."""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def take(once: Once, *, status: int, body: dict[str, Any], row: Model | None = None) -> Given | None:
    """None: the key is ours, the caller makes the change in this transaction and answers `status` and `body`.

    Else the answer of the first time. Raises StillRunning or OtherBody. Must run inside the change's transaction.
    `row`: added with the key, in the same statement.
    """
    key = {"client": once.client, "key": once.key, "hash": once.body_hash, "lock": f"{once.client}\n{once.key}"}
    values = {**key, "status": status, "body": json.dumps(body), "now": clock.now()}
    if ask(_TAKE, values) if row is None else add(row, permit=(_TAKE, values)):
        return None
    before = IdempotencyKey.objects.filter(client=once.client, key=once.key).first()
    if before is None:
        raise StillRunning
    if before.body_hash != once.body_hash:
        raise OtherBody
    return Given(before.status or 0, before.body or {})


def forget_old() -> int:
    """Drop keys after their thirty days; returns how many."""
    deleted, _ = IdempotencyKey.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    return deleted
