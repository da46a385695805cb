"""Changes of the outbox. Other apps need `queue`, `notify`, `cancel` and `send_code`."""

from hopecare.messaging.services.codes import send_code
from hopecare.messaging.services.queueing import cancel, notify, queue
from hopecare.messaging.services.receiving import handle_open, receive
from hopecare.messaging.services.repairs import mark_read, read_inbound, release_budget, retry, tell_again
from hopecare.messaging.services.sending import send_due
from hopecare.messaging.services.statuses import record_status

__all__ = [
    "cancel",
    "handle_open",
    "mark_read",
    "notify",
    "queue",
    "read_inbound",
    "receive",
    "record_status",
    "release_budget",
    "retry",
    "send_code",
    "send_due",
    "tell_again",
]
