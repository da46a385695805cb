"""Sentences about what help changed: one colleague writes, another approves, a day drawn at random shows them."""

import secrets
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Service, Town
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible
from volunteers.models import Echo
from volunteers.rules import echoes, safety

_WORDS: dict[str, Any] = {
    "length": _("Between 10 and 160 letters, please."),
    "figure": _("No figures: an age or a day can name somebody."),
    "name": _("Nobody by name, nor as Mr or Mrs."),
    "place": _("No town and no village: a place can name somebody."),
}


def write(*, by: Viewer, service: str, words: str) -> Echo:
    """A sentence that waits for a second person. Raises Impossible with every problem."""
    check(by, Permission.OFFER_MANAGE)
    kind = Service.objects.filter(code=service, active=True, volunteer_risk__isnull=False).first()
    problems = [Problem(code, _WORDS[code], "words") for code in echoes.faults(words, _places())]
    if kind is None or safety.wanted(service).quiet:
        said = _("About this kind of help nothing is told.") if kind is not None else _("Please choose.")
        problems.append(Problem("service", said, "service"))
    if problems or kind is None or by.user_id is None or by.organisation_id is None:
        raise errors.Impossible(*problems)
    with acting_as(by):
        row = Echo.objects.create(
            service=kind, provider_id=by.organisation_id, words=words.strip(), written_by_id=by.user_id
        )
        audit.changed(by, "echo", [row.pk], "written", owners=[row.provider_id])
        return row


def approve(*, by: Viewer, echo_id: int) -> Echo:
    """Read by a second person: nobody is in it. Raises Impossible for whoever wrote it."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        row = get_visible(by, Echo, named="echo", pk=echo_id, withdrawn_at=None)
        if row.written_by_id == by.user_id:
            raise errors.Impossible(Problem("second", _("A second person reads it before it is shown.")))
        if row.approved_by_id is None:
            days = echoes.SOONEST_DAYS + secrets.randbelow(echoes.LATEST_DAYS - echoes.SOONEST_DAYS + 1)
            row.approved_by_id, row.shown_from = by.user_id, clock.today() + timedelta(days=days)
            row.save(update_fields=["approved_by", "shown_from"])
            audit.changed(by, "echo", [row.pk], "approved", owners=[row.provider_id])
        return row


def withdraw(*, by: Viewer, echo_id: int) -> None:
    """Not shown any more, at once."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        row = get_visible(by, Echo, named="echo", pk=echo_id)
        if row.withdrawn_at is None:
            row.withdrawn_at = clock.now()
            row.save(update_fields=["withdrawn_at"])
            audit.changed(by, "echo", [row.pk], "withdrawn", owners=[row.provider_id])


def _places() -> list[str]:
    """With and without the sign of its kind, as people leave it out."""
    names = [name for pair in Town.objects.values_list("name_ko", "name_en") for name in pair]
    return [*names, *(name[:-1] for name in names if len(name) > 2 and name[-1] in "읍면동")]
