"""Accounts as Django's authentication reads them: with each request of somebody logged in, by a kept plan."""

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import DEFAULT_DB_ALIAS

from hopecare.kernel.models import User
from hopecare.kernel.statements import Statement, ask, statement

_COLUMNS = [field.attname for field in User._meta.concrete_fields]


@cache
def _account() -> Statement:
    columns = ", ".join(f'"{field.column}"' for field in User._meta.concrete_fields)
    return statement(f"select {columns} from {User._meta.db_table} where id = %(account)s")


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, which asks for a user through the ORM each time."""

    def get_user(self, user_id: Any) -> User | None:
        for row in ask(_account(), {"account": user_id}):
            user = User.from_db(DEFAULT_DB_ALIAS, _COLUMNS, row)
            return user if self.user_can_authenticate(user) else None
        return None
