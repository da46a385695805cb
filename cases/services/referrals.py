"""Send somebody somewhere, and stay responsible until the other side says yes (R17, R44, R81, D4, K6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import Case, EntryKind, Referral, Resource
from cases.rules import resources as rules
from cases.rules.needs import is_adult
from cases.selectors.referrals import due_for_news, sent_to
from cases.selectors.team import consents
from cases.services import timeline
from cases.services.locking import actor, first_time, locked_case
from cases.states import REFERRAL_STEPS, ReferralState, demand_step
from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to
from hopecare.kernel.models import Category, Person, Service
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import MessageFact, Recipient
from hopecare.messaging.services import cancel, notify, queue

REMINDER = "referral_reminder"
LATE = gettext_noop("%(house)s has not said yes yet. Until somebody there does, the referral stays ours.")
HOW_WAS_IT = gettext_noop("How was the appointment of %(day)s? Nothing is written about it yet.")
RING = gettext_noop("The reminder of %(day)s could not be sent. Please ring, as the safe contact says.")
_MOVED_ON = _("This referral has moved on in the meantime. Please look at it again.")


@dataclass(frozen=True)
class Sent:
    """Whom, where to, and all that the other side is told. `token`: one per form shown."""

    person: Person
    category: Category
    to_name: str
    words: str
    to_phone: str = ""
    to_private: bool = True
    outside_city: bool = False
    service: Service | None = None
    resource: Resource | None = None
    appointment_at: datetime | None = None
    place: str = ""
    remind: bool = True
    token: str = ""


def send(*, by: Viewer, number: str, sent: Sent) -> Referral | None:
    """None when this form was taken before. The day by which the other side should have said yes is set here."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_SERVICE)
        if not first_time(by, sent.token):
            return None
        facts = rules.ReferralFacts(
            to_name=sent.to_name,
            words=sent.words,
            has_consent=_agreed(sent.person, case),
            to_private=sent.to_private,
            appointment_at=sent.appointment_at,
        )
        problems = rules.referral_problems(facts, now=clock.now())
        if problems:
            raise errors.Impossible(*problems)
        row = Referral.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            person=sent.person,
            category=sent.category,
            service=sent.service,
            resource=sent.resource,
            to_name=sent.to_name.strip()[:80],
            to_phone=_phone(sent.to_phone),
            outside_city=sent.outside_city,
            words=sent.words.strip()[:300],
            sent_at=clock.now(),
            by_id=actor(by),
            answer_due=rules.answer_due(clock.today()),
            appointment_at=sent.appointment_at,
            place=sent.place.strip()[:120],
            remind=sent.remind,
        )
        _told(by, case, row, "sent")
        _remind(by, row)
        return row


def _agreed(person: Person, case: Case) -> bool:
    """Their own word counts; for a minor the main person's does as well (K6, K10)."""
    return consents(person.pk) or (not is_adult(person.age) and consents(case.main_person_id))


def _phone(typed: str) -> str:
    try:
        return phones.shown(phones.normal(typed))
    except phones.BadPhone:
        return ""


def accept(
    *, by: Viewer, number: str, referral_id: int, who: str, appointment_at: datetime | None = None, place: str = ""
) -> Referral:
    """Somebody over there said yes, perhaps with a day. After a missed appointment: a new one."""
    with acting_as(by):
        row, case = _locked(by, number, referral_id)
        problems = rules.appointment_problems(appointment_at, now=clock.now())
        if not who.strip():
            problems.append(errors.required("who"))
        if problems:
            raise errors.Impossible(*problems)
        if row.state != ReferralState.ACCEPTED:
            demand_step(REFERRAL_STEPS, row.state, ReferralState.ACCEPTED, _MOVED_ON)
        moved = row.appointment_at != appointment_at
        row.state, row.accepted_name = ReferralState.ACCEPTED, who.strip()[:80]
        row.accepted_at = row.accepted_at or clock.now()
        row.appointment_at, row.place = appointment_at, place.strip()[:120]
        row.save(update_fields=["state", "accepted_name", "accepted_at", "appointment_at", "place"])
        _told(by, case, row, "accepted")
        if moved:
            _remind(by, row)
        return row


def conclude(*, by: Viewer, number: str, referral_id: int, state: str, words: str = "") -> Referral:
    """Attended, missed, or it did not come about; each is one tap, the last with a reason."""
    with acting_as(by):
        row, case = _locked(by, number, referral_id)
        problems = rules.outcome_problems(state, words=words)
        if problems:
            raise errors.Impossible(*problems)
        if row.state == state:
            return row
        demand_step(REFERRAL_STEPS, row.state, state, _MOVED_ON)
        _conclude(by, case, row, state, words)
        return row


def _conclude(by: Viewer, case: Case, row: Referral, state: str, words: str) -> None:
    row.state, row.ended_words = state, words.strip()[:300]
    row.ended_at = None if state == ReferralState.MISSED else clock.now()
    row.save(update_fields=["state", "ended_words", "ended_at"])
    cancel(by=by, purpose=REMINDER, about=("referral", row.pk))
    _told(by, case, row, state)


def take_back_all(*, by: Viewer, case: Case, words: str) -> int:
    """The case ends: what nobody has concluded did not come about. Returns how many."""
    rows = list(visible_to(by, Referral).select_for_update(of=("self",)).filter(case=case, ended_at=None))
    for row in rows:
        _conclude(by, case, row, ReferralState.BACK, words)
    return len(rows)


def _locked(by: Viewer, number: str, referral_id: int) -> tuple[Referral, Case]:
    case = locked_case(by, number, Permission.CASE_SERVICE, open_only=False)
    row = visible_to(by, Referral).select_for_update(of=("self",)).filter(pk=referral_id, case=case).first()
    if row is None:
        raise errors.NotFound("referral", str(referral_id))
    return row, case


def _told(by: Viewer, case: Case, row: Referral, what: str) -> None:
    audit.changed(by, "case", [case.pk], f"referral_{what}", owners=[case.provider_id], referral=row.pk)
    service: dict[str, Any] = {"service": row.service.code} if row.service is not None else {}
    told = {"what": str(what), "referral": row.pk, "house": sent_to(None, row), **service}
    timeline.append(by, case, EntryKind.REFERRAL, whose=row.person_id, **told)


def _remind(by: Viewer, row: Referral) -> None:
    """By the safe contact, on the day before: a day and an hour. Not where, not why, not from whom (D4)."""
    cancel(by=by, purpose=REMINDER, about=("referral", row.pk))
    if not row.remind or row.appointment_at is None or row.state not in {ReferralState.SENT, ReferralState.ACCEPTED}:
        return
    at = row.appointment_at.astimezone(clock.SEOUL)
    queue(
        by=by,
        purpose=REMINDER,
        about=("referral", row.pk),
        step=f"{at:%Y-%m-%dT%H:%M}, told {clock.now().timestamp():.0f}",
        to=Recipient.person(row.person_id, language=row.person.language),
        template="cases/sms/appointment.txt",
        context={"at": at, "phone": row.provider.phone},
        private_names=[row.person.name, row.to_name],
        domestic=row.person.language == "ko",
        provider_id=row.provider_id,
        not_before=rules.remind_at(at, clock.now()),
        not_after=at,
    )


def unsent(message: MessageFact) -> None:
    """No text may or could be sent: whoever leads the case rings instead. Runs with a principal of its own."""
    machine = system(Principal.SWEEP)
    with acting_as(machine):
        row = Referral.objects.select_related("case").filter(pk=message.object_id, ended_at=None).first()
        if row is not None and row.appointment_at is not None:
            _tell_lead(machine, row, f"ring:{message.step}", RING, {"day": _moment(row.appointment_at)})


def watch() -> int:
    """Each night: whose yes is late, and which appointment has no result; told once each, to the lead."""
    machine = system(Principal.SWEEP)
    with acting_as(machine):
        late, unknown = due_for_news()
        told = sum(
            _tell_lead(machine, row, f"late:{row.answer_due}", LATE, {"house": sent_to(None, row)}) for row in late
        )
        return told + sum(
            _tell_lead(machine, row, f"how:{at:%Y-%m-%d}", HOW_WAS_IT, {"day": _moment(at)})
            for row, at in _with_days(unknown)
        )


def _with_days(rows: Iterable[Referral]) -> Iterable[tuple[Referral, datetime]]:
    return ((row, row.appointment_at.astimezone(clock.SEOUL)) for row in rows if row.appointment_at)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(clock.SEOUL):%m/%d %H:%M}"


def _tell_lead(by: Viewer, row: Referral, step: str, words: str, parameters: dict[str, Any]) -> bool:
    return notify(
        by=by,
        purpose="referral",
        about=("referral", row.pk),
        step=step,
        to=Recipient.user(row.case.lead_id),
        words=words,
        parameters=parameters,
        link=f"/desk/cases/{row.case.number}/referrals/{row.pk}/",
        provider_id=row.provider_id,
    ).fresh
