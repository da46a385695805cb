"""The wishes of a case, those that wait first."""

from cases.models import Case, Wish
from hopecare.kernel.access import Viewer, get_visible, visible_to

_RELATED = ("person", "action", "published", "by")


def wishes_of(viewer: Viewer, case: Case) -> list[Wish]:
    rows = visible_to(viewer, Wish).filter(case=case).select_related(*_RELATED).order_by("wanted_on", "pk")
    return sorted(rows, key=lambda row: row.fulfilled_on is not None or row.given_up_on is not None)


def wish_of(viewer: Viewer, case: Case, wish_id: int) -> Wish:
    """Raises NotFound where it is not visible, as for one that is not there."""
    return get_visible(viewer, Wish, named="case", select=_RELATED, pk=wish_id, case=case)


def open_wishes_untold(viewer: Viewer, case: Case) -> list[Wish]:
    """Those that givers do not know yet."""
    return list(
        visible_to(viewer, Wish)
        .filter(case=case, published=None, fulfilled_on=None, given_up_on=None)
        .select_related("action")
        .order_by("pk")
    )
