"""Courses: a session is planned, people are asked, who came is noted; whoever completed it holds the paper at once."""

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.types.range import TimestamptzRange

from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from hopecare.messaging import services as messages
from hopecare.messaging.facts import ReceivedMessage, Recipient, ReplyOutcome
from volunteers.access import get_visible
from volunteers.models import Attendance, Paper, Session, Volunteer
from volunteers.rules import training as rules
from volunteers.rules import words
from volunteers.services import telling
from volunteers.services.acting import machine
from volunteers.states import AttendanceState, VolunteerState

TRAINING = "training"
LONGEST_MINUTES = 12 * 60
#: Somebody whose paper is over is asked for sessions this near.
SOON = timedelta(days=60)


def plan(
    *, by: Viewer, course: str, starts: datetime | None, minutes: int, place: str, seats: int, taught_by: str = ""
) -> Session:
    """A date of a course at one's own centre. Raises Impossible with every problem."""
    check(by, Permission.VOLUNTEER_MANAGE)
    problems = [] if course in rules.courses() else [errors.required("course")]
    problems += [] if place.strip() else [errors.required("place")]
    if starts is None or starts <= clock.now():
        problems.append(Problem("starts", gettext_lazy("Please choose a day that is still ahead."), "day"))
    if not 10 <= minutes <= LONGEST_MINUTES:
        problems.append(Problem("minutes", gettext_lazy("Between ten minutes and twelve hours, please."), "minutes"))
    if problems or starts is None or by.organisation_id is None:
        raise errors.Impossible(*problems)
    with acting_as(by):
        session = Session.objects.create(
            course=course,
            provider_id=by.organisation_id,
            during=TimestamptzRange(starts, starts + timedelta(minutes=minutes), "[)"),
            place=place.strip(),
            taught_by=taught_by.strip(),
            seats=seats,
            planned_by_id=by.user_id,
        )
        audit.changed(by, "session", [session.pk], "planned", owners=[session.provider_id], course=course)
        return session


def invite(*, by: Viewer, session_id: int, volunteer_id: int) -> Attendance:
    """Ask one volunteer to a session, by text or, without texts, on paper; the second time nothing happens."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        session = get_visible(by, Session, named="session", pk=session_id)
        volunteer = get_visible(by, Volunteer, named="volunteer", pk=volunteer_id)
        with acting_as(machine(by)) as acting:
            return _invite(acting, session, volunteer)


def invite_for_renewal(acting: Viewer, paper: Paper) -> Attendance | None:
    """A paper runs out: its holder is asked to the next session that makes it count again, where there is one."""
    wanted = [course.code for course in rules.renewing(paper.kind)]
    rows = Session.objects.filter(
        course__in=wanted,
        provider_id=paper.volunteer.town.zone.centre_id,
        cancelled_at=None,
        during__startswith__gt=clock.now(),
        during__startswith__lte=clock.now() + SOON,
    )
    for session in rows.order_by("during"):
        if _coming(session) < session.seats:
            return _invite(acting, session, paper.volunteer)
    return None


def note(*, by: Viewer, session_id: int, came: set[int]) -> int:
    """Who came, by volunteers' ids, for everybody who was asked; returns how many completed the course with it.

    Raises Impossible before the session has begun.
    """
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        session = get_visible(by, Session, named="session", pk=session_id)
        if session.during.lower > clock.now():
            raise errors.Impossible(Problem("early", gettext_lazy("The session has not begun yet.")))
        done = 0
        rows = Attendance.objects.filter(session=session).select_related("volunteer").order_by("pk")
        for row in list(rows.select_for_update(of=("self",))):
            if row.completed_on is not None:
                continue
            row.state = AttendanceState.CAME if row.volunteer_id in came else AttendanceState.MISSED
            row.noted_by_id, row.noted_at = by.user_id, clock.now()
            row.save(update_fields=["state", "noted_by", "noted_at"])
            if row.state == AttendanceState.CAME:
                done += _complete(by, session, row)
        audit.changed(by, "session", [session.pk], "noted", owners=[session.provider_id], came=len(came))
        return done


def reply(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """One word to the newest invitation: yes or no; all else a person reads."""
    meant = words.understood(received.plain)
    about = [int(fact.object_id) for fact in received.about if fact.purpose == TRAINING]
    if meant is None or meant[1] or not about:
        return None
    with acting_as(system(Principal.OFFERS)) as by:
        row = Attendance.objects.select_related("session", "volunteer").filter(pk=about[0]).first()
        ahead = row is not None and row.session.during.lower > clock.now()
        if row is None or not ahead or row.volunteer.phone_hash != phone_hash:
            return None
        row.state = AttendanceState.COMING if meant[0] else AttendanceState.DECLINED
        row.answered_at = clock.now()
        row.save(update_fields=["state", "answered_at"])
        audit.changed(machine(by, row.volunteer), "attendance", [row.pk], str(row.state))
        with translation.override(row.volunteer.language):
            said = _("[Hope Care] Thank you, see you then!") if meant[0] else _("[Hope Care] Thank you for telling us.")
        return ReplyOutcome(said, language=row.volunteer.language)


def _coming(session: Session) -> int:
    return session.attendances.exclude(state__in=[AttendanceState.DECLINED, AttendanceState.MISSED]).count()


def _invite(acting: Viewer, session: Session, volunteer: Volunteer) -> Attendance:
    row, fresh = Attendance.objects.get_or_create(
        session=session, volunteer=volunteer, defaults={"asked_at": clock.now()}
    )
    if fresh:
        audit.changed(acting, "attendance", [row.pk], "asked", owners=[session.provider_id])
        _tell(acting, session, volunteer, row)
    return row


def _tell(acting: Viewer, session: Session, volunteer: Volunteer, row: Attendance) -> None:
    if not volunteer.sms_ok or volunteer.state == VolunteerState.LEFT:
        return
    korean = volunteer.language.startswith("ko")
    course = rules.courses()[session.course]
    with translation.override(volunteer.language):
        text = _("[Hope Care] %(course)s %(clock)s %(place)s. Will you come? 1 or 2, or ring %(phone)s") % {
            "course": course.name_ko if korean else course.name_en,
            "clock": words.clock_text(session.during.lower.astimezone(clock.SEOUL), volunteer.language),
            "place": session.place,
            "phone": telling.city_phone(),
        }
    messages.queue(
        by=acting,
        purpose=TRAINING,
        about=("attendance", row.pk),
        step="ask",
        to=Recipient.volunteer(volunteer.uuid, phone=volunteer.phone, language=volunteer.language, links=False),
        body=text,
        provider_id=session.provider_id,
        not_after=session.during.lower,
    )


def _complete(by: Viewer, session: Session, row: Attendance) -> int:
    """Enough of the course within a year: the paper counts from today, the level rises, a certificate has its code."""
    course, volunteer, today = rules.courses()[session.course], row.volunteer, clock.today()
    rows = Attendance.objects.filter(
        volunteer=volunteer, session__course=course.code, state=AttendanceState.CAME
    ).select_related("session")
    hours = [one.session.during for one in rows]
    attended = [(one.lower.date(), int((one.upper - one.lower).total_seconds() // 60)) for one in hours]
    if not rules.completed(course, attended, today):
        return 0
    held = Paper.objects.filter(volunteer=volunteer, kind=course.gives).first() if course.gives else None
    if course.renews and held is None:
        return 0
    until = rules.counts_until(course, today, held.valid_until if held is not None else None)
    row.completed_on, row.code = today, codes.new_code()
    row.save(update_fields=["completed_on", "code"])
    if course.gives:
        values = {
            "body": by.organisation_name or course.name_ko,
            "number": row.code,
            "valid_until": until,
            "renewing": False,
            "checked_on": today,
            "checked_by_id": by.user_id,
            "warned_at": None,
        }
        Paper.objects.update_or_create(volunteer=volunteer, kind=course.gives, defaults=values)
    if volunteer.level < course.level or (volunteer.level == course.level and volunteer.level_until is not None):
        Volunteer.objects.filter(pk=volunteer.pk).update(
            level=course.level, level_until=max(until, volunteer.level_until or until)
        )
    audit.changed(by, "attendance", [row.pk], "completed", owners=[session.provider_id], course=course.code)
    return 1
