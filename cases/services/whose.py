"""Whom alone a word is about (D4)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction

from cases.models import Case
from cases.rules import whose as rules
from hopecare.kernel import errors
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Membership


def demand_here(by: Viewer, case: Case, person_id: int | None) -> int | None:
    """The same key, of somebody who belongs to the household today; None is the household. Impossible otherwise."""
    members = visible_to(by, Membership).filter(household=case.household_id, ends_on=None)
    if person_id is not None and not members.filter(person=person_id).exists():
        raise errors.Impossible(rules.not_here())
    return person_id


@contextmanager
def demand_seen(by: Viewer, case: Case, person_id: int | None) -> Iterator[None]:
    """Where this account may read nothing of that person's, some rows cannot be written by it: a task of somebody else,
    what stands there already, unseen. Said in words, without a word of what stands there (K6, D4)."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError:
        if case.pk in by.reach.apart and person_id in {*by.reach.apart_people, *by.reach.apart_health}:
            raise errors.Impossible(rules.not_here()) from None
        raise
