"""The worker's side of the outbox. The row is written before the call and the outcome after it.

Claim (one short transaction: last look, budget, lease) → call, outside any transaction → record. A worker that dies in
between leaves a row in `sending` marked uncertain; when the lease has run out the next one asks the provider whether
the message is there before it sends it again, so a crash neither loses nor doubles a message.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from hopecare.kernel import clock, phones
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging import rules
from hopecare.messaging.facts import RecipientKind
from hopecare.messaging.gateway import calls
from hopecare.messaging.gateway.calls import Call
from hopecare.messaging.models import Message
from hopecare.messaging.services import budgets, checking, outcomes
from hopecare.messaging.services.receiving import handle_open
from hopecare.messaging.services.unsent import tell_unsent
from hopecare.messaging.states import Channel, MessageState, Reason

log = logging.getLogger(__name__)
BATCH = 40
#: Longer than a batch can take at the worst (8 threads × time-outs), see gateway.calls.
LEASE = timedelta(seconds=45)
_CLAIMED = [
    "state", "reason", "leased_until", "attempts", "uncertain", "next_attempt_at", "finished_at", "unsent_to_tell",
    "phone", "phone_hash",
]  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """What one transaction took: `looked_at` rows, of which some go out and some are to be looked up first."""

    looked_at: int
    to_send: list[Call]
    to_find: list[Call]


def send_due(*, limit: int = 2000, seconds: float = 50.0) -> int:
    """Send what is due until nothing is, `limit` or the time is reached; returns how many calls were made.

    Safe to run in several processes at once. Also understands texts that came in and tells apps what cannot be sent.
    """
    until, sent = time.monotonic() + seconds, 0
    handle_open()
    while sent < limit and time.monotonic() < until:
        claim = claim_due()
        if claim.looked_at == 0:
            break
        for call in claim.to_find:
            look_up(call)
        if claim.to_send:
            outcomes.record(calls.make(claim.to_send, within=LEASE.total_seconds() / 2))
        sent += len(claim.to_send) + len(claim.to_find)
    tell_unsent()
    return sent


def claim_due(limit: int = BATCH) -> Claim:
    """Take due rows: each leaves this transaction as sending, waiting or suppressed. Alarms come first."""
    with acting_as(system(Principal.MESSAGES)):
        rows = list(
            Message.objects.due()
            .outgoing()
            .order_by("-duty", "next_attempt_at", "id")
            .select_for_update(skip_locked=True)[:limit]
        )
        if not rows:
            return Claim(0, [], [])
        purse = budgets.Purse()
        claimed = [(row, _prepare(row, purse)) for row in rows]
        purse.close()
        Message.objects.bulk_update(rows, _CLAIMED)
    to_find = [call for row, call in claimed if call is not None and call.texts]
    to_send = [call for row, call in claimed if call is not None and not call.texts]
    return Claim(len(rows), to_send, to_find)


def _prepare(row: Message, purse: budgets.Purse) -> Call | None:
    """Move one locked row on; the call to make, if any. `texts` is filled when it must be looked up first."""
    if row.uncertain:
        _lease(row)
        return Call(row.pk, row.attempts, row.channel, row.phone or row.email, "", texts=checking.possible_texts(row))
    verdict = checking.look(row)
    if isinstance(verdict, rules.Never):
        row.state, row.reason = MessageState.SUPPRESSED, verdict.reason
        row.finished_at, row.leased_until, row.unsent_to_tell = clock.now(), None, True
        return None
    if isinstance(verdict, rules.Wait):
        _wait(row, verdict)
        return None
    first_try = row.attempts == row.tries_from
    if row.channel == Channel.SMS and first_try and not purse.take(row.provider_id, row.segments, duty=row.duty):
        _wait(row, rules.Wait(clock.now() + budgets.tomorrow_morning(), Reason.BUDGET))
        return None
    if row.recipient_kind == RecipientKind.PERSON:
        row.phone, row.phone_hash = verdict.address, phones.hashed(verdict.address)
    row.uncertain, row.reason = True, ""
    _lease(row)
    return Call(
        row.pk, row.attempts, row.channel, verdict.address, checking.outgoing_text(row, verdict.body), row.subject
    )


def _lease(row: Message) -> None:
    row.state, row.leased_until, row.attempts = MessageState.SENDING, clock.now() + LEASE, row.attempts + 1


def _wait(row: Message, verdict: rules.Wait) -> None:
    row.state, row.reason, row.next_attempt_at, row.leased_until = (
        MessageState.QUEUED,
        verdict.reason,
        verdict.until,
        None,
    )


def look_up(call: Call) -> None:
    """Ask the provider whether an uncertain message arrived; adopt it, or free the row for another try.

    One at a time and recorded at once, so that two equal texts never claim the same id.
    """
    outcome = calls.find(call, known=_known_sids)
    outcomes.record([outcome])


def _known_sids(sids: list[str]) -> set[str]:
    with acting_as(system(Principal.MESSAGES)):
        return set(Message.objects.filter(provider_sid__in=sids).values_list("provider_sid", flat=True))  # type: ignore[arg-type]
