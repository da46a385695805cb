"""What people do on the pages of stuck work and of notices."""

from django.conf import settings

from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Viewer, acting_as, check, get_visible, visible_to
from hopecare.kernel.permissions import Permission
from hopecare.messaging.access import my_notices
from hopecare.messaging.errors import problem
from hopecare.messaging.models import BudgetDay, InboundMessage, Message
from hopecare.messaging.services.queueing import wake
from hopecare.messaging.states import Channel, InboundState, MessageState, Reason

#: A person may say "again" to these; opt-outs stay closed until the telephone says START.
REPEATABLE = frozenset({MessageState.FAILED, MessageState.SUPPRESSED, MessageState.QUEUED})


def retry(*, by: Viewer, message_id: int) -> None:
    """Send a stuck message again, now, with every check. Raises NotFound, or Impossible when it is not stuck."""
    check(by, Permission.MESSAGE_REPAIR)
    with acting_as(by):
        get_visible(by, Message, named="message", pk=message_id)
        row = Message.objects.select_for_update().get(pk=message_id)
        if row.state not in REPEATABLE or row.channel == Channel.NOTICE or row.reason == Reason.OPT_OUT:
            raise errors.Impossible(problem("not_stuck"))
        before = {"state": row.state, "sid": row.provider_sid, "error": row.error_code}
        row.state, row.reason, row.error_code = MessageState.QUEUED, "", ""
        if not row.uncertain:
            row.provider_sid, row.provider_status = None, ""
        row.tries_from, row.next_attempt_at, row.finished_at = row.attempts, clock.now(), None
        row.unsent_to_tell = False
        row.save()
        audit.changed(by, "message", [row.pk], "retried", owners=[row.provider_id], **before)
        wake()


def release_budget(*, by: Viewer) -> None:
    """Allow the own organisation as much again today; what waited for the budget goes out now."""
    check(by, Permission.MESSAGE_REPAIR)
    with acting_as(by):
        day, _ = BudgetDay.objects.get_or_create(provider_id=by.organisation_id, day=clock.today())
        day = BudgetDay.objects.select_for_update().get(pk=day.pk)
        if day.stopped_at is None:
            return
        day.extra += int(settings.MESSAGE_DAILY_PARTS)
        day.stopped_at, day.released_by_id = None, by.user_id
        day.save()
        waiting = visible_to(by, Message).filter(
            provider_id=by.organisation_id, state=MessageState.QUEUED, reason=Reason.BUDGET
        )
        waiting.update(next_attempt_at=clock.now(), reason="")
        audit.changed(by, "budget_day", [day.pk], "released", owners=[by.organisation_id], extra=day.extra)
        wake()


def read_inbound(*, by: Viewer, inbound_id: int) -> None:
    """A person has read a text that no app understood."""
    check(by, Permission.MESSAGE_REPAIR)
    with acting_as(by):
        row = get_visible(by, InboundMessage, named="inbound", pk=inbound_id)
        changed = InboundMessage.objects.filter(pk=row.pk, state=InboundState.UNKNOWN).update(
            state=InboundState.READ, read_at=clock.now(), read_by_id=by.user_id
        )
        if changed:
            audit.changed(by, "inbound", [row.pk], "read", owners=[row.provider_id])


def tell_again(*, by: Viewer, delivery_id: int) -> bool:
    """News that one part of the program could not take, now instead of after its pause; False when it arrived."""
    check(by, Permission.MESSAGE_REPAIR)
    with acting_as(by):
        found = events.again(delivery_id)
        if found:
            audit.changed(by, "delivery", [delivery_id], "news_again")
        return found


def mark_read(*, by: Viewer, notice_id: int | None = None) -> int:
    """One of the viewer's notices, or all of them; returns how many were new."""
    with acting_as(by):
        rows = Message.objects.filter(my_notices(by), read_at=None)
        if notice_id is not None:
            rows = rows.filter(pk=notice_id)
        return rows.update(read_at=clock.now())
