"""Django's sessions in the database, read by a statement whose plan is kept: every page of staff begins with it."""

from typing import Any

from django.contrib.sessions.backends import db

from hopecare.kernel.statements import ask, statement

_READ = statement(
    "select session_data, expire_date from django_session where session_key = %(key)s and expire_date > now()"
)


class SessionStore(db.SessionStore):
    """An ended or withdrawn session has no row, and so is over with the next request."""

    def _get_session_from_db(self) -> Any:
        key = str(self.session_key)
        rows = ask(_READ, {"key": key})
        if not rows:
            self._session_key = None
            return None
        data, ends = rows[0]
        return self.model(session_key=key, session_data=data, expire_date=ends)
