"""A person's word on what the machine could not take: look again now, or it is settled."""

from django.db import transaction
from django.utils.translation import gettext as _

from donations.access import get_visible
from donations.gateway import files
from donations.models import OddLine, ProviderEvent
from donations.services import filing
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.errors import Problem
from hopecare.kernel.nudge import nudge
from hopecare.kernel.permissions import Permission


def look_at_event_again(*, by: Viewer, event_id: int) -> None:
    """The worker asks the provider at once instead of after the pause."""
    with acting_as(by):
        row = _open_event(by, event_id)
        row.next_at = clock.now()
        row.save(update_fields=["next_at"])
        audit.changed(by, "provider_event", [row.pk], "event_again")
        transaction.on_commit(lambda: nudge("donations.understand"), robust=True)


def put_event_away(*, by: Viewer, event_id: int) -> None:
    """Looked into at the provider's by a person: nothing is left to do about it."""
    with acting_as(by):
        row = _open_event(by, event_id)
        row.handled_at, row.handled_by_id = clock.now(), by.user_id
        row.save(update_fields=["handled_at", "handled_by"])
        audit.changed(by, "provider_event", [row.pk], "event_put_away")


def take_line_again(*, by: Viewer, line_id: int) -> None:
    """The account is registered by now, the file is whole: the line is taken, or the file by the next run.

    Outside any transaction, as a file moves. Raises Impossible when it cannot be taken this time either.
    """
    with acting_as(by):
        row = _open_line(by, line_id)
        audit.changed(by, "odd_line", [row.pk], "line_again")
    if row.line == 0:
        taken = files.bring_back(row.kind, row.file_name)
    else:
        taken = row.kind != "cms" and not filing.take_line(row.kind, row.words)[1]
    if not taken:
        raise errors.Impossible(Problem("odd", _("It cannot be taken this time either.")))
    with acting_as(by):
        _settle(by, row)


def put_line_away(*, by: Viewer, line_id: int) -> None:
    """Looked into at the bank's by a person: nothing is left to do about it."""
    with acting_as(by):
        row = _open_line(by, line_id)
        audit.changed(by, "odd_line", [row.pk], "line_put_away")
        _settle(by, row)


def _settle(by: Viewer, row: OddLine) -> None:
    """Not what was found again since: a file that came back may be set aside once more before this."""
    same = OddLine.objects.filter(pk=row.pk, settled_at=None, found_at=row.found_at)
    same.update(settled_at=clock.now(), settled_by_id=by.user_id)


def _open_line(by: Viewer, line_id: int) -> OddLine:
    check(by, Permission.MONEY_BOOK)
    found = get_visible(by, OddLine, named="odd_line", pk=line_id, settled_at=None)
    return OddLine.objects.select_for_update().get(pk=found.pk)


def _open_event(by: Viewer, event_id: int) -> ProviderEvent:
    """NotFound when there is none, or when it was understood meanwhile."""
    check(by, Permission.MONEY_BOOK)
    found = get_visible(by, ProviderEvent, named="provider_event", pk=event_id, handled_at=None)
    return ProviderEvent.objects.select_for_update().get(pk=found.pk)
