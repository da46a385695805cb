"""Write down what calls came to. Only a row that is still held by the same try is changed."""

import random
from datetime import timedelta

from django.db import connection

from hopecare.kernel import clock
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging import rules
from hopecare.messaging.gateway.calls import Outcome, Result
from hopecare.messaging.models import Message, OptOut, PushSubscription
from hopecare.messaging.states import MessageState, Reason, moves_forward, state_for

#: The longest pause between tries of a busy push service, as a text waits behind it.
PUSH_PAUSE_SECONDS = 40.0
#: What an answer usually says; the provider's later words come as receipts.
_TAKEN = frozenset({"accepted", "queued", "sending", "sent"})
# One statement for a batch: Django's bulk_update costs more than all the calls together.
_ACCEPT = """
update messaging_message m
set state = 'sent', provider_sid = v.sid, provider_status = v.status, uncertain = false, reason = '', error_code = '',
    leased_until = null, sent_at = coalesce(m.sent_at, %s)
from unnest(%s::bigint[], %s::smallint[], %s::text[], %s::text[]) as v(id, attempt, sid, status)
where m.id = v.id and m.attempts = v.attempt and m.state = 'sending' and m.provider_status = ''
"""


def record(outcomes: list[Outcome]) -> None:
    """In one transaction. A row that a call-back or another try has moved on meanwhile is left as it is."""
    plain = [each for each in outcomes if each.result is Result.ACCEPTED and each.status in _TAKEN]
    others = {each.call.message_id: each for each in outcomes if each not in plain}
    with acting_as(system(Principal.MESSAGES)):
        end_subscriptions([pk for each in outcomes for pk in each.gone])
        _accept_all(plain)
        rows = Message.objects.select_for_update().filter(pk__in=others, state=MessageState.SENDING).order_by("pk")
        for row in rows if others else ():
            if row.attempts == others[row.pk].call.attempt:
                _apply(row, others[row.pk])
                row.save()


def _accept_all(outcomes: list[Outcome]) -> None:
    if not outcomes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _ACCEPT,
            [
                clock.now(),
                [each.call.message_id for each in outcomes],
                [each.call.attempt for each in outcomes],
                [each.sid for each in outcomes],
                [each.status for each in outcomes],
            ],
        )


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
        case Result.TRANSIENT if outcome.call.targets:
            # a busy push service: soon again, and then a text (services.pushes)
            wait = min(outcome.retry_after or PUSH_PAUSE_SECONDS, PUSH_PAUSE_SECONDS)
            row.state, row.uncertain = MessageState.QUEUED, False
            row.next_attempt_at = clock.now() + timedelta(seconds=wait)
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


def end_subscriptions(ids: list[int]) -> None:
    """Nothing goes to these telephones as a push any more, and nothing of the way there is kept."""
    if ids:
        rows = PushSubscription.objects.filter(pk__in=ids, ended_at=None)
        rows.update(endpoint="", receiver_key="", secret="", ended_at=clock.now())


def open_opt_out(phone_hash: str, *, source: str) -> bool:
    """Write STOP down; False when it stood there already."""
    if not phone_hash:
        return False
    _, fresh = OptOut.objects.get_or_create(
        phone_hash=phone_hash, until=None, defaults={"source": source, "since": clock.now()}
    )
    return fresh
