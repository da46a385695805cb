"""The worker's side of the outbox. The row is written before the call and the outcome after it.

Claim (one short transaction: last look, budget, lease) → call, outside any transaction → record. A worker that dies in
between leaves a row in `sending` marked uncertain; when the lease has run out the next one asks the provider whether
the message is there before it sends it again, so a crash neither loses nor doubles a message.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F

from hopecare.kernel import clock, phones
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging import rules
from hopecare.messaging.facts import RecipientKind
from hopecare.messaging.gateway import calls
from hopecare.messaging.gateway.calls import Call
from hopecare.messaging.models import Message
from hopecare.messaging.services import budgets, checking, notice_pushes, outcomes, pushes
from hopecare.messaging.services.receiving import handle_open
from hopecare.messaging.services.unsent import tell_unsent
from hopecare.messaging.states import Channel, MessageState, Reason

log = logging.getLogger(__name__)
BATCH = 40
#: Longer than a batch can take at the worst (8 threads × time-outs), see gateway.calls.
LEASE = timedelta(seconds=45)


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
    pushes.fall_back()
    notice_pushes.queue_new()
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
        to_send, to_find = _sort(rows)
        _lease([call.message_id for call in (*to_send, *to_find)])
    return Claim(len(rows), to_send, to_find)


def _sort(rows: list[Message]) -> tuple[list[Call], list[Call]]:
    """The calls to make and to look up among locked rows; the others are moved on here, one by one."""
    purse, stopped = budgets.Purse(), checking.stopped_numbers(row.phone for row in rows)
    aims = pushes.aims(rows)
    to_send, to_find = list[Call](), list[Call]()
    for row in rows:
        if row.uncertain:
            texts = checking.possible_texts(row)
            to_find.append(Call(row.pk, row.attempts + 1, row.channel, row.phone or row.email, "", texts=texts))
            continue
        over = pushes.never_text(row) and row.pk not in aims
        verdict = rules.Never(Reason.WITHDRAWN) if over else _verdict(row, stopped, purse)
        if isinstance(verdict, rules.Go):
            body = checking.outgoing_text(row, verdict.body)
            call = Call(row.pk, row.attempts + 1, row.channel, verdict.address, body, row.subject)
            to_send.append(pushes.aimed(call, aims[row.pk]) if row.pk in aims else call)
        else:
            _hold(row, verdict)
    purse.close()
    return to_send, to_find


def _verdict(row: Message, stopped: frozenset[str], purse: budgets.Purse) -> rules.Verdict:
    """The last look and the budget; the first try of a text is paid for, further tries are not."""
    verdict = checking.look(row, stopped)
    if not isinstance(verdict, rules.Go):
        return verdict
    paid = row.channel != Channel.SMS or row.attempts > row.tries_from
    if not paid and not purse.take(row.provider_id, row.segments, duty=row.duty):
        return rules.Wait(clock.now() + budgets.tomorrow_morning(), Reason.BUDGET)
    if row.recipient_kind == RecipientKind.PERSON:
        row.phone, row.phone_hash = verdict.address, phones.hashed(verdict.address)
        row.save(update_fields=["phone", "phone_hash"])
    return verdict


def _hold(row: Message, verdict: rules.Wait | rules.Never) -> None:
    if isinstance(verdict, rules.Never):
        outcomes.give_up(row, MessageState.SUPPRESSED, verdict.reason)
    else:
        row.state, row.reason, row.next_attempt_at = MessageState.QUEUED, verdict.reason, verdict.until
    row.save(update_fields=["state", "reason", "leased_until", "next_attempt_at", "finished_at", "unsent_to_tell"])


def _lease(ids: list[int]) -> None:
    """From here on a provider may have them: whoever finds them again must look them up first."""
    Message.objects.filter(pk__in=ids).update(
        state=MessageState.SENDING,
        leased_until=clock.now() + LEASE,
        attempts=F("attempts") + 1,
        uncertain=True,
        reason="",
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
