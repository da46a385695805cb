"""Ten thousand hostile messages over HTTP to a running instance: no 500, and the state equals an oracle's.

HOPECARE_DRILL_SEED chooses them; the seed and the number of a message that broke something are printed.
"""

import http.client
import os
from collections.abc import Iterator
from typing import Any

import pytest

from hopecare.messaging.standin.__main__ import DEMO_ACCOUNT, DEMO_TOKEN
from tests.drill.browserless import Visitor
from tests.hostile import Enemy, Shot, counts, lies
from tests.runtime.instances import Instance, eventually, running

SEED, MESSAGES = os.environ.get("HOPECARE_DRILL_SEED", "1"), int(os.environ.get("HOPECARE_HOSTILE", "10000"))
_SENT = """
insert into messaging_message (purpose, object_kind, object_id, step, channel, recipient_kind, recipient_id, phone,
  phone_hash, email, language, subject, body, parameters, link, segments, duty, quiet_from, quiet_to, state, reason,
  next_attempt_at, attempts, tries_from, uncertain, provider_sid, provider_status,
  error_code, unsent_to_tell, created_at)
select 'drill', 'drill', n::text, '1', 'sms', 'number', '', '', '', '', 'ko', '', 'x', '{}', '', 1, false, -1, -1,
  'sent', '', now(), 1, 0, false, 'SM' || lpad(to_hex(n), 32, '0'), '', '', false, now() from generate_series(1, 60) n
returning provider_sid
"""


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with running(tmp_path_factory.mktemp("hostile") / "home", HOPECARE_DEMO="1") as instance:
        yield instance


class Wire:
    """Bytes as they are, on one kept connection; a refused connection is opened again."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self.port, self.cookies = port, cookies
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def send(self, shot: Shot) -> tuple[int, str]:
        headers = {"Host": f"127.0.0.1:{self.port}", **shot.headers}
        if shot.as_staff:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers["X-CSRFToken"] = next(value for name, value in self.cookies.items() if "csrf" in name)
        for _ in range(2):
            try:
                self.connection.request(shot.method, shot.path, shot.body or None, headers)
                answer = self.connection.getresponse()
                said = answer.read().decode(errors="replace")
                return answer.status, answer.headers.get("Location") if answer.status == 302 else said
            except (http.client.HTTPException, ConnectionError):
                self.connection.close()
        return 0, ""


def test_ten_thousand_hostile_messages(street: Instance) -> None:
    def read(question: str) -> list[Any]:
        with street.database() as connection:
            return connection.execute(question).fetchall()  # type: ignore[arg-type]

    base = f"http://127.0.0.1:{street.port}"
    hana = Visitor(base).log_in("hana")
    case = read(
        "select c.number from cases_case c join kernel_user u on u.id = c.lead_id"
        " where u.username = 'hana' and c.stage <> 'closed' order by c.id limit 1"
    )[0][0]
    hana.get(f"/desk/cases/{case}/contact/")
    sent = [row[0] for row in read(_SENT)]
    enemy = Enemy(SEED, account=DEMO_ACCOUNT, token=DEMO_TOKEN, public_url=base, sent=sent, case=case)
    before = counts(read, case)
    answers: dict[int, int] = {}
    with Wire(street.port, dict(hana.session.cookies)) as wire:
        for number, shot in enumerate(enemy.shots(MESSAGES)):
            status, said = wire.send(shot)
            answers[status] = answers.get(status, 0) + 1
            told = f"seed {SEED}, message {number}: {shot.method} {shot.path[:90]} {shot.body[:90]!r}"
            assert 0 < status < 500, f"{told} → {status}"
            shot.took(status, said)
    print(f"seed {SEED}: {MESSAGES} messages, answers {dict(sorted(answers.items()))}")

    def wrong() -> dict[str, Any]:
        return lies(enemy.truth, before, read, case)

    eventually(lambda: wrong() == {}, 30, lambda: str(wrong()))
    assert street.get("/readyz") == 200 and "Traceback" not in street.output
    assert len(enemy.truth.reports) > MESSAGES // 50 and len(enemy.truth.notes) > MESSAGES // 100
