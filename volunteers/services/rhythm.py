"""The weekly contact of hope managers: told by word, link, visit or telephone; a week that was missed climbs.

On the day it is due the manager is reminded, the day after the area's leader hears of it, the day after that the lead
of the case. Texts tell a town and a letter, never a name.
"""

from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.permissions import Permission
from hopecare.messaging import services as messages
from hopecare.messaging.facts import ReceivedMessage, Recipient, ReplyOutcome
from volunteers import access
from volunteers.access import get_visible
from volunteers.models import Call, CallKind, Contact, HopeManager, Offer, Pairing, Volunteer
from volunteers.rules import words
from volunteers.services import managers, telling
from volunteers.services.acting import machine
from volunteers.states import BOOKED, Path, VolunteerState

RHYTHM = "manager_week"
MOST, IN_A_TEXT, DAY = 200, 3, timedelta(days=1)
MISSED = gettext_noop("No contact since %(since)s: hope manager %(who)s, %(town)s. Please ring, or go and look.")
WITHOUT = gettext_noop("Hope manager %(who)s has stopped: a house in %(town)s needs somebody else.")
NOT_REACHED = gettext_noop("Hope manager %(who)s could not reach the person in %(town)s today. Please look.")


def manager_of(token: str) -> HopeManager:
    """The manager of a link that is ours; inside `acting_as`. Raises NotFound for any other link."""
    found = None
    if access.token_is_ours(token):
        rows = HopeManager.objects.filter(token_hash__in=access.token_candidates(token))
        found = rows.exclude(volunteer__state=VolunteerState.LEFT).select_related("volunteer", "cohort").first()
    if found is None:
        raise errors.NotFound("manager_link", "")
    return found


def tell_by_link(*, token: str, pairing_id: int, reached: bool, source_address: str | None = None) -> Pairing:
    """By the manager's own link: reached, or tried in vain."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        manager = manager_of(token)
        row = Pairing.objects.filter(pk=pairing_id, manager=manager, ended_on=None).first()
        if row is None:
            raise errors.NotFound("manager_link", "")
        return _note(machine(by, manager.volunteer), row.pk, reached, Path.LINK)


def tell_by_call(*, by: Viewer, pairing_id: int, reached: bool) -> Pairing:
    """The manager told it to a colleague on the telephone."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        row = get_visible(by, Pairing, named="pairing", pk=pairing_id)
        return _note(machine(by), row.pk, reached, Path.CALL, noted_by=by.user_id)


def visited(acting: Viewer, offer: Offer) -> None:
    """A visit to a house that is theirs is the contact of that week; a closed door climbs by itself."""
    rows = Pairing.objects.filter(manager__volunteer_id=offer.volunteer_id, case_id=offer.case_id, ended_on=None)
    for pairing_id in list(rows.values_list("pk", flat=True)):
        _note(acting, pairing_id, reached=not offer.nobody_home, via="visit", climbs=False)


def reply(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """ "1"/"2" for the one house that was named, "B1"/"B2" for one of several; all else a person reads."""
    meant = words.understood(received.plain)
    about = [int(fact.object_id) for fact in received.about if fact.purpose == RHYTHM]
    if meant is None or not about:
        return None
    reached, letter = meant
    with acting_as(system(Principal.OFFERS)) as by:
        rows = Pairing.objects.filter(manager_id=about[0], manager__volunteer__phone_hash=phone_hash, ended_on=None)
        open_ones = rows.filter(letter=letter) if letter else rows.filter(reminded_at__isnull=False)
        found = list(open_ones.select_related("manager__volunteer")[:2])
        if len(found) != 1:
            return None
        volunteer = found[0].manager.volunteer
        _note(machine(by, volunteer), found[0].pk, reached, Path.WORD)
        with translation.override(volunteer.language):
            thanks = _("[Hope Care] Noted, thank you for keeping in touch.")
            alarm = _("[Hope Care] Thank you for telling us. We look after it at once.")
        return ReplyOutcome(thanks if reached else alarm, language=volunteer.language)


def watch(by: Viewer) -> int:
    """Whatever is due, one step a day; returns how many were told."""
    today = clock.today()
    rows = Pairing.objects.filter(ended_on=None, rests=False, lead_told_at=None, due_on__lte=today)
    locked = rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    related = ("manager__volunteer__town__zone", "manager__leader__town__zone", "town")
    due = list(locked.select_related(*related)[:MOST])
    told = sum(_climb(by, row) for row in due if row.reminded_at is not None)
    fresh = [row for row in due if row.reminded_at is None and not _goes_today(row)]
    for manager_id in sorted({row.manager_id for row in fresh}):
        _remind(by, [row for row in fresh if row.manager_id == manager_id])
    return told + len(fresh)


def without_manager(acting: Viewer, volunteer: Volunteer) -> None:
    """They have left: every lead hears at once that a house is without its manager."""
    rows = Pairing.objects.filter(manager__volunteer=volunteer, ended_on=None)
    for row in list(rows.select_related("manager__volunteer", "town")):
        _tell_lead(acting, row, WITHOUT, "without")
    managers.end_all(acting, manager__volunteer=volunteer)


def _climb(by: Viewer, row: Pairing) -> int:
    """The leader a day after the day it was due, the lead of the case another day later."""
    now, today = clock.now(), clock.today()
    if row.leader_told_at is None and row.due_on + DAY <= today:
        row.leader_told_at = now
        row.save(update_fields=["leader_told_at"])
        _tell_leader(by, row)
        return 1
    if row.leader_told_at is not None and row.due_on + 2 * DAY <= today:
        row.lead_told_at = now
        row.save(update_fields=["lead_told_at"])
        _tell_lead(by, row, MISSED, f"missed-{row.due_on}")
        return 1
    return 0


def _goes_today(row: Pairing) -> bool:
    """The visit of this very day, or of tomorrow, is the contact: nobody is reminded of what they are about to do."""
    soon = clock.at(clock.today() + DAY, clock.CLOSES)
    return Offer.objects.filter(
        volunteer_id=row.manager.volunteer_id,
        case_id=row.case_id,
        state__in=[*BOOKED],
        during__startswith__lte=soon,
        during__endswith__gte=clock.now(),
    ).exists()


def _remind(by: Viewer, rows: list[Pairing]) -> None:
    manager, volunteer = rows[0].manager, rows[0].manager.volunteer
    Pairing.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=clock.now())
    if not volunteer.sms_ok or volunteer.state != VolunteerState.ACTIVE:
        for row in rows:
            _ring(row, "no_texts")
        return
    language = volunteer.language
    houses = ", ".join(f"{row.letter} {_place(row, language)}" for row in rows[:IN_A_TEXT])
    with translation.override(language):
        facts = {"houses": houses, "letter": rows[0].letter, "phone": telling.city_phone()}
        if len(rows) == 1:
            text = _("[Hope Care] This week's contact: %(houses)s. Reached 1, not reached 2. %(phone)s") % facts
        else:
            text = _("[Hope Care] This week's contacts: %(houses)s. Reached %(letter)s1, not %(letter)s2. %(phone)s")
            text = text % facts
    _send(by, volunteer, ("manager", manager.pk), f"week-{min(row.due_on for row in rows)}", text, manager.token)


def _tell_leader(by: Viewer, row: Pairing) -> None:
    """Whoever leads the area rings the manager; where nobody does, the centre does."""
    leader = row.manager.leader
    if leader is None or not leader.sms_ok or leader.state != VolunteerState.ACTIVE:
        _ring(row, "no_leader" if leader is None else "no_texts")
        return
    with translation.override(leader.language):
        text = _("[Hope Care] A manager of yours told no contact for a week (%(place)s). Please ring. %(phone)s") % {
            "place": f"{row.letter} {_place(row, leader.language)}",
            "phone": telling.city_phone(),
        }
    own = HopeManager.objects.filter(volunteer=leader).first()  # whose page names who it is
    _send(by, leader, ("pairing", row.pk), f"leader-{row.due_on}", text, own.token if own else "")


def _tell_lead(by: Viewer, row: Pairing, text: str, step: str) -> None:
    since = row.last_on or row.since
    messages.notify(
        by=by,
        purpose="volunteers",
        about=("pairing", row.pk),
        step=step,
        to=Recipient.user(row.lead_id),
        words=text,
        parameters={
            "who": row.manager.volunteer.name,
            "town": row.town.name_ko,
            "since": f"{since.month}/{since.day}",
        },
        link=f"/desk/matching/volunteers/{row.manager.volunteer_id}/",
        provider_id=row.provider_id,
    )


def _note(
    acting: Viewer, pairing_id: int, reached: bool, via: str, *, noted_by: int | None = None, climbs: bool = True
) -> Pairing:
    """One line, and the week begins anew; a contact tried in vain is told to the lead at once instead."""
    with acting_as(acting):
        rows = Pairing.objects.select_for_update(of=("self",)).select_related("manager__volunteer", "town")
        row = rows.get(pk=pairing_id)
        keys = {"team_id": row.team_id, "provider_id": row.provider_id, "case_id": row.case_id}
        Contact.objects.create(pairing=row, at=clock.now(), reached=reached, via=via, noted_by_id=noted_by, **keys)
        what = "contact" if reached else "not_reached"
        audit.changed(acting, "pairing", [row.pk], what, owners=[row.provider_id], via=str(via))
        row.reminded_at = row.leader_told_at = row.lead_told_at = None
        row.due_on = clock.today() + (timedelta(days=row.every_days) if reached else DAY)
        row.last_on = clock.today() if reached else row.last_on
        row.save(update_fields=["reminded_at", "leader_told_at", "lead_told_at", "due_on", "last_on"])
        calls = Call.objects.filter(key__startswith=f"{CallKind.RHYTHM}:{row.pk}:", done_at=None)
        calls.update(done_at=clock.now(), done_by_id=noted_by)
        if not reached and climbs:
            _tell_lead(acting, row, NOT_REACHED, f"tried-{clock.today()}")
            events.publish("visit.nobody_opened", case_id=row.case_id, at=clock.now().isoformat())
        return row


def _ring(row: Pairing, reason: str) -> None:
    values = {
        "kind": CallKind.RHYTHM,
        "volunteer": row.manager.volunteer,
        "team_id": row.team_id,
        "provider_id": row.provider_id,
        "reason": reason,
        "created_at": clock.now(),
    }
    Call.objects.get_or_create(key=f"{CallKind.RHYTHM}:{row.pk}:{row.due_on}", defaults=values)


def _place(row: Pairing, language: str) -> str:
    return row.quarter or (row.town.name_ko if language.startswith("ko") else row.town.name_en)


def _send(by: Viewer, to: Volunteer, about: tuple[str, int], step: str, text: str, token: str) -> None:
    messages.queue(
        by=by,
        purpose=RHYTHM,
        about=about,
        step=step,
        to=Recipient.volunteer(to.uuid, phone=to.phone, language=to.language, links=to.links),
        body=text,
        link=telling.manager_link(token) if token else "",
        provider_id=to.town.zone.centre_id,
    )
