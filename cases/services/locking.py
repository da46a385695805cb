"""What every change of a case begins with: the visible case under a row lock, and a form that counts once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from hopecare.kernel import errors
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.models import IdempotencyKey
from hopecare.kernel.permissions import Permission

_RELATED = ("main_person", "household", "lead", "team", "provider", "town")


def locked_case(by: Viewer, number: str, permission: Permission, *, open_only: bool = True) -> Case:
    """The case for a change, inside `acting_as(by)`; NotFound when it is not visible, Impossible when it is closed."""
    check(by, permission)
    rows = visible_to(by, Case).select_for_update(of=("self",)).select_related(*_RELATED)
    case = rows.filter(number=number).first()
    if case is None:
        raise errors.NotFound("case", number)
    if open_only and not case.is_open:
        raise errors.Impossible(errors.Problem("closed", _("This case is closed. Open it again first.")))
    return case


def first_time(by: Viewer, token: str) -> bool:
    """False when this form (its one-time `token`) was already taken: an impatient second click changes nothing."""
    if not token:
        return True
    _, fresh = IdempotencyKey.objects.get_or_create(client=f"desk:{by.user_id}", key=token[:200])
    return fresh


@contextmanager
def born_once() -> Iterator[None]:
    """Around the transaction of a row that bears a `client_id`: one that somebody else's row bears is told in words."""
    try:
        yield
    except IntegrityError as error:
        if "client_id" not in str(error):
            raise
        raise errors.Impossible(errors.Problem("key_used", _("This was sent before as something else."))) from error


def actor(by: Viewer) -> int:
    """The account behind a change that a person must answer for; system principals cannot make it."""
    if by.user_id is None:
        raise errors.Forbidden("an account")
    return by.user_id
