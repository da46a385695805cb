"""Changes of the outbox. Other apps need `queue`, `notify` and `cancel`."""

from hopecare.messaging.services.queueing import cancel, notify, queue

__all__ = ["cancel", "notify", "queue"]
