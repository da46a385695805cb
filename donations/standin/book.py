"""What the stand-in knows: payments in memory and in a file to which lines are only appended."""

import json
import secrets
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Payment:
    """One payment of one provider. `key` is the merchant's (metadata charge, paymentId)."""

    id: str
    provider: str
    key: str
    won: int
    words: str = ""
    back: str = ""
    status: str = "open"  # open, paid, failed
    code: str = ""
    refunded: int = 0
    dispute: str = ""  # needs_response, won, lost
    window: str = ""
    at: float = field(default_factory=time.time)
    settled: bool = False


class Book:
    def __init__(self, path: Path | None) -> None:
        self.lock = threading.RLock()
        self.payments: dict[str, Payment] = {}
        self.answers: dict[str, tuple[int, dict[str, Any]]] = {}  # idempotency key → what was answered
        self.path = path
        if path is not None and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    payment = Payment(**json.loads(line))
                except (ValueError, TypeError):
                    continue  # half a line: we died while writing it
                self.payments[payment.id] = payment
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)

    def keep(self, payment: Payment) -> Payment:
        with self.lock:
            self.payments[payment.id] = payment
            if self.path is not None:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(payment), ensure_ascii=False) + "\n")
            return payment

    def by_key(self, provider: str, key: str) -> Payment | None:
        with self.lock:
            rows = [one for one in self.payments.values() if one.provider == provider and one.key == key]
            return rows[-1] if rows else None

    def find(self, some_id: str) -> Payment | None:
        with self.lock:
            return self.payments.get(some_id) or next(
                (one for one in self.payments.values() if some_id in (one.window, one.id)), None
            )


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"
