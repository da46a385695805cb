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


#: What a new entry cannot do without: field of the entry → the form's field that lacks it.
NEEDED = {"name": "name_ko", "what": "what_ko", "who": "who_ko", "stages": "stages", "ask": "ask", "source": "source"}


def back_problems(fields: Mapping[str, Any], *, valid_from: date, off_since: date | None) -> list[Problem]:
    """What is put back begins when it was taken off or later: on an earlier day the end would still come."""
    if fields.get("ended") is not False:
        return []
    if off_since is None:
        return [Problem("on_the_board", _("This stands on the board already."))]
    if valid_from < off_since:
        words = _("It is taken off on %(day)s: please put it back on that day or later.") % {"day": off_since}
        return [Problem("before_its_end", words, "valid_from")]
    return []


def new_entry_problems(fields: Mapping[str, Any], *, is_known: bool) -> list[Problem]:
    """A new entry says what it is, for whom, at which stage of life, where to ask and by which source."""
    found = [required(name) for field, name in NEEDED.items() if not fields.get(field)]
    if not fields.get("name", {}).get("en", "").strip():
        found.append(required("name_en"))
    if is_known:
        words = _("Another entry bears this English name. Please choose another one.")
        found.append(Problem("known", words, "name_en"))
    return found


def approval_problems(*, proposed_by: int, approved_by: int | None, is_open: bool) -> list[Problem]:
    """Four eyes: whoever proposed a change never approves it."""
    if not is_open:
        return [Problem("decided", _("This was decided in the meantime."))]
    if approved_by is None or proposed_by == approved_by:
        return [Problem("four_eyes", _("A colleague must approve this: nobody approves their own change."))]
    return []
