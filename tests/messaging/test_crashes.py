"""Real processes that die by kill -9: no message is lost, none goes out twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from hopecare.kernel import clock
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging import services
from hopecare.messaging.facts import Queued, Recipient
from hopecare.messaging.models import Message
from hopecare.messaging.standin.__main__ import DEMO_ACCOUNT, DEMO_TOKEN
from tests.cast import NOW
from tests.messaging.conftest import OUR_WEB, StandIn

Put = Callable[..., Queued]
NUMBERS = [f"+8210000005{last:02d}" for last in range(12)]
# A worker that is killed between the answers of the provider and writing them down, or before the first call.
WORKER = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from hopecare.kernel import clock
from hopecare.messaging import services
from hopecare.messaging.gateway import calls
from hopecare.messaging.services import outcomes
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "after":
    outcomes.record = die
else:
    calls.make = die
with clock.pinned(datetime.fromisoformat(sys.argv[2])):
    services.send_due()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_between_send_and_record_doubles_and_loses_nothing(
    stand_in: StandIn, text: Put, moment: str
) -> None:
    before = {number: len(stand_in.texts(number)) for number in NUMBERS}
    for number in NUMBERS:
        text(number, to=Recipient.number(number))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "hopecare.settings",
        "TWILIO_API_URL": stand_in.url,
        "TWILIO_ACCOUNT_SID": DEMO_ACCOUNT,
        "TWILIO_AUTH_TOKEN": DEMO_TOKEN,
        "PUBLIC_URL": OUR_WEB,
        "MESSAGE_QUIET_HOURS": "",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    command = [sys.executable, "-W", "ignore", "-c", WORKER, moment, NOW.isoformat()]
    assert subprocess.run(command, env=environment, timeout=60, check=False).returncode == -signal.SIGKILL
    with acting_as(system(Principal.MESSAGES)):
        assert set(Message.objects.values_list("state", "uncertain")) == {("sending", True)}
    with clock.pinned(NOW + timedelta(minutes=1)):
        services.send_due()
    with acting_as(system(Principal.MESSAGES)):
        assert set(Message.objects.values_list("state", flat=True)) <= {"sent", "delivered"}
        assert Message.objects.exclude(provider_sid=None).values("provider_sid").distinct().count() == len(NUMBERS)
    assert {number: len(stand_in.texts(number)) - before[number] for number in NUMBERS} == dict.fromkeys(NUMBERS, 1)


@pytest.fixture
def own_stand_in(tmp_path: Path, settings: Any) -> Iterator[StandIn]:
    stand_in = StandIn(tmp_path / "messages.jsonl")
    settings.TWILIO_API_URL = stand_in.url
    yield stand_in
    stand_in.stop()


@pytest.mark.django_db
def test_a_stand_in_killed_at_any_moment_keeps_every_text_it_took(own_stand_in: StandIn, text: Put) -> None:
    text("kept", to=Recipient.number("010-0000-0601"))
    services.send_due()
    taken = own_stand_in.texts("+821000000601")
    own_stand_in.stop()
    with own_stand_in.file.open("a") as file:
        file.write('{"new": {"sid": "SM')  # it died in the middle of a line
    own_stand_in.start()
    assert [kept["sid"] for kept in own_stand_in.texts("+821000000601")] == [kept["sid"] for kept in taken]
    assert len(taken) == 1


def test_the_stand_in_asks_for_the_password_and_speaks_twilio_s_errors(own_stand_in: StandIn) -> None:
    url = f"{own_stand_in.url}/2010-04-01/Accounts/{DEMO_ACCOUNT}/Messages.json"
    values = {"To": "+821000009001", "From": "0310000001", "Body": "x"}
    stranger = requests.post(url, data=values, auth=(DEMO_ACCOUNT, "wrong"), timeout=5)
    assert (stranger.status_code, stranger.json()["code"]) == (401, 20003)
    refused = requests.post(url, data=values, auth=(DEMO_ACCOUNT, DEMO_TOKEN), timeout=5)
    assert (refused.status_code, refused.json()["code"]) == (400, 21211)
    assert requests.get(own_stand_in.url + "/healthz", timeout=5).json() == {"ok": True}


def test_a_stand_in_that_is_asked_to_stop_leaves_no_process(own_stand_in: StandIn) -> None:
    own_stand_in.process.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    assert own_stand_in.process.wait(timeout=5) == 0
    assert time.monotonic() - begun < 5
