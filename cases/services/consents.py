"""Consents after a case was opened: asked again, renewed, taken back at once with all that needs them (K6, K7, K10)."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext_noop

from cases import access
from cases.models import Case, CaseHandOver, CaseShare, EntryKind
from cases.rules import consents as rules
from cases.rules.opening import consent_ends, form_version, needs_guardian
from cases.selectors import consents as selectors
from cases.selectors.colleagues import own_heads_of
from cases.selectors.consents import Ending, Standing
from cases.selectors.work import person_of
from cases.services import published, timeline
from cases.services.locking import first_time, locked_case
from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.models import Ground, GroundPurpose, Person
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.people import record_ground
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

#: What the lead reads; whose consent it was stands on the page only.
TAKEN_BACK = {
    GroundPurpose.CASE_MANAGEMENT: gettext_noop(
        "Case %(number)s: the consent to case management was taken back. Please look what ended and whom to ring."
    ),
    GroundPurpose.HEALTH: gettext_noop(
        "Case %(number)s: the consent to health data was taken back. Other organisations read none any more."
    ),
    GroundPurpose.VOLUNTEERS: gettext_noop(
        "Case %(number)s: the consent to volunteers was taken back. Their tasks need another way."
    ),
    GroundPurpose.DONORS: gettext_noop(
        "Case %(number)s: the consent to givers was taken back. They read of no need of it any more."
    ),
}
NOTHING_ENDED = gettext_noop("Case %(number)s: a consent was taken back. Nothing that is open needed it.")
#: To the head of a house whose part has ended.
NO_PART = gettext_noop("Case %(number)s: your organisation does not take part in it any more.")
#: Of whom and to what stands on the page only, too.
RUNS_OUT = gettext_noop("Case %(number)s: a consent ends on %(day)s. Please ask again before then.")


@dataclass(frozen=True)
class Answer:
    """What somebody said to one purpose. `token`: one per form shown."""

    purpose: str
    given: bool
    on: date
    way: str
    guardian: str = ""
    token: str = ""


@dataclass(frozen=True)
class Back:
    """How a consent was taken back; they owe no reason."""

    on: date
    way: str
    reason: str = ""
    only_here: bool = False  # this case is shared no more, the consent goes on in others


def record(*, by: Viewer, number: str, person_id: int, answer: Answer) -> Ground | None:
    """A yes for as long as the form says, or a first no. None when this form was taken before."""
    with acting_as(by):
        case, person, standing = _asked(by, number, person_id, answer.purpose, open_only=True)
        newest = standing.newest
        said = rules.Said(
            given=answer.given,
            on=answer.on,
            way=answer.way,
            guardian=answer.guardian,
            age=person.age,
            newest_yes=newest is not None and newest.given,
            newest_on=newest.starts_on if newest else None,
        )
        problems = rules.said_problems(said, today=clock.today())
        if problems:
            raise errors.Impossible(*problems)
        if not first_time(by, answer.token):
            return None
        guardian = answer.guardian.strip()[:80] if needs_guardian(person.age) else ""
        row = _append(by, person, standing, given=answer.given, on=answer.on, way=answer.way, guardian=guardian)
        _told(by, case, person, answer.purpose, "given" if answer.given else "refused")
        return row


def take_back(*, by: Viewer, number: str, person_id: int, purpose: str, back: Back) -> Ending | None:
    """The consent ends now, and with it what needs it in every case it covered, closed ones too; None when it had ended
    before. By their wish the sharing of one case ends alone, where the viewer sees another one."""
    with acting_as(by):
        case, person, standing = _asked(by, number, person_id, purpose, open_only=False)
        newest = standing.newest
        if newest is None or not newest.given:
            return None
        problems = rules.day_problems(back.on, newest.starts_on, today=clock.today())
        if problems:
            raise errors.Impossible(*problems)
        if back.only_here and selectors.others_shared(by, case, person, purpose):
            return _end_here(by, case, person, purpose)
        ending = selectors.ending(by, case, person, purpose)
        _append(by, person, standing, given=False, on=back.on, way=back.way, reason=back.reason.strip()[:200])
        _carry_out(by, case, ending)
        if purpose == GroundPurpose.CASE_MANAGEMENT:
            _end_elsewhere(by, case, person)
        _told(by, case, person, purpose, "taken_back")
        events.publish("consent.taken_back", case_id=case.pk, person_id=person.pk, purpose=purpose)
        _tell_lead(by, case, person, purpose, NOTHING_ENDED if ending.nothing else TAKEN_BACK[GroundPurpose(purpose)])
        return ending


def _end_here(by: Viewer, case: Case, person: Person, purpose: str) -> Ending:
    ending = selectors.of_this_case(by, case, person)
    _carry_out(by, case, ending)
    _told(by, case, person, purpose, "taken_back_here")
    return ending


def _end_elsewhere(by: Viewer, case: Case, person: Person) -> None:
    """Parts in this person's other cases, whoever sees those; their leads look, the houses are told that it is over and
    neither why nor by whom (D17)."""
    with connection.cursor() as cursor:
        cursor.execute("select * from hc_end_shares(%s, %s, %s, %s)", [person.pk, case.pk, clock.today(), clock.now()])
        ended = cursor.fetchall()
    leads = {}
    for case_id, number, provider_id, lead_id, house_id, is_open in ended:
        told = {"owners": [provider_id, house_id], "organisation": house_id}
        audit.changed(by, "case", [case_id], "share_ended", **told)
        _tell_house(by, case_id, number, house_id)
        if is_open:
            leads[case_id] = (number, provider_id, lead_id)
    words = TAKEN_BACK[GroundPurpose.CASE_MANAGEMENT]
    for case_id, (number, provider_id, lead_id) in leads.items():
        _notice(by, case_id, number, lead_id, words, provider_id, step=f"{person.pk}:elsewhere")


def _tell_house(by: Viewer, case_id: int, number: str, house_id: int) -> None:
    for user_id in own_heads_of([house_id]):
        words, page = NO_PART, "/desk/shared/"
        _notice(by, case_id, number, user_id, words, house_id, step=f"{house_id}:no_part", page=page)


def _asked(by: Viewer, number: str, person_id: int, purpose: str, *, open_only: bool) -> tuple[Case, Person, Standing]:
    """The case under its lock, so that of two who write at once the second one sees the first."""
    case = locked_case(by, number, Permission.CASE_ASSESS, open_only=open_only)
    if purpose not in GroundPurpose.values:
        raise errors.NotFound("consent", purpose)
    person = person_of(by, case, person_id)
    return case, person, selectors.standing_of(by, person, purpose)


def _append(
    by: Viewer,
    person: Person,
    standing: Standing,
    *,
    given: bool,
    on: date,
    way: str,
    guardian: str = "",
    reason: str = "",
) -> Ground:
    """A new row; the old ones stay. A duty that holds beside a no, or longer than a yes, is written again: the newest
    row counts (K7)."""
    ends_on = consent_ends(on) if given else None
    row = record_ground(
        by=by,
        person=person,
        purpose=standing.purpose,
        given=given,
        form_version=form_version(),
        starts_on=on,
        ends_on=ends_on,
        guardian=guardian,
        way=way,
        reason=reason,
    )
    duty = standing.duty
    if duty is not None and (ends_on is None or duty.ends_on is None or duty.ends_on > ends_on):
        record_ground(
            by=by,
            person=person,
            purpose=standing.purpose,
            given=True,
            kind=duty.kind,
            article=duty.article,
            ends_on=duty.ends_on,
        )
    return row


def _carry_out(by: Viewer, case: Case, ending: Ending) -> None:
    """The walls shut by themselves; rows that would open again with the next yes end here. Volunteers hear by event."""
    now = clock.now()
    CaseShare.objects.filter(pk__in=[row.pk for row in ending.shares]).update(ended_at=now)
    for share in ending.shares:
        owners = [case.provider_id, share.organisation_id]
        audit.changed(by, "case", [case.pk], "share_ended", owners=owners, organisation=share.organisation_id)
        _tell_house(by, case.pk, case.number, share.organisation_id)
    CaseHandOver.objects.filter(pk__in=[row.pk for row in ending.offers]).update(withdrawn_at=now)
    for _offer in ending.offers:
        audit.changed(by, "case", [case.pk], "taken_back", owners=[case.provider_id])
    for grant in ending.grants:
        access.withdraw_case(by=by, case=case, user=grant.user)
    for need in ending.needs:
        published.close(by=by, need_uuid=need.uuid, reason="withdrawn")


def _told(by: Viewer, case: Case, person: Person, purpose: str, what: str) -> None:
    audit.changed(by, "case", [case.pk], f"consent_{what}", owners=[case.provider_id], purpose=purpose)
    timeline.append(by, case, EntryKind.CONSENT, what=what, purpose=purpose, person=person.pk)


def _tell_lead(by: Viewer, case: Case, person: Person, purpose: str, words: str) -> None:
    _notice(by, case.pk, case.number, case.lead_id, words, case.provider_id, step=f"{person.pk}:{purpose}")


def _notice(
    by: Viewer, case_id: int, number: str, user_id: int, words: str, provider_id: int, *, step: str, page: str = ""
) -> None:
    notify(
        by=by,
        purpose="consent_no_part" if page else "consent",
        about=("case", case_id),
        step=f"{step}:{clock.now().isoformat()}",
        to=Recipient.user(user_id),
        words=words,
        parameters={"number": number},
        link=page or f"/desk/cases/{number}/consents/",
        provider_id=provider_id,
    )


def watch() -> int:
    """Each night: the lead of an open case hears once, within thirty days before it, that consents of a day end."""
    machine, today = system(Principal.SWEEP), clock.today()
    with acting_as(machine), connection.cursor() as cursor:
        cursor.execute("select * from hc_consents_ending(%s, %s) order by 1, 5", [today, today + rules.AHEAD])
        return sum(
            notify(
                by=machine,
                purpose="consent_runs_out",
                about=("case", case_id),
                step=f"{ends_on}",
                to=Recipient.user(lead_id),
                words=RUNS_OUT,
                parameters={"number": number, "day": f"{ends_on:%m/%d}"},
                link=f"/desk/cases/{number}/consents/",
                provider_id=provider_id,
            ).fresh
            for case_id, number, lead_id, provider_id, ends_on in cursor.fetchall()
        )
