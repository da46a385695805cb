"""outbox_messages_per_second: the running worker empties a full outbox into the stand-in, receipts back to the web.

`python -m bench.outbox COUNT` fills the outbox of the instance named by the environment; rows become due together.
"""

import os
import subprocess
import sys
import time

import django

from bench.instance import Running, _instance
from hopecare.runtime.stamps import ROOT

MESSAGES = 3000
PATIENCE_SECONDS = 120.0
WORDS = "[희망케어] 11/26(목)14시 화도읍 말벗·장보기 1시간. 가능1 불가2 답장/전화 031-000-0001"
_NOW = "update messaging_message set next_attempt_at = now() where purpose = 'bench' and state = 'queued'"
_COUNTS = (
    "select count(*) filter (where state = 'queued'), count(*) filter (where state in ('sent', 'delivered')), count(*)"
    " from messaging_message where purpose = 'bench' and created_at >= to_timestamp(%s)"
)


def outbox(running: Running) -> dict[str, tuple[float, str]]:
    """Messages a second from the first that leaves to the last that the provider has; each leaves exactly once."""
    began = time.time() - 1
    environment = {**os.environ, **_instance(running.bench.home, running.port).common()}
    subprocess.run([sys.executable, "-m", "bench.outbox", str(MESSAGES)], env=environment, cwd=ROOT, check=True)
    with running.bench.owner() as connection:
        connection.autocommit = True
        connection.execute(_NOW)
        first = 0.0
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            row = connection.execute(_COUNTS, [began]).fetchone()
            queued, sent, total = (int(str(number)) for number in row or (0, 0, 0))
            if not first and queued < total:
                first = time.monotonic()
            if sent == total:
                return {"outbox_messages_per_second": (total / (time.monotonic() - first), "1/s")}
            time.sleep(0.05)
    raise RuntimeError(f"{sent} of {total} messages left the outbox in {PATIENCE_SECONDS:.0f} s")


def fill(count: int) -> None:
    """Alarms, so that the day's budget does not stop them; due tomorrow until somebody says now."""
    from datetime import timedelta  # noqa: PLC0415 - this half runs in a process of its own, after django.setup()

    from hopecare.kernel import clock  # noqa: PLC0415
    from hopecare.kernel.access import Principal, acting_as, system  # noqa: PLC0415
    from hopecare.messaging.models import Message  # noqa: PLC0415
    from hopecare.messaging.states import Channel  # noqa: PLC0415

    now, run = clock.now(), f"{time.time_ns():x}"
    with acting_as(system(Principal.MESSAGES)):
        Message.objects.bulk_create(
            Message(
                purpose="bench",
                object_kind="bench",
                object_id=run,
                step=str(number),
                channel=Channel.SMS,
                recipient_kind="number",
                phone=f"+82100000{number % 9000:04d}",
                phone_hash=f"bench:{number}",
                body=WORDS,
                segments=2,
                duty=True,
                created_at=now,
                next_attempt_at=now + timedelta(days=1),
            )
            for number in range(count)
        )


if __name__ == "__main__":
    django.setup()
    fill(int(sys.argv[1]))
