"""Write down what calls came to. Only a row that is still held by the same try is changed."""

import random
from datetime import timedelta

from hopecare.kernel import clock
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging import rules
from hopecare.messaging.gateway.calls import Outcome, Result
from hopecare.messaging.models import Message, OptOut
from hopecare.messaging.states import MessageState, Reason, moves_forward, state_for

_RECORDED = [
    "state", "reason", "leased_until", "uncertain", "next_attempt_at", "provider_sid", "provider_status", "error_code",
    "sent_at", "finished_at", "unsent_to_tell",
]  # fmt: skip


def record(outcomes: list[Outcome]) -> None:
    """In one transaction. A row that a call-back has moved on meanwhile is left as it is."""
    by_id = {outcome.call.message_id: outcome for outcome in outcomes}
    with acting_as(system(Principal.MESSAGES)):
        rows = Message.objects.select_for_update().filter(pk__in=by_id, state=MessageState.SENDING).order_by("pk")
        held = [row for row in rows if row.attempts == by_id[row.pk].call.attempt]
        for row in held:
            _apply(row, by_id[row.pk])
        Message.objects.bulk_update(held, _RECORDED)


def _apply(row: Message, outcome: Outcome) -> None:
    row.leased_until = None
    row.error_code = outcome.code[:20]
    match outcome.result:
        case Result.ACCEPTED:
            accept(row, outcome.sid, outcome.status)
        case Result.OPTED_OUT:
            open_opt_out(row.phone_hash, source="provider")
            give_up(row, MessageState.SUPPRESSED, Reason.OPT_OUT)
            row.uncertain = False
        case Result.PERMANENT:
            # a look-up that is refused says nothing about the message itself
            row.uncertain = row.uncertain and bool(outcome.call.texts)
            give_up(row, MessageState.FAILED)
        case Result.NOT_TRIED:
            row.state, row.uncertain, row.next_attempt_at = MessageState.QUEUED, False, clock.now()
        case Result.TRANSIENT | Result.UNCERTAIN:
            row.uncertain = outcome.result is Result.UNCERTAIN
            _again_later(row, outcome.retry_after)


def accept(row: Message, sid: str, status: str) -> None:
    """The provider has it."""
    row.provider_sid, row.uncertain, row.reason = sid, False, ""
    if moves_forward(row.provider_status, status):
        row.provider_status = status
    row.state = state_for(row.provider_status)
    row.sent_at = row.sent_at or clock.now()
    if row.state == MessageState.DELIVERED:
        row.finished_at = clock.now()
    elif row.state == MessageState.FAILED:
        give_up(row, MessageState.FAILED)


def give_up(row: Message, state: MessageState, reason: str = "") -> None:
    row.state, row.reason, row.leased_until = state, reason, None
    row.finished_at, row.unsent_to_tell = clock.now(), True


def _again_later(row: Message, asked: float | None) -> None:
    wait = rules.retry_after(row.attempts - row.tries_from, random.random(), asked)
    if wait is None:
        give_up(row, MessageState.FAILED)
    else:
        row.state, row.next_attempt_at = MessageState.QUEUED, clock.now() + timedelta(seconds=wait)


def open_opt_out(phone_hash: str, *, source: str) -> bool:
    """Write STOP down; False when it stood there already."""
    if not phone_hash:
        return False
    _, fresh = OptOut.objects.get_or_create(
        phone_hash=phone_hash, until=None, defaults={"source": source, "since": clock.now()}
    )
    return fresh
