"""What the stand-in knows, in memory and in a file to which lines are only appended: kill -9 loses nothing."""

import json
import secrets
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import IO, Any

KEPT = 50_000
FINAL = frozenset({"delivered", "undelivered", "failed", "received"})


@dataclass
class Text:
    """One text, to a telephone (`outbound-api`) or from one (`inbound`). `at` in seconds since 1970."""

    sid: str
    to: str
    sender: str
    body: str
    at: float
    direction: str = "outbound-api"
    status: str = "queued"
    error_code: int | None = None
    callback: str = ""
    arrived: bool = False  # inbound: our web has taken it

    def as_twilio(self, account: str) -> dict[str, Any]:
        """The message resource of API version 2010-04-01."""
        made = format_datetime(datetime.fromtimestamp(self.at, UTC))
        uri = f"/2010-04-01/Accounts/{account}/Messages/{self.sid}.json"
        return {
            "sid": self.sid,
            "account_sid": account,
            "messaging_service_sid": None,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "status": self.status,
            "direction": self.direction,
            "num_segments": "1",
            "num_media": "0",
            "date_created": made,
            "date_updated": made,
            "date_sent": None if self.status in {"queued", "sending"} else made,
            "price": None,
            "price_unit": "USD",
            "error_code": self.error_code,
            "error_message": None,
            "api_version": "2010-04-01",
            "uri": uri,
            "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
        }


class Book:
    """All texts, oldest first. Safe to use from several threads."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._texts: dict[str, Text] = {}
        self._by_number: dict[str, list[str]] = {}
        self._file: IO[str] | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._read(path)
            self._file = path.open("a", encoding="utf-8")

    def add(self, text: Text) -> None:
        with self._lock:
            self._keep(text)
            self._write({"new": asdict(text)})

    def move(self, sid: str, status: str, error_code: int | None = None) -> None:
        with self._lock:
            text = self._texts[sid]
            text.status, text.error_code = status, error_code
            self._write({"sid": sid, "status": status, "error_code": error_code})

    def mark_arrived(self, sid: str) -> None:
        with self._lock:
            self._texts[sid].arrived = True
            self._write({"sid": sid, "arrived": True})

    def get(self, sid: str) -> Text | None:
        with self._lock:
            return self._texts.get(sid)

    def newest(self, number: str = "") -> list[Text]:
        """Newest first; with `number`, those to or from that telephone."""
        with self._lock:
            sids = self._by_number.get(number, []) if number else list(self._texts)
            return [self._texts[sid] for sid in reversed(sids) if sid in self._texts]

    def telephones(self) -> list[tuple[str, list[Text]]]:
        """Every telephone with its texts, oldest text first, the telephone with the newest text first."""
        with self._lock:
            talks = [(number, [self._texts[sid] for sid in sids]) for number, sids in self._by_number.items()]
        return sorted(talks, key=lambda talk: -talk[1][-1].at)

    def unfinished(self) -> list[Text]:
        with self._lock:
            return [
                text
                for text in self._texts.values()
                if (text.status not in FINAL and text.callback) or (text.direction == "inbound" and not text.arrived)
            ]

    def _keep(self, text: Text) -> None:
        self._texts[text.sid] = text
        theirs = text.sender if text.direction == "inbound" else text.to
        self._by_number.setdefault(theirs, []).append(text.sid)

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()  # with the kernel it survives our death

    def _read(self, path: Path) -> None:
        if not path.exists():
            return
        texts: dict[str, Text] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # half a line: we died while writing it, and nobody was told that it was taken
            if "new" in entry:
                texts[entry["new"]["sid"]] = Text(**entry["new"])
            elif entry.get("sid") in texts:
                for name in ("status", "error_code", "arrived"):
                    if name in entry:
                        setattr(texts[entry["sid"]], name, entry[name])
        for text in list(texts.values())[-KEPT:]:
            self._keep(text)
        if len(texts) > KEPT:
            draft = path.with_suffix(".new")
            draft.write_text(
                "".join(json.dumps({"new": asdict(text)}, ensure_ascii=False) + "\n" for text in self._texts.values()),
                encoding="utf-8",
            )
            draft.replace(path)


def new_sid() -> str:
    return "SM" + secrets.token_hex(16)
