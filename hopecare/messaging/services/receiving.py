"""Texts that come in: stored first, understood after. STOP wins; what no app understands, a person reads."""

import logging
from datetime import timedelta

from django.db import transaction

from hopecare.kernel import clock, phones
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import Organisation, OrganisationKind
from hopecare.messaging import replies, rules
from hopecare.messaging.facts import MessageFact, ReceivedMessage, Recipient, ReplyOutcome
from hopecare.messaging.models import InboundMessage, Message, OptOut
from hopecare.messaging.services.outcomes import open_opt_out
from hopecare.messaging.services.queueing import queue
from hopecare.messaging.states import Channel, InboundState, MessageState

log = logging.getLogger(__name__)
#: How long a conversation stays open for an answer, and how many of its messages a handler is shown.
OPEN_FOR, SHOWN = timedelta(days=30), 20
_TRIES, _PAUSE = 5, timedelta(seconds=20)
_REACHED = (MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED)


def receive(*, sid: str, phone: str, text: str) -> bool:
    """Keep a text under the provider's id and try to understand it; False when it had come before.

    `phone` as the provider writes it. The text is safe once this returns, whatever its handler does.
    """
    number = _normal(phone)
    with acting_as(system(Principal.MESSAGES)):
        row, fresh = InboundMessage.objects.get_or_create(
            provider_sid=sid,
            defaults={
                "phone": number,
                "phone_hash": phones.hashed(number),
                "text": text,
                "received_at": clock.now(),
                "next_attempt_at": clock.now(),
            },
        )
    if fresh:
        understand(row.pk)
    return fresh


def handle_open(limit: int = 100) -> int:
    """Understand what was stored but not handled, e.g. after a crash; returns how many."""
    with acting_as(system(Principal.MESSAGES)):
        waiting = list(
            InboundMessage.objects.filter(state=InboundState.RECEIVED, next_attempt_at__lte=clock.now())
            .order_by("id")
            .values_list("pk", flat=True)[:limit]
        )
    return sum(understand(inbound_id) for inbound_id in waiting)


def understand(inbound_id: int) -> bool:
    """Hand one stored text to whoever understands it, exactly once; the handler's changes stand in this transaction."""
    with acting_as(system(Principal.MESSAGES)):
        row = (
            InboundMessage.objects.select_for_update(skip_locked=True)
            .filter(pk=inbound_id, state=InboundState.RECEIVED)
            .first()
        )
        if row is None:
            return False
        try:
            with transaction.atomic():
                _handle(row)
        except Exception:
            log.exception("inbound message %s could not be handled", row.pk)
            row.refresh_from_db()
            row.attempts += 1
            row.next_attempt_at = clock.now() + _PAUSE * row.attempts
            if row.attempts >= _TRIES:
                row.state = InboundState.UNKNOWN
        row.save()
        return row.state != InboundState.RECEIVED


def _handle(row: InboundMessage) -> None:
    conversation = _conversation(row.phone)
    row.provider_id = conversation[0].provider_id if conversation else _city_organisation()
    if rules.is_stop(row.text):
        row.state = InboundState.OPTED_OUT
        if open_opt_out(row.phone_hash, source="reply"):
            for tell in replies.opt_out_handlers():
                tell(row.phone_hash)
    elif rules.is_start(row.text):
        row.state = InboundState.OPTED_IN
        OptOut.objects.filter(phone_hash__in=phones.candidates(row.phone), until=None).update(until=clock.now())
    else:
        row.state = InboundState.UNKNOWN
        _ask_apps(row, [message.fact() for message in conversation])


def _ask_apps(row: InboundMessage, about: list[MessageFact]) -> None:
    """The app of the newest conversation first; the first that understands takes it."""
    received = ReceivedMessage(
        id=row.pk,
        phone_hash=row.phone_hash,
        text=row.text,
        plain=rules.plain_reply(row.text),
        received_at=row.received_at,
        about=tuple(about),
    )
    for purpose in dict.fromkeys(fact.purpose for fact in about):
        handler = replies.reply_handler(purpose)
        outcome = handler(row.phone_hash, row.text, received) if handler else None
        if outcome is not None:
            row.state, row.purpose = InboundState.ANSWERED, purpose
            _answer(row, outcome)
            return


def _answer(row: InboundMessage, outcome: ReplyOutcome) -> None:
    """Somebody who just wrote is awake: answers know no quiet hours."""
    if outcome.answer:
        queue(
            by=system(Principal.MESSAGES),
            purpose="reply",
            about=("inbound", row.pk),
            step="answer",
            to=Recipient.number(row.phone, language=outcome.language, quiet=None),
            body=outcome.answer,
            provider_id=row.provider_id,
        )


def _conversation(phone: str) -> list[Message]:
    if not phone:
        return []
    return list(
        Message.objects.to_number(phones.candidates(phone))
        .filter(channel=Channel.SMS, state__in=_REACHED, created_at__gte=clock.now() - OPEN_FOR)
        .order_by("-id")[:SHOWN]
    )


def _normal(phone: str) -> str:
    try:
        return phones.normal(phone)
    except phones.BadPhone:
        return phone[:40]  # a short code or a name; a person reads it


def _city_organisation() -> int | None:
    return Organisation.objects.filter(kind=OrganisationKind.CITY).values_list("pk", flat=True).first()
