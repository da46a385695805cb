"""Django's connection to PostgreSQL, with a check of its health that costs no round trip where none is needed.

Django asks `select 1` before the first statement of every request, so that a server that was started anew is noticed.
A connection on which it said good-bye can be read from without anything having been asked; looking costs a
microsecond. What rested longer is asked all the same: a silent network says no good-bye.
"""

import select
import time

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg.pq import ConnStatus, TransactionStatus

#: A connection that was in use so lately is looked at, not asked.
FRESH_SECONDS = 10.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Asked once a request, before its first statement."""

    _checked = 0.0

    def is_usable(self) -> bool:
        now = time.monotonic()
        fresh, self._checked = now - self._checked < FRESH_SECONDS, now
        if fresh and not self.errors_occurred and self._at_rest():
            return True
        return bool(super().is_usable())

    def _at_rest(self) -> bool:
        """Open, outside any transaction, and nothing has come that nobody asked for."""
        try:
            link = self.connection.pgconn
            if link.status != ConnStatus.OK or link.transaction_status != TransactionStatus.IDLE:
                return False
            looking = select.poll()
            looking.register(link.socket, select.POLLIN)
            return not looking.poll(0)
        except (OSError, OperationalError):
            return False
