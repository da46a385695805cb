"""Whose house somebody works for, as far as this viewer may read its name (D17). Data in, words out; no query."""

from typing import Any

from django.utils.translation import gettext as _

from cases.selectors.case_page import CaseView
from cases.states import ActionState
from cases.ui.case_words import in_language
from hopecare.kernel import names
from hopecare.kernel.access import Viewer


def team_rows(viewer: Viewer, view: CaseView) -> list[dict[str, Any]]:
    """Who works on it, each with the house as this viewer may read it (D17)."""
    leads = view.case.lead_id == viewer.user_id
    return [{**row, "house": _house_of(viewer, row, leads)} for row in view.team]


def _house_of(viewer: Viewer, row: dict[str, Any], leads: bool) -> str:
    named = names.may_name(viewer, row["tells"], row["house_id"], leads=leads)
    return in_language(row, "house") if named else names.neutral()


def action_owner(action: Any, viewer: Viewer | None, *, leads: bool = False) -> tuple[str, str]:
    """(who, for which organisation), as this viewer may read it; without a viewer as paper may bear it."""
    organisation = names.shown(viewer, action.owner_organisation, leads=leads)
    if action.owner_kind == "staff":
        return (action.owner.name if action.owner else "", organisation)
    if action.owner_kind == "partner":
        return organisation, ""
    if action.helper_name:
        return _("volunteer %(name)s") % {"name": action.helper_name}, organisation
    words = _("looking for a volunteer") if action.state == ActionState.OFFERED else _("volunteer wanted")
    return words, organisation
