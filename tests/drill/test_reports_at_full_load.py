"""Reports over HTTP at full load while everything is killed in turn: every 201 is in the database, and however often a
telephone sends the same again it is one report."""

import http.client
import json
import os
import secrets
import signal
import threading
import time
from pathlib import Path

from tests.runtime.instances import Instance, eventually, kill, running

TELEPHONES = 16
PATIENCE = 120
#: Answered so often before the next blow.
BETWEEN = 40
REPORT = {"about": "neighbour", "place": {"town": "hwado"}, "seen": ["no_light"], "words": "", "urgency": "soon"}


class Telephone(threading.Thread):
    """Makes a key, sends until it is answered with 201, makes the next; now and then it sends an answered one again."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port, self.stopping = port, threading.Event()
        self.taken: dict[str, str] = {}
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self.stopping.is_set():
            key = secrets.token_hex(20)
            code = self.until_answered(key)
            if len(self.taken) % 5 == 0 and self.until_answered(key) != code:
                self.wrong.append(f"two codes for one key: {code}")
            self.taken[key] = code

    def until_answered(self, key: str) -> str:
        while True:
            try:
                status, body = self.sent(key)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
                continue
            if status == 201:
                return str(json.loads(body)["code"])
            if status not in (409, 500, 502, 503):
                self.wrong.append(f"{status}: {body[:200]!r}")
            time.sleep(0.1)

    def sent(self, key: str) -> tuple[int, bytes]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Content-Type": "application/json", "Idempotency-Key": key}
            link.request("POST", "/api/v1/reports", json.dumps(REPORT), headers)
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()


def blow(instance: Instance, name: str) -> None:
    """Kill the process of this name, or one of the web's own workers."""
    pid = instance.find("web" if name == "web worker" else name)
    if name == "web worker":
        pid = next(one for one, line in instance.tree().items() if one != pid and "granian" in line)
    os.kill(pid, signal.SIGKILL)


def test_every_answer_is_kept_and_every_key_is_one_report(tmp_path: Path) -> None:
    with running(tmp_path / "home", PUBLIC_FORM_RATE="0") as instance:
        telephones = [Telephone(instance.port) for _ in range(TELEPHONES)]
        for one in telephones:
            one.start()

        def answered() -> int:
            return sum(len(one.taken) for one in telephones)

        for name in ("web worker", "database", "web", "worker", "broker", "web worker"):
            before = answered()
            eventually(lambda before=before: answered() >= before + BETWEEN, PATIENCE, lambda: instance.output[-2000:])
            blow(instance, name)
        before = answered()
        eventually(lambda: answered() >= before + BETWEEN, PATIENCE, lambda: instance.output[-2000:])
        for pid in (instance.pid, *instance.tree()):  # the whole of it, in the midst of the work
            kill(pid)
        assert instance.process is not None
        instance.process.wait(30)
        instance.start()
        for one in telephones:
            one.stopping.set()
        for one in telephones:
            one.join(PATIENCE)
        assert not any(one.is_alive() for one in telephones)
        assert [words for one in telephones for words in one.wrong] == []
        codes = {code.replace("-", "") for one in telephones for code in one.taken.values()}
        with instance.database() as connection:
            kept = [code for (code,) in connection.execute("select code from cases_report where door = 'app'")]
        print(f"{len(codes)} reports, each once, through seven blows")
        assert len(kept) == len(set(kept)) == len(codes) == sum(len(one.taken) for one in telephones)
        assert set(kept) == codes
