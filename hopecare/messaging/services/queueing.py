"""Put a message into the outbox, in the transaction of the change it tells of."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation

from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.models import Organisation, OrganisationKind
from hopecare.kernel.nudge import nudge
from hopecare.messaging import rules, segments
from hopecare.messaging.errors import problem
from hopecare.messaging.facts import Queued, Recipient
from hopecare.messaging.models import Message
from hopecare.messaging.states import Channel, MessageState, Reason

TASK = "messaging.send_due"
_wake = partial(nudge, TASK)


def queue(
    *,
    by: Viewer,
    purpose: str,
    about: tuple[str, object],
    step: str,
    to: Recipient,
    body: str = "",
    template: str = "",
    context: dict[str, Any] | None = None,
    link: str = "",
    channel: Channel = Channel.SMS,
    subject: str = "",
    provider_id: int | None = None,
    private_names: Iterable[str] = (),
    domestic: bool = False,
    duty: bool = False,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> Queued:
    """One message for one step; asking again for the same (purpose, about, step) changes nothing and sends nothing.

    `about`: (kind, id) of the object, e.g. ("offer", offer.pk). The text is `body`, or `template` (below templates/)
    rendered in the recipient's language. `link` goes behind the text, as its second part, and is left out where the
    city or the recipient wants none (K20). `private_names`: people the message is about; the text must not hold them.
    `domestic`: refuse a text above 90 EUC-KR bytes. `provider_id`: the organisation that pays and repairs (default:
    the acting one, else the city). `duty`: an alarm that knows no quiet hours and no budget. After `not_after` it is
    no longer worth sending: it is suppressed and the purpose's `on_suppressed` handler is told.

    Raises errors.Impossible with every problem of the text. Opt-out, safe contact, the person's state, hours and
    budget are looked at when it goes out, not here.
    """
    text = body or _rendered(template, context or {}, to.language)
    if domestic:
        text = _fitted(text)
    problems = rules.lint(text, private_names=private_names) if channel is not Channel.NOTICE else []
    if problems:
        raise errors.Impossible(*problems)
    values = _addressed(to) | {
        "channel": channel,
        "subject": subject,
        "body": text,
        "link": link if to.links else "",
        "duty": duty,
        "next_attempt_at": not_before or clock.now(),
        "not_after": not_after,
        "segments": segments.international(f"{text}\n{link}" if link else text).segments,
    }
    return _put(by, purpose, about, step, provider_id, values)


def notify(
    *,
    by: Viewer,
    purpose: str,
    about: tuple[str, object],
    step: str,
    to: Recipient,
    words: str,
    parameters: dict[str, Any] | None = None,
    link: str = "",
    provider_id: int | None = None,
) -> Queued:
    """A staff notice for a user or a team, on their page at once.

    `words`: an English msgid (mark it with gettext_noop in your app) with %(name)s places for `parameters`.
    """
    values = _addressed(to) | {
        "channel": Channel.NOTICE,
        "body": words,
        "parameters": parameters or {},
        "link": link,
        "segments": 0,
        "state": MessageState.DELIVERED,
        "finished_at": clock.now(),
    }
    return _put(by, purpose, about, step, provider_id, values)


def cancel(*, by: Viewer, purpose: str, about: tuple[str, object], step: str | None = None) -> int:
    """Take back what has not left yet (one step, or all); returns how many. Nobody is told: the caller knows."""
    with acting_as(by), acting_as(system(Principal.MESSAGES)):
        rows = Message.objects.about(*about).filter(purpose=purpose, state=MessageState.QUEUED)
        if step is not None:
            rows = rows.filter(step=step)
        ids = list(rows.filter(uncertain=False).select_for_update().values_list("pk", flat=True))
        Message.objects.filter(pk__in=ids).update(
            state=MessageState.SUPPRESSED, reason=Reason.WITHDRAWN, finished_at=clock.now()
        )
        if ids:
            audit.changed(by, "message", ids, "withdrawn")
        return len(ids)


def _put(
    by: Viewer,
    purpose: str,
    about: tuple[str, object],
    step: str,
    provider_id: int | None,
    values: dict[str, Any],
) -> Queued:
    owner = provider_id or by.organisation_id or _city_organisation()
    kind, key = about
    with acting_as(by), acting_as(system(Principal.MESSAGES)):
        message, fresh = Message.objects.get_or_create(
            purpose=purpose,
            object_kind=kind,
            object_id=str(key),
            step=step,
            defaults={**values, "provider_id": owner, "created_at": clock.now()},
        )
        if fresh:
            audit.changed(by, "message", [message.pk], "queued", owners=[owner], purpose=purpose, step=step)
            if message.channel != Channel.NOTICE:
                wake()
    return Queued(message.pk, fresh)


def wake() -> None:
    """Nudge the worker once when this transaction commits."""
    if not any(entry[1] is _wake for entry in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def _addressed(to: Recipient) -> dict[str, Any]:
    try:
        phone = phones.normal(to.phone)
    except phones.BadPhone:
        phone = ""  # it shows up as stuck work with the reason "no address"
    return {
        "recipient_kind": to.kind,
        "recipient_id": to.id,
        "phone": phone,
        "phone_hash": phones.hashed(phone),
        "email": to.email,
        "language": to.language,
        "quiet_from": to.quiet[0] if to.quiet else 0,
        "quiet_to": to.quiet[1] if to.quiet else 0,
    }


def _rendered(template: str, context: dict[str, Any], language: str) -> str:
    with translation.override(language):
        return render_to_string(template, context).strip()


def _fitted(text: str) -> str:
    try:
        return segments.fit(text)
    except segments.TooLong as error:
        raise errors.Impossible(problem("too_long")) from error


def _city_organisation() -> int | None:
    return Organisation.objects.filter(kind=OrganisationKind.CITY).values_list("pk", flat=True).first()
