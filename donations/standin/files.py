"""The banks: answer debit files, write settlements of paid payments, and statements of what came, went and is held."""

import csv
import io
import json
import secrets
import threading
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from donations.standin.book import Book

FEE_TEN_THOUSANDTHS = {"stripe": 340, "portone": 290, "cms": 0}
CMS_FEE_WON = 150


class Banks:
    """Works on `<home>/money` every second. An account that ends in 21 has no money, in 99 is closed."""

    def __init__(self, home: Path, book: Book) -> None:
        self.home, self.book = home / "money", book
        self.lock = threading.Lock()
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            with suppress(OSError):  # a folder that is just being made or removed
                self.once()
            time.sleep(1.0)

    def once(self) -> None:
        with self.lock:
            self._debits()
            self._settlements()

    def _folder(self, kind: str, way: str) -> Path:
        path = self.home / kind / way
        path.mkdir(parents=True, exist_ok=True)
        return path

    def _debits(self) -> None:
        for path in sorted(self._folder("cms", "out").glob("*.debit")):
            rows, paid = [], []
            for row in path.read_bytes().splitlines():
                text = row.decode("euc-kr")
                if text.startswith("R"):
                    account, won, key = text[9:33].strip(), int(text[33:46]), text[46:82].strip()
                    code = {"21": "0021", "99": "0011"}.get(account[-2:], "0000")
                    text = text[:82] + code + text[86:]
                    paid += [("cms", key, won)] if code == "0000" else []
                rows.append(text.encode("euc-kr"))
            self._put(self._folder("cms", "in") / f"{path.stem}.result", b"\n".join(rows) + b"\n")
            self.settle(paid)
            path.rename(path.with_suffix(".sent"))

    def _settlements(self) -> None:
        with self.book.lock:
            due = [one for one in self.book.payments.values() if one.status == "paid" and not one.settled]
            for one in due:
                one.settled = True
                self.book.keep(one)
        self.settle([(one.provider, one.key, one.won) for one in due])

    def settle(self, lines: list[tuple[str, str, int]]) -> None:
        if not lines:
            return
        rows = []
        for provider, key, won in lines:
            fee = CMS_FEE_WON if provider == "cms" else won * FEE_TEN_THOUSANDTHS[provider] // 10_000
            rows.append([provider, key, won, fee, _today()])
        self._write("settlement", rows)

    def deposit(self, account: str, name: str, won: int) -> str:
        """Somebody paid into a dedicated account; `won` below nought: its holder paid somebody."""
        return self._moved([(account, name, won, "")])[0]

    def opening(self, account: str, won: int) -> None:
        """From here on statements of this account tell what it holds."""
        with self.lock:
            held = {**self._held(), account: won}
            self._put(self._folder("bank", "own") / "held.json", json.dumps(held).encode())
        self._write("bank", [["BALANCE", account, _today(), "", won]])

    def transfers(self, sheet: str) -> list[str]:
        """The file of many transfers that somebody brought: account, payee's account, payee, won, mark, memo."""
        lines = [row for row in csv.reader(io.StringIO(sheet.lstrip("\ufeff"))) if len(row) > 5 and row[3].isdigit()]
        return self._moved([(row[0], row[2], -int(row[3]), row[5]) for row in lines])

    def _moved(self, lines: list[tuple[str, str, int, str]]) -> list[str]:
        rows = [[f"B{secrets.token_hex(6)}", account, _today(), name, won, memo] for account, name, won, memo in lines]
        with self.lock:
            held = self._held()
            for account, _name, won, _memo in lines:
                if account in held:
                    held[account] += won
            self._put(self._folder("bank", "own") / "held.json", json.dumps(held).encode())
        told = sorted({line[0] for line in lines} & set(held))
        self._write("bank", [*rows, *(["BALANCE", account, _today(), "", held[account]] for account in told)])
        return [str(row[0]) for row in rows]

    def _held(self) -> dict[str, int]:
        path = self._folder("bank", "own") / "held.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def _write(self, kind: str, rows: list[list[object]]) -> None:
        path = self._folder(kind, "in") / f"{time.time_ns()}.csv"
        draft = path.with_suffix(".draft")
        with draft.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        draft.rename(path)

    def _put(self, path: Path, body: bytes) -> None:
        draft = path.with_suffix(".draft")
        draft.write_bytes(body)
        draft.rename(path)


def _today() -> str:
    return datetime.fromtimestamp(time.time(), ZoneInfo("Asia/Seoul")).date().isoformat()
