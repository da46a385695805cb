"""Confirmed hours as the portals take them: one line a visit, corrections counted in, a reason for each file (K9)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Organisation
from hopecare.kernel.permissions import Permission
from volunteers.access import visible_to
from volunteers.models import Hours, Insurance, Offer

PORTAL, VMS = "1365", "vms"
LONGEST, MOST = timedelta(days=366), 50_000
HEADS = {
    PORTAL: ["1365 아이디", "성명", "봉사일자", "시작시각", "종료시각", "인정시간(분)", "활동내용", "인증기관"],
    VMS: ["성명", "생년", "봉사일자", "시작시각", "종료시각", "인정시간(분)", "활동내용", "인증기관"],
}
_FORMULA = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True)
class HoursFile:
    """`lines`: head and one line a visit; `without`: visits left out because no number in 1365 is known."""

    lines: list[list[str]]
    without: int


def hours_file(viewer: Viewer, *, portal: str, first: date | None, last: date | None, reason: str) -> HoursFile:
    """Visits between two days, oldest first. Raises Impossible with every problem; the read is logged with its reason.

    Minutes are the sum of a visit's lines, so that a correction stands in the file as it stands in the ledger; a visit
    corrected to nothing is left out.
    """
    check(viewer, Permission.VOLUNTEER_MANAGE)
    problems = [] if reason.strip() else [errors.required("reason")]
    if portal not in HEADS:
        problems.append(errors.required("portal"))
    if first is None or last is None or not first <= last <= first + LONGEST or last > clock.today():
        problems.append(Problem("days", _("From a day to a later one, within a year and not ahead."), "first"))
    if problems or first is None or last is None:
        raise errors.Impossible(*problems)
    minutes: dict[int, int] = defaultdict(int)
    rows = visible_to(viewer, Hours).filter(on__range=(first, last)).order_by("on", "pk")
    for offer_id, more in rows.values_list("offer_id", "minutes")[:MOST]:
        minutes[offer_id] += more
    visits = visible_to(viewer, Offer).filter(pk__in=[one for one, whole in minutes.items() if whole > 0])
    listed = list(visits.select_related("volunteer", "request__service").order_by("during", "pk"))
    numbers = _numbers(viewer, [offer.volunteer_id for offer in listed])
    centres = dict(Organisation.objects.values_list("pk", "name_ko"))
    known = [offer for offer in listed if portal != PORTAL or numbers.get(offer.volunteer_id)]
    _log(viewer, known, portal, reason)
    lines = [_line(offer, minutes[offer.pk], portal, numbers, centres) for offer in known]
    return HoursFile([HEADS[portal], *lines], len(listed) - len(known))


def _line(offer: Offer, minutes: int, portal: str, numbers: dict[int, str], centres: dict[int, str]) -> list[str]:
    starts, volunteer = offer.during.lower.astimezone(clock.SEOUL), offer.volunteer
    ends = starts + timedelta(minutes=minutes)
    who = (
        [numbers[volunteer.pk], volunteer.name]
        if portal == PORTAL
        else [volunteer.name, f"{volunteer.birth_year or ''}"]
    )
    what = [f"{starts:%Y-%m-%d}", f"{starts:%H:%M}", f"{ends:%H:%M}", f"{minutes}", offer.request.service.name_ko]
    return [_safe(cell) for cell in (*who, *what, centres.get(offer.provider_id, ""))]


def _numbers(viewer: Viewer, volunteers: list[int]) -> dict[int, str]:
    rows = visible_to(viewer, Insurance).filter(volunteer_id__in=volunteers)
    return {row.volunteer_id: row.number_1365 for row in rows if row.number_1365}


def _log(viewer: Viewer, offers: list[Offer], portal: str, reason: str) -> None:
    people = sorted({offer.volunteer_id for offer in offers})
    audit.read(viewer, "volunteer", people, what="export")
    audit.changed(viewer, "volunteer", people, "exported", reason=reason.strip()[:200], to=portal, lines=len(offers))


def _safe(cell: str) -> str:
    """A cell that a spreadsheet would run is told as text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
