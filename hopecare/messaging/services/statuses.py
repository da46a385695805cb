"""What providers tell later: receipts only move forward, however often and in whatever order they come."""

from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging.models import Message
from hopecare.messaging.services.outcomes import accept, give_up, open_opt_out
from hopecare.messaging.services.queueing import wake
from hopecare.messaging.states import MessageState, Reason, moves_forward

OPTED_OUT_CODE = "21610"
_CHANGED = [
    "state", "reason", "leased_until", "uncertain", "provider_sid", "provider_status", "error_code", "sent_at",
    "finished_at", "unsent_to_tell",
]  # fmt: skip


def record_status(*, sid: str, status: str, error_code: str = "", reference: str = "") -> bool:
    """Note a receipt; False when it is no news or about nothing of ours.

    `reference` is "<row>-<try>" from the call-back address: it brings home the id of a message whose answer got lost.
    """
    with acting_as(system(Principal.MESSAGES)):
        row = _row(sid, reference)
        if row is None or not moves_forward(row.provider_status, status):
            return False
        row.error_code = error_code[:20]
        accept(row, sid, status)
        row.leased_until = None
        if row.state == MessageState.FAILED and error_code == OPTED_OUT_CODE:
            open_opt_out(row.phone_hash, source="provider")
            give_up(row, MessageState.SUPPRESSED, Reason.OPT_OUT)
        if row.unsent_to_tell:
            wake()
        row.save(update_fields=_CHANGED)
        return True


def _row(sid: str, reference: str) -> Message | None:
    """The row of this id, locked; or the row whose try lost its answer."""
    rows = Message.objects.select_for_update()
    known = rows.filter(provider_sid=sid).first()
    if known is not None:
        return known
    number, _, attempt = reference.partition("-")
    if not (number.isdecimal() and attempt.isdecimal() and len(number) < 19 and len(attempt) < 5):
        return None
    return rows.filter(pk=int(number), attempts=int(attempt), uncertain=True, provider_sid=None).first()
