"""Make a batch of calls to the providers, several at a time, and bring back what each came to. Touches no database."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from hopecare.messaging.gateway import mail, push, texts
from hopecare.messaging.gateway.errors import Accepted, OptedOut, Permanent, Transient, Uncertain
from hopecare.messaging.states import Channel

THREADS = 8


@dataclass(frozen=True)
class Call:
    """One message on its way. `texts`: look for one of these with the provider instead of sending; `targets`: the
    telephones a push goes to."""

    message_id: int
    attempt: int
    channel: str
    address: str
    body: str
    subject: str = ""
    texts: frozenset[str] = field(default_factory=frozenset)
    targets: tuple[push.Target, ...] = ()

    @property
    def reference(self) -> str:
        return f"{self.message_id}-{self.attempt}"


class Result(StrEnum):
    ACCEPTED = "accepted"
    OPTED_OUT = "opted_out"
    PERMANENT = "permanent"
    TRANSIENT = "transient"
    UNCERTAIN = "uncertain"
    NOT_TRIED = "not_tried"  # surely not with the provider: try again with all checks


@dataclass(frozen=True)
class Outcome:
    call: Call
    result: Result
    sid: str = ""
    status: str = ""
    code: str = ""
    retry_after: float | None = None
    gone: tuple[int, ...] = ()  # subscriptions that end, as nothing arrives there any more


def make(calls: list[Call], *, within: float) -> list[Outcome]:
    """Send them all; what has not begun after `within` seconds is brought back as not tried."""
    until = time.monotonic() + within
    if len(calls) == 1:
        return [_send(calls[0], until)]
    return list(_threads().map(lambda call: _send(call, until), calls))


@cache
def _threads() -> ThreadPoolExecutor:
    """Made by the process that sends, kept for its next batch."""
    return ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="sms")


def _send(call: Call, until: float) -> Outcome:
    if time.monotonic() > until:
        return Outcome(call, Result.NOT_TRIED)
    if call.channel == Channel.EMAIL:
        return _outcome(
            call,
            lambda: mail.send(message_id=call.message_id, to=call.address, subject=call.subject, body=call.body),
        )
    if call.channel == Channel.PUSH:
        return _push(call)
    return _outcome(call, lambda: texts.provider().send(reference=call.reference, to=call.address, body=call.body))


def _push(call: Call) -> Outcome:
    """To all telephones of the number; one that takes it is enough. What no service takes goes as a text."""
    gone, waits, taken = [], list[Transient](), False
    sid = push.message_id(call.reference)
    for target in call.targets:
        try:
            push.send(target, body=call.body, topic=sid)
            taken = True
        except Transient as error:
            waits.append(error)
        except Permanent:
            gone.append(target.id)
    if taken:
        return Outcome(call, Result.ACCEPTED, sid=sid, status="sent", gone=tuple(gone))
    if waits:
        pause = max((wait.retry_after or 0.0 for wait in waits), default=0.0) or None
        return Outcome(call, Result.TRANSIENT, code=waits[0].code, retry_after=pause, gone=tuple(gone))
    return Outcome(call, Result.NOT_TRIED, gone=tuple(gone))


def find(call: Call, *, known: Callable[[list[str]], set[str]]) -> Outcome:
    """Whether one of `call.texts` is with the provider under an id that is not ours yet (`known` says which are).

    A letter cannot be looked up: it goes again under the same Message-ID, which mail programs show once. Nor can a
    push: its topic replaces the one before.
    """
    if call.channel in {Channel.EMAIL, Channel.PUSH} or not call.address:
        return Outcome(call, Result.NOT_TRIED)
    return _outcome(call, lambda: _find_text(call, known))


def _find_text(call: Call, known: Callable[[list[str]], set[str]]) -> Accepted | None:
    rows = [row for row in texts.provider().recent(to=call.address) if row.body in call.texts]
    ours = known([row.sid for row in rows]) if rows else set()
    return next((Accepted(row.sid, row.status) for row in rows if row.sid not in ours), None)


def _outcome(call: Call, work: Callable[[], Accepted | None]) -> Outcome:
    try:
        accepted = work()
    except OptedOut as error:
        return Outcome(call, Result.OPTED_OUT, code=error.code)
    except Permanent as error:
        return Outcome(call, Result.PERMANENT, code=error.code)
    except Transient as error:
        # a look-up that failed for now leaves the message as uncertain as it was
        result = Result.UNCERTAIN if call.texts else Result.TRANSIENT
        return Outcome(call, result, code=error.code, retry_after=error.retry_after)
    except Uncertain as error:
        return Outcome(call, Result.UNCERTAIN, code=str(error))
    if accepted is None:
        return Outcome(call, Result.NOT_TRIED)
    return Outcome(call, Result.ACCEPTED, sid=accepted.sid, status=accepted.status)
