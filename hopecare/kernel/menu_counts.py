"""What stands on every page and need not be of this second: counts of the work menu, choices of a filter."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache

from hopecare.kernel.access import Viewer

Counted = TypeVar("Counted")


def recent(name: str, viewer: Viewer, count: Callable[[Viewer], Counted]) -> Counted:
    """What `count` answers for this viewer in this role, at most NAV_COUNT_SECONDS old; 0 asks each time."""
    seconds = settings.NAV_COUNT_SECONDS
    if not seconds:
        return count(viewer)
    key = f"menu:{name}:{viewer.user_id}:{viewer.organisation_id}:{viewer.role}:{viewer.team_ids}".replace(" ", "")
    found: Counted | None = cache.get(key)
    if found is None:
        found = count(viewer)
        cache.set(key, found, seconds)
    return found
