"""Web, worker, broker and database are killed at every step of the walk: nothing is lost, nothing happens twice.

HOPECARE_DRILL_SEED chooses the moments; the default is fixed, and each kill is printed with its delay.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hopecare.runtime.supervisor import GOOD_LIFE
from tests.drill.street_on_foot import FACTS, Street
from tests.runtime.instances import MARKS, Instance, eventually, kill, running

SEED = int(os.environ.get("HOPECARE_DRILL_SEED", "1"))
KINDS = ("web", "worker", "broker", "database")
#: These steps go on in the worker after the page has answered.
SLOW = {"ask", "answer_no", "answer_yes"}
BACK_SECONDS = 120


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with running(tmp_path_factory.mktemp("희망 길") / "home", HOPECARE_DEMO="1") as instance:
        yield instance


@contextmanager
def killed(instance: Instance, kind: str, after: float) -> Iterator[None]:
    """All processes of that kind die by kill -9 so many seconds from now; at the end they are back."""
    before = {pid for pid, line in instance.tree().items() if MARKS[kind] in line}

    def strike() -> None:
        for pid in sorted(before):
            kill(pid)

    timer = threading.Timer(after, strike)
    timer.start()
    yield
    timer.join()
    eventually(lambda: instance.find(kind) not in {0, *before}, BACK_SECONDS, lambda: instance.output[-2000:])
    eventually(lambda: instance.get("/readyz") == 200, BACK_SECONDS, lambda: instance.output[-2000:])


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_the_walk_survives_a_kill_at_each_step(street: Instance, number: int) -> None:
    """Four walks: in each another kind dies at a step, so that in the end every kind has died at every step."""
    if number:
        time.sleep(GOOD_LIFE + 5)  # what dies too often is taken for broken; a minute's life clears its record
    chance, walk = random.Random(f"{SEED} {number}"), Street(street, number)
    done: dict[str, int] = {}
    for place, (step, facts) in enumerate(FACTS.items()):
        kind, after = KINDS[(number + place) % len(KINDS)], round(chance.uniform(0, 2.0 if step in SLOW else 0.4), 3)
        print(f"seed {SEED}, walk {number}: {kind} dies {after} s into {step}", flush=True)
        with killed(street, kind, after):
            getattr(walk, step)()
        done |= facts
        eventually(lambda: wrong(walk, done) == {}, BACK_SECONDS, lambda: f"{step}: {wrong(walk, done)}")  # noqa: B023
    nothing_went_out_twice(walk)
    everything_was_delivered(street)
    people = (walk.fay, walk.ana, walk.hana, *walk.line, walk.phone)
    print(f"walk {number}: {sum(one.again for one in people)} times sent again")


def wrong(walk: Street, told: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Question → what stands there and what should, where they differ. News of a step may still be on its way."""
    found = {question: (walk.count(question), answer) for question, answer in told.items()}
    return {question: pair for question, pair in found.items() if pair[0] != pair[1]}


def nothing_went_out_twice(walk: Street) -> None:
    texts = walk.texts()
    assert len(texts) == len(set(texts)) >= 2
    assert (
        walk.count("select count(*) - count(distinct provider_sid) from messaging_message where provider_sid > ''") == 0
    )


def everything_was_delivered(instance: Instance) -> None:
    """Outbox and events are empty soon after: no lease and no nudge was lost with its holder."""
    waiting = (
        "select (select count(*) from messaging_message"
        "  where state in ('queued', 'sending') and next_attempt_at < now())"
        " + (select count(*) from kernel_delivery where delivered_at is null)"
        " + (select count(*) from messaging_inboundmessage where state = 'received')"
    )

    def nothing_waits() -> bool:
        with instance.database() as connection:
            row = connection.execute(waiting).fetchone()
        return row is not None and row[0] == 0

    eventually(nothing_waits, BACK_SECONDS)


def test_everybody_is_alive_and_an_orderly_stop_still_works(street: Instance) -> None:
    assert all(street.find(kind) for kind in MARKS)
    assert street.stop(signal.SIGTERM) == 0
