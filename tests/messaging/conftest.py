"""The stand-in as a real process, and short ways to put a message on its way."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from hopecare.kernel.access import Principal, system
from hopecare.messaging import services
from hopecare.messaging.facts import Queued, Recipient
from hopecare.messaging.models import Message
from hopecare.messaging.standin.__main__ import DEMO_ACCOUNT, DEMO_TOKEN

PHONE = "010-0000-0001"
NUMBER = "+821000000001"
OUR_WEB = "http://testserver"


class StandIn:
    """A running stand-in: its address and what its telephones got."""

    def __init__(self, file: Path, deliver_url: str = "http://127.0.0.1:9", pace: float = 0.05) -> None:
        self.file, self.deliver_url, self.pace = file, deliver_url, pace
        self.start()

    def start(self, port: int = 0) -> None:
        command = [sys.executable, "-m", "hopecare.messaging.standin", "--file", str(self.file), "--port", str(port)]
        command += ["--public-url", OUR_WEB, "--deliver-url", self.deliver_url, "--pace", str(self.pace)]
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO")}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=plain)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()

    def ask(self, method: str, path: str, **values: Any) -> Any:
        answer = requests.request(
            method, self.url + path, data=values, auth=(DEMO_ACCOUNT, DEMO_TOKEN), timeout=20, proxies={"http": ""}
        )
        return answer.json()

    def texts(self, number: str = NUMBER) -> list[dict[str, Any]]:
        """Oldest first."""
        phones = {phone["number"]: phone["texts"] for phone in self.ask("GET", "/stand-in/phones")["phones"]}
        return [text for text in phones.get(number, []) if text["direction"] != "inbound"]

    def manners(self, **wanted: Any) -> None:
        self.ask("POST", "/stand-in/manners", **wanted)


@pytest.fixture(scope="session")
def running_stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    stand_in = StandIn(tmp_path_factory.mktemp("standin") / "messages.jsonl")
    yield stand_in
    stand_in.stop()


@pytest.fixture(autouse=True)
def provider_settings(settings: Any) -> None:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = DEMO_ACCOUNT, DEMO_TOKEN
    settings.PUBLIC_URL = OUR_WEB
    settings.TWILIO_API_URL = "http://127.0.0.1:9"  # nobody there, unless a test asks for the stand-in


@pytest.fixture
def stand_in(running_stand_in: StandIn, settings: Any) -> StandIn:
    settings.TWILIO_API_URL = running_stand_in.url
    running_stand_in.manners(duplicate=1, reorder=0, fail=0, pace=0.05)
    return running_stand_in


@pytest.fixture
def text(city: Any) -> Callable[..., Queued]:
    """`text("r1")` queues one plain SMS to NUMBER, about offer r1; keywords as for services.queue."""

    def put(key: object = "r1", **wanted: Any) -> Queued:
        values: dict[str, Any] = {
            "by": system(Principal.OFFERS),
            "purpose": "test",
            "about": ("offer", key),
            "step": "ask",
            "to": Recipient.volunteer("7d1c", phone=PHONE),
            "body": "[희망케어] 11/26(목)14시 화도읍 말벗 1시간. 가능1 불가2 답장/전화 031-000-0001",
        }
        return services.queue(**(values | wanted))

    return put


@pytest.fixture
def row() -> Callable[[Queued], Message]:
    """The row as it stands now, read as the outbox."""

    def read(queued: Queued) -> Message:
        from hopecare.kernel.access import acting_as  # noqa: PLC0415

        with acting_as(system(Principal.MESSAGES)):
            return Message.objects.get(pk=queued.id)

    return read
