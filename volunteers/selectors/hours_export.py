"""Confirmed hours as the portals take them: one line a visit, corrections counted in, a reason for each file (K9)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Organisation
from hopecare.kernel.permissions import Permission
from volunteers.access import visible_to
from volunteers.models import GroupHours, Hours, Insurance, Offer

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
    corrected to nothing is left out. VMS takes groups, too: pupils by name and year of birth, the other people of a
    partner under its name, a line a day; 1365 knows people by their number alone.
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
    lines = [_line(offer, minutes[offer.pk], portal, numbers, centres) for offer in known]
    groups, pupils = _groups(viewer, first, last, centres) if portal == VMS else ([], [])
    _log(viewer, known, pupils, portal, reason)
    return HoursFile([HEADS[portal], *lines, *groups], len(listed) - len(known))


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


def _groups(viewer: Viewer, first: date, last: date, centres: dict[int, str]) -> tuple[list[list[str]], list[int]]:
    """(lines of groups between two days, pupils named in them); of one's own centre, as its ledgers are (K10)."""
    rows = visible_to(viewer, GroupHours).filter(turn__on__range=(first, last)).order_by("turn__on", "pk")
    whole: dict[tuple[int, int | None], int] = defaultdict(int)
    shown: dict[tuple[int, int | None], GroupHours] = {}
    for row in rows.select_related("turn__standing__service", "turn__standing__partner", "pupil")[:MOST]:
        whole[row.turn_id, row.pupil_id] += row.minutes
        shown.setdefault((row.turn_id, row.pupil_id), row)
    known = {key: row for key, row in shown.items() if row.pupil is None or not row.pupil.withdrawn_on}
    found = [(row, whole[key]) for key, row in known.items() if whole[key] > 0]
    lines = [_group_line(row, minutes // row.people, centres) for row, minutes in found]
    return lines, [row.pupil_id for row, _minutes in found if row.pupil_id is not None]


def _group_line(row: GroupHours, minutes: int, centres: dict[int, str]) -> list[str]:
    standing, pupil = row.turn.standing, row.pupil
    starts = datetime.combine(row.turn.on, standing.starts)
    ends = starts + timedelta(minutes=minutes)
    who = [pupil.name, f"{pupil.birth_year}"] if pupil is not None else [f"{standing.partner.name} {row.people}명", ""]
    what = [f"{starts:%Y-%m-%d}", f"{starts:%H:%M}", f"{ends:%H:%M}", f"{minutes}", standing.service.name_ko]
    return [_safe(cell) for cell in (*who, *what, centres.get(row.provider_id, ""))]


def _numbers(viewer: Viewer, volunteers: list[int]) -> dict[int, str]:
    rows = visible_to(viewer, Insurance).filter(volunteer_id__in=volunteers)
    return {row.volunteer_id: row.number_1365 for row in rows if row.number_1365}


def _log(viewer: Viewer, offers: list[Offer], pupils: list[int], portal: str, reason: str) -> None:
    if pupils:
        audit.read(viewer, "pupil", sorted({*pupils}), what="export")
    people = sorted({offer.volunteer_id for offer in offers})
    audit.read(viewer, "volunteer", people, what="export")
    audit.changed(viewer, "volunteer", people, "exported", reason=reason.strip()[:200], to=portal, lines=len(offers))


def _safe(cell: str) -> str:
    """A cell that a spreadsheet would run is told as text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
