"""What somebody began to write, kept until it is sent: their own, for one form of one case, seven days at most.

A keeping names the version it was written on. Whoever comes with an older one is told so and overwrites nothing: two
tabs, two machines, or a keeping that arrives after the form itself was sent.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Draft
from cases.services.locking import actor
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, get_visible, visible_to
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission

LONGEST, LONGEST_FORM = 40_000, 40
#: Whatever page sends it: a resident number is never kept of a form that was not sent (K8).
_NEVER_KEPT = {"resident_number"}
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Kept:
    """What is kept of a form: name → values, its version (0: nothing yet), and since when; no fields once sent."""

    version: int
    fields: dict[str, list[str]]
    kept_at: datetime | None


def kept(*, by: Viewer, number: str, form: str) -> Kept:
    """The viewer's own draft of this form. NotFound like every case that is not visible."""
    check(by, Permission.CASE_VIEW)
    with acting_as(by):
        row = _rows(by, _case(by, number), form).first()
        if row is None:
            return Kept(0, {}, None)
        return Kept(row.version, json.loads(row.fields) if row.fields else {}, row.kept_at)


def keep(*, by: Viewer, number: str, form: str, version: int, fields: Fields) -> int:
    """Keep these words on top of `version`; returns the next one.

    Stale (with the version that stands) when another keeping was faster; Impossible when it is too long to be one.
    """
    check(by, Permission.CASE_VIEW)
    words = {name: list(values) for name, values in fields.items() if name not in _NEVER_KEPT}
    text = json.dumps(words, ensure_ascii=False) if words else ""
    if len(text) > LONGEST or not 0 < len(form) <= LONGEST_FORM:
        raise errors.Impossible(Problem("too_long", _("Together this is too long. Please shorten it.")))
    with acting_as(by):
        case = _case(by, number)
        if not (_began(by, case, form, text) if version == 0 else _went_on(by, case, form, version, text)):
            row = _rows(by, case, form).first()
            raise errors.Stale(str(row.version if row else 0))
    return version + 1


def forget(*, by: Viewer, number: str, form: str) -> None:
    """The form was sent: its words are gone, and what is still on its way comes too late."""
    with acting_as(by):
        row = _rows(by, _case(by, number), form).select_for_update().first()
        if row is not None:
            row.version, row.fields, row.kept_at = row.version + 1, "", clock.now()
            row.save(update_fields=["version", "fields", "kept_at"])


def _case(by: Viewer, number: str) -> Case:
    """As on the case's own pages: a sealed person's case is not there, though its number is known (D5)."""
    return get_visible(by, Case, named="case", number=number, select=("main_person",))


def _rows(by: Viewer, case: Case, form: str) -> QuerySet[Draft]:
    return visible_to(by, Draft).filter(case=case, form=form, user_id=actor(by))


def _began(by: Viewer, case: Case, form: str, text: str) -> bool:
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "user_id": actor(by)}
    try:
        with transaction.atomic():
            Draft.objects.create(**keys, form=form, fields=text)
    except IntegrityError:
        return False
    return True


def _went_on(by: Viewer, case: Case, form: str, version: int, text: str) -> bool:
    rows = _rows(by, case, form).filter(version=version)
    return bool(rows.update(version=version + 1, fields=text, kept_at=clock.now()))
