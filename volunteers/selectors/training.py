"""Training as the desk sees it: what is planned, who was asked, who came, whose paper runs out."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Q

from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Viewer
from hopecare.kernel.models.base import in_language
from volunteers.access import get_visible, visible_to
from volunteers.models import Attendance, Paper, Session, Volunteer
from volunteers.rules import safety, training
from volunteers.states import AttendanceState, VolunteerState

MOST_ROWS, LOOK_BACK = 60, timedelta(days=120)


@dataclass
class SessionCard:
    """One date with its course; `asked` without those who declined, `due` whose paper this course would renew."""

    session: Session
    course: training.Course
    asked: int = 0
    came: int = 0
    rows: list[Attendance] = field(default_factory=list)
    due: list[tuple[Volunteer, date]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return in_language(self.course.name_ko, self.course.name_en)

    @property
    def has_begun(self) -> bool:
        return bool(self.session.during.lower <= clock.now())


@dataclass(frozen=True)
class CourseCertificate:
    name: str
    course: str
    minutes: int
    on: date
    code: str
    centre: str
    phone: str

    @property
    def hours(self) -> float:
        return self.minutes / 60


def courses() -> list[tuple[str, str]]:
    """(code, name in the reader's language)."""
    return [(one.code, in_language(one.name_ko, one.name_en)) for one in training.courses().values()]


def sessions(viewer: Viewer) -> list[SessionCard]:
    """Those ahead, soonest first, then those of the last months. One query."""
    declined = Q(attendances__state=AttendanceState.DECLINED)
    rows = visible_to(viewer, Session).filter(cancelled_at=None, during__startswith__gt=clock.now() - LOOK_BACK)
    rows = rows.select_related("provider").annotate(
        asked=Count("attendances", filter=~declined),
        came=Count("attendances", filter=Q(attendances__state=AttendanceState.CAME)),
    )
    cards = [
        SessionCard(row, training.courses()[row.course], asked=row.asked, came=row.came)
        for row in rows.order_by("during")[:MOST_ROWS]
        if row.course in training.courses()
    ]
    return sorted(cards, key=lambda card: card.has_begun)


def session(viewer: Viewer, session_id: int) -> SessionCard:
    """One date with everybody who was asked, and whom to ask because a paper runs out. The read is logged."""
    row = get_visible(viewer, Session, named="session", pk=session_id, select=("provider",))
    card = SessionCard(row, training.courses()[row.course])
    found = visible_to(viewer, Attendance).filter(session=row).select_related("volunteer__town")
    card.rows = list(found.order_by("volunteer__name", "pk"))
    card.asked = sum(1 for one in card.rows if one.state != AttendanceState.DECLINED)
    card.came = sum(1 for one in card.rows if one.state == AttendanceState.CAME)
    if not card.has_begun and card.course.gives:
        card.due = _due(viewer, card)
    seen = [one.volunteer_id for one in card.rows] + [one.pk for one, _until in card.due]
    audit.read(viewer, "volunteer", seen, what="session")
    return card


def ahead(viewer: Viewer) -> list[SessionCard]:
    """Sessions somebody may still be asked to, for a volunteer's page."""
    own = [card for card in sessions(viewer) if card.session.provider_id == viewer.organisation_id]
    return [card for card in own if not card.has_begun]


def certificate(viewer: Viewer, attendance_id: int) -> CourseCertificate:
    """The paper of a completed course, to be printed. NotFound where none was completed."""
    related = ("session__provider", "volunteer")
    row = get_visible(viewer, Attendance, named="attendance", pk=attendance_id, select=related)
    if row.completed_on is None:
        raise errors.NotFound("attendance", str(attendance_id))
    course = training.courses()[row.session.course]
    audit.read(viewer, "volunteer", [row.volunteer_id], what="course_certificate")
    return CourseCertificate(
        name=row.volunteer.name,
        course=in_language(course.name_ko, course.name_en),
        minutes=course.minutes,
        on=row.completed_on,
        code=codes.shown(row.code or ""),
        centre=row.session.provider.name,
        phone=row.session.provider.phone,
    )


def _due(viewer: Viewer, card: SessionCard) -> list[tuple[Volunteer, date]]:
    """Volunteers of this centre's zone whose paper runs out and who were not asked yet, the soonest first."""
    kind = safety.paper_kinds()[card.course.gives]
    papers = visible_to(viewer, Paper).filter(
        kind=kind.code,
        valid_until__lte=clock.today() + kind.early,
        volunteer__state=VolunteerState.ACTIVE,
        volunteer__town__zone__centre_id=card.session.provider_id,
    )
    papers = papers.exclude(volunteer__in=[row.volunteer_id for row in card.rows])
    rows = papers.select_related("volunteer__town").order_by("valid_until", "pk")[:20]
    return [(paper.volunteer, paper.valid_until) for paper in rows if paper.valid_until is not None]
