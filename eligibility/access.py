"""Who may read saved answers: the bearer of the code or key, as the principal `simulator`; no staff, no role (D11)."""

from django.db.models import Q

from eligibility.models import HandOver, SavedAnswers
from hopecare.kernel.access import Principal, Viewer, visibility

_NOBODY = Q(pk__in=[])


@visibility(SavedAnswers)
def saved_rule(viewer: Viewer) -> Q:
    return _all_of_sweep(viewer) or _by(viewer, "code_hash")


@visibility(HandOver)
def hand_over_rule(viewer: Viewer) -> Q:
    return _all_of_sweep(viewer) or _by(viewer, "key_hash")


def _by(viewer: Viewer, column: str) -> Q:
    return Q(**{column: viewer.subject}) if viewer.principal == Principal.SIMULATOR and viewer.subject else _NOBODY


def _all_of_sweep(viewer: Viewer) -> Q | None:
    """The sweep empties what is over, and runs the rest again when other rules answer."""
    return Q(pk__gt=0) if viewer.principal == Principal.SWEEP else None
