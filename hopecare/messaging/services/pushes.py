"""Questions to the phone app: as a push where the telephone allows it, as a text message where it does not.

The row in the outbox is the same; only its way differs. A push tells nothing but that an answer is wanted, and which
screen to open. What no telephone has shown after ten minutes goes out as a text after all; a member of staff's push
never does, as the notice stands on her page (services.notice_pushes).
"""

import json
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import clock, errors, phones
from hopecare.kernel.access import Principal, acting_as, system, visible_to
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Device
from hopecare.kernel.services import devices
from hopecare.messaging import replies
from hopecare.messaging.facts import RecipientKind
from hopecare.messaging.gateway import push
from hopecare.messaging.gateway.calls import Call
from hopecare.messaging.gateway.errors import Refused
from hopecare.messaging.gateway.push import Target
from hopecare.messaging.models import Message, PushSubscription
from hopecare.messaging.services import outcomes
from hopecare.messaging.states import Channel, MessageState

UNSEEN_AFTER = timedelta(minutes=10)
#: So many tries of a push service that is busy; then a text.
TRIES = 3
#: How far back a telephone may say that it has shown something.
LOOKED_BACK = 50
UNSEEN = "unseen"
Aim = tuple[tuple[Target, ...], str]


def public_key() -> str:
    return push.public_key()


def is_on(device: Device) -> bool:
    by = system(Principal.MESSAGES)
    with acting_as(by):
        return visible_to(by, PushSubscription).filter(device=device, ended_at=None).exists()


def subscribe(*, device: Device, endpoint: str, receiver_key: str, secret: str) -> None:
    """From now on questions go to this telephone as a push. Told again, the newest address counts. Raises Impossible
    for an address that is no push service's, and for keys that are none."""
    try:
        push.check_service(endpoint)
    except Refused as error:
        words = _("This is not a push service that we write to; text messages go on.")
        raise errors.Impossible(Problem("no_push_service", words, "endpoint")) from error
    if not push.check_keys(receiver_key, secret):
        raise errors.Impossible(Problem("bad_keys", _("These keys do not fit."), "keys"))
    by = system(Principal.MESSAGES)
    with acting_as(by):
        visible_to(by, PushSubscription).update_or_create(
            device=device,
            defaults={
                "endpoint": endpoint,
                "receiver_key": receiver_key,
                "secret": secret,
                "since": clock.now(),
                "ended_at": None,
            },
        )


def unsubscribe(*, device: Device) -> None:
    by = system(Principal.MESSAGES)
    with acting_as(by):
        rows = visible_to(by, PushSubscription).filter(device=device, ended_at=None)
        outcomes.end_subscriptions(list(rows.values_list("pk", flat=True)))


def shown(*, device: Device, message: str) -> None:
    """The telephone has shown this push, so no text follows. Raises NotFound for one that did not go to its number."""
    by = system(Principal.MESSAGES)
    with acting_as(by):
        rows = visible_to(by, Message).filter(channel=Channel.PUSH, phone_hash__in=phones.candidates(device.phone))
        for row in rows.select_for_update().order_by("-pk")[:LOOKED_BACK]:
            if push.message_id(f"{row.pk}-{row.attempts}") == message:
                outcomes.accept(row, message, "delivered")
                row.leased_until = None
                row.save()
                return
    raise errors.NotFound


def aims(rows: list[Message]) -> dict[int, Aim]:
    """Row → the telephones and the screen, for those that go as a push; the others become texts, if they were none.

    The rows are locked by the caller, who acts as the outbox.
    """
    open_rows = [row for row in rows if not row.uncertain and _may(row)]
    targets = _targets({row.phone for row in open_rows}) if open_rows else {}
    found: dict[int, Aim] = {}
    for row in open_rows:
        handler = replies.screen_handler(row.purpose)
        screen = handler(row.fact()) if handler and row.phone in targets else ""
        if screen:
            found[row.pk] = targets[row.phone], screen
            _move(row, Channel.PUSH)
    for row in rows:
        if row.channel == Channel.PUSH and row.pk not in found and not row.uncertain and not never_text(row):
            _move(row, Channel.SMS)
    return found


def aimed(call: Call, aim: Aim) -> Call:
    targets, screen = aim
    body = json.dumps({"id": push.message_id(call.reference), "open": screen}, separators=(",", ":"))
    return replace(call, targets=targets, body=body)


def never_text(row: Message) -> bool:
    """A push to a member of staff: there is no number behind it."""
    return row.channel == Channel.PUSH and row.recipient_kind == RecipientKind.USER


def _may(row: Message) -> bool:
    """A person's own number never (D4): what stands on a screen is read by whoever holds the telephone."""
    if row.recipient_kind == RecipientKind.PERSON or replies.screen_handler(row.purpose) is None:
        return False
    if row.channel == Channel.PUSH:
        return row.attempts - row.tries_from < TRIES
    return row.channel == Channel.SMS and row.attempts == 0


def _targets(numbers: set[str]) -> dict[str, tuple[Target, ...]]:
    """Number → its telephones that take push messages now."""
    if not PushSubscription.objects.filter(ended_at=None).exists():
        return {}
    owners = {pk: number for number, ids in devices.open_ids(numbers).items() for pk in ids}
    rows = PushSubscription.objects.filter(device__in=owners, ended_at=None).order_by("pk")
    found: dict[str, tuple[Target, ...]] = {}
    for row in rows:
        number = owners[row.device_id]
        found[number] = (*found.get(number, ()), Target(row.pk, row.endpoint, row.receiver_key, row.secret))
    return found


def _move(row: Message, channel: Channel) -> None:
    """Another way; what was tried on the one before does not count on this one."""
    if row.channel != channel:
        row.channel, row.tries_from = channel, row.attempts
        row.save(update_fields=["channel", "tries_from"])


def fall_back() -> int:
    """What no telephone has shown goes out as a text while an answer is still wanted; returns how many."""
    by, now = system(Principal.MESSAGES), clock.now()
    with acting_as(by):
        waiting = visible_to(by, Message).filter(channel=Channel.PUSH, state=MessageState.SENT, error_code="")
        rows = waiting.filter(sent_at__lte=now - UNSEEN_AFTER).select_for_update(skip_locked=True).order_by("pk")
        moved = 0
        for row in rows[:200]:
            handler = replies.screen_handler(row.purpose)
            row.error_code = UNSEEN
            if handler is not None and not never_text(row) and handler(row.fact()):
                row.channel, row.tries_from = Channel.SMS, row.attempts
                row.state, row.next_attempt_at = MessageState.QUEUED, now
                row.provider_sid, row.provider_status, row.sent_at = None, "", None
                moved += 1
            row.save()
    return moved
