"""When a change of the catalogue may be proposed and approved: values in, problems out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

LONGEST_TEXT = 400


def proposal_problems(fields: Mapping[str, Any], *, reason: str, valid_from: date, today: date) -> list[Problem]:
    """A change says what and why, begins today or later, and leaves no text without its Korean words."""
    found = []
    if not fields:
        found.append(Problem("nothing_changed", _("Nothing is changed yet.")))
    if not reason.strip():
        found.append(required("reason"))
    if valid_from < today:
        found.append(
            Problem("past", _("A change begins today or later; what was shown stays as it was."), "valid_from")
        )
    for name, value in fields.items():
        if isinstance(value, Mapping) and name != "deadline" and not value.get("ko", "").strip():
            found.append(required(f"{name}_ko"))
    return found


def approval_problems(*, proposed_by: int, approved_by: int | None, is_open: bool) -> list[Problem]:
    """Four eyes: whoever proposed a change never approves it."""
    if not is_open:
        return [Problem("decided", _("This was decided in the meantime."))]
    if approved_by is None or proposed_by == approved_by:
        return [Problem("four_eyes", _("A colleague must approve this: nobody approves their own change."))]
    return []
