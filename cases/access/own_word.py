"""Whose own word a row waits for: between organisations, and in the city's case to a private colleague (K6, K7, D4)."""

from collections.abc import Callable

from django.db import models
from django.db.models import Q

from hopecare.kernel.access import Viewer, visible_to


def not_of(people: tuple[int, ...]) -> Q:
    """About the whole household, or about nobody of these people."""
    return _not_among(people) if people else Q()


def _not_among(people: tuple[int, ...]) -> Q:
    """Said of nobody, too: an empty condition beside others would be left out of them."""
    return Q(person_id=None) | ~Q(person_id__among=people)


def by_own_word(viewer: Viewer, *, section: bool = True, own: str = "") -> Q:
    """In a case of the city, to a private colleague of its team: about nobody whose own word does not open it, but what
    the own organisation gave, and what they wrote themselves or have to do: `own`, the column of that account.
    `section`: rows that may be about health wait for a second one."""
    reach = viewer.reach
    if not reach.apart:
        return Q()
    told = _not_among(reach.apart_people)
    if section:
        told &= ~Q(section="health") | _not_among(reach.apart_health)
    if own and viewer.user_id:
        told |= Q(**{own: viewer.user_id})
    house = Q(provider_id=viewer.house) if viewer.house else Q(pk__in=[])
    return _not_apart(viewer) | house | told


def of_one(rule: Callable[[Viewer], Q], *, section: bool = True, own: str = "") -> Callable[[Viewer], Q]:
    """The rule of rows that may be about one person, and of nobody who is not to be read about."""
    return lambda viewer: rule(viewer) & by_own_word(viewer, section=section, own=own)


def below(viewer: Viewer, field: str, parent: type[models.Model]) -> Q:
    """There, what stands below a row is seen with that row alone."""
    if not viewer.reach.apart:
        return Q()
    return _not_apart(viewer) | Q(**{field: None}) | Q(**{f"{field}__in": visible_to(viewer, parent)})


def _not_apart(viewer: Viewer) -> Q:
    return Q(case_id__isnull=True) | ~Q(case_id__among=viewer.reach.apart)
