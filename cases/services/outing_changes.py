"""Take a stop or one of the crew off a planned day; the keys that hung on a seat end at once (R16, R58)."""

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext_lazy as _

from cases import access
from cases.models import Outing, OutingStop
from cases.services import outings
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.permissions import Permission

_CALLED_OFF = _("This day was called off or has passed.")
_NEEDED = _("Somebody is to be seen there, or an intake was typed there, so it stays.")
_LAST = _("Somebody has to go. Call the day off, or plan it anew.")


def take_off_stop(*, by: Viewer, stop_id: int) -> Outing:
    """A place where nobody is to be seen, not even by somebody else; nothing about a person is deleted."""
    with acting_as(by):
        stop = OutingStop.objects.select_related("outing").filter(pk=stop_id).first()
        if stop is None:
            raise errors.NotFound("stop", str(stop_id))
        outing = _planned_by(by, stop.outing)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                stop.delete()
                cursor.execute("set constraints all immediate")  # it may hold people whom the planner does not see
        except (ProtectedError, IntegrityError) as error:
            raise errors.Impossible(errors.Problem("needed", _NEEDED)) from error
        audit.changed(by, "outing", [outing.pk], "stop_off", stop=stop_id)
        return outing


def take_off_crew(*, by: Viewer, outing_id: int, user_id: int) -> Outing:
    """Whoever does not go sees nobody of that day any more; somebody always goes."""
    with acting_as(by):
        outing = _planned_by(by, Outing.objects.select_for_update().filter(pk=outing_id).first())
        seat = outing.seats.filter(user=user_id).first()
        if seat is None:
            return outing
        if not outing.seats.exclude(pk=seat.pk).exists():
            raise errors.Impossible(errors.Problem("last", _LAST))
        access.end_keys(by=by, of=Q(seat=seat.pk))
        seat.delete()
        audit.changed(by, "outing", [outing.pk], "crew_off", user=user_id)
        return outing


def _planned_by(by: Viewer, outing: Outing | None) -> Outing:
    check(by, Permission.CASE_OPEN)
    if outing is None:
        raise errors.NotFound("outing", "")
    if not outings.may_cancel(by, outing):
        raise errors.Forbidden("central")
    return _still_ahead(outing)


def _still_ahead(outing: Outing) -> Outing:
    if outing.cancelled_at is not None or outing.on < clock.today():
        raise errors.Impossible(errors.Problem("over", _CALLED_OFF))
    return outing
