"""The stand-by list of a zone and week: asked once, joined and left by one word, by link or on the telephone."""

from datetime import date, timedelta

from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.models import Zone
from hopecare.kernel.permissions import Permission
from hopecare.messaging import services as messages
from hopecare.messaging.facts import ReceivedMessage, Recipient, ReplyOutcome
from volunteers.access import get_visible, visible_to
from volunteers.models import Offer, StandBy, Volunteer, Window
from volunteers.rules import matching, words
from volunteers.selectors.standby import week_of
from volunteers.services import telling
from volunteers.services.acting import machine
from volunteers.services.answers import offer_id_of
from volunteers.states import BOOKED, OfferState, Path, StandByState, VolunteerState

STAND_BY = "stand_by"
WEEK = timedelta(days=7)
#: A zone's list is long enough with so many; so many are asked at once for it.
ENOUGH, ASKED = 6, 12
#: A reminder this near is still to be answered: a second question would confuse the two.
REMINDED = timedelta(hours=36)


def ask_for_next_week() -> int:
    """Before the weekend, in every zone: who may be rung next week? Returns how many were asked."""
    with acting_as(system(Principal.OFFERS)) as by:
        return sum(_ask(by, zone, week_of(clock.today()) + WEEK) for zone in Zone.objects.order_by("pk"))


def ask(*, by: Viewer, zone: str, monday: date) -> int:
    """Further people of a zone are asked for a week that is not over, whoever was least lately asked first."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        row = Zone.objects.filter(code=zone).first()
        if row is None:
            raise errors.NotFound("zone", zone)
        if week_of(monday) + WEEK <= clock.today():
            return 0
        with acting_as(machine(by)) as acting:
            return _ask(acting, row, week_of(monday))


def put(*, by: Viewer, volunteer_id: int, on: bool) -> StandBy:
    """Said on the telephone, for this week."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        volunteer = get_visible(by, Volunteer, named="volunteer", pk=volunteer_id, select=("town",))
        return _say(machine(by), volunteer, week_of(clock.today()), on, Path.CALL)


def put_by_link(*, token: str, on: bool, source_address: str | None = None) -> StandBy:
    """By the volunteer's own link, for this week."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        offer = Offer.objects.select_related("volunteer__town").get(pk=offer_id_of(token))
        return _say(machine(by, offer.volunteer), offer.volunteer, week_of(clock.today()), on, Path.LINK)


def put_by_app(*, volunteer_id: int, on: bool, source_address: str | None = None) -> StandBy:
    """By a telephone signed in with the volunteer's number, for this week."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        volunteer = Volunteer.objects.select_related("town").get(pk=volunteer_id)
        return _say(machine(by, volunteer), volunteer, week_of(clock.today()), on, Path.APP)


def put_by_word(by: Viewer, volunteer: Volunteer, *, on: bool) -> str:
    """One word from the telephone, for this week and for the next where that was asked already; returns the answer."""
    monday = week_of(clock.today())
    asked = StandBy.objects.filter(volunteer=volunteer, week__gte=monday).values_list("week", flat=True)
    for week in sorted({monday, *asked}):
        _say(machine(by, volunteer), volunteer, week, on, Path.WORD)
    return _said(volunteer, on)


def reply(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """ "1" or "2" to the question of the week; all else a person reads."""
    meant = words.understood(received.plain)
    about = [int(fact.object_id) for fact in received.about if fact.purpose == STAND_BY]
    if meant is None or meant[1] or not about:
        return None
    with acting_as(system(Principal.OFFERS)) as by:
        row = StandBy.objects.select_related("volunteer__town").filter(pk=about[0]).first()
        if row is None or row.week + WEEK <= clock.today() or row.volunteer.phone_hash != phone_hash:
            return None
        _say(machine(by, row.volunteer), row.volunteer, row.week, meant[0], Path.WORD)
        return ReplyOutcome(_said(row.volunteer, meant[0]), language=row.volunteer.language)


def _ask(acting: Viewer, zone: Zone, monday: date) -> int:
    rows = visible_to(acting, StandBy).filter(zone=zone, week=monday)
    if rows.filter(state=StandByState.ON).count() >= ENOUGH:
        return 0
    found = _askable(acting, zone, monday)
    for volunteer in found:
        row, fresh = StandBy.objects.get_or_create(
            volunteer=volunteer, week=monday, defaults={"zone": zone, "asked_at": clock.now()}
        )
        if fresh:
            audit.changed(acting, "stand_by", [row.pk], "asked")
            _send(acting, row, zone)
    return len(found)


def _askable(acting: Viewer, zone: Zone, monday: date) -> list[Volunteer]:
    """Who takes texts, has hours, was asked little, and has nothing else to answer at the moment."""
    now = clock.now()
    lately = Count("offers", filter=Q(offers__asked_at__gte=now - timedelta(days=30)), distinct=True)
    near = Q(offers__state__in=[*BOOKED], offers__reminded_at__gte=now - REMINDED)
    rows = visible_to(acting, Volunteer).filter(
        Exists(Window.objects.filter(volunteer=OuterRef("pk"))),
        state=VolunteerState.ACTIVE,
        sms_ok=True,
        town__zone=zone,
    )
    rows = rows.exclude(stand_bys__week=monday).exclude(offers__state=OfferState.OFFERED)
    rows = rows.exclude(pk__in=Volunteer.objects.filter(near).values("pk"))
    rows = rows.annotate(lately=lately, before=Max("stand_bys__asked_at")).filter(lately__lt=matching.MOST_QUESTIONS)
    return list(rows.order_by(F("before").asc(nulls_first=True), "lately", "pk")[:ASKED])


def _say(acting: Viewer, volunteer: Volunteer, monday: date, on: bool, via: Path) -> StandBy:
    with acting_as(acting):
        state = StandByState.ON if on else StandByState.OFF
        row, _fresh = StandBy.objects.select_for_update(of=("self",)).get_or_create(
            volunteer=volunteer, week=monday, defaults={"zone_id": volunteer.town.zone_id}
        )
        if row.state != state:
            row.state, row.answered_at, row.answered_via = state, clock.now(), via
            row.save(update_fields=["state", "answered_at", "answered_via"])
            audit.changed(acting, "stand_by", [row.pk], str(state), via=str(via))
        return row


def _said(volunteer: Volunteer, on: bool) -> str:
    with translation.override(volunteer.language):
        if on:
            return _(
                "[Hope Care] Thank you! We ring you when it is urgent, once at the most. Not any more: write NOSTANDBY"
            )
        return _("[Hope Care] Noted: nobody rings you at short notice. Thank you all the same.")


def _send(acting: Viewer, row: StandBy, zone: Zone) -> None:
    volunteer, last = row.volunteer, row.week + timedelta(days=6)
    with translation.override(volunteer.language):
        text = _("[Hope Care] May we ring you at short notice, %(first)s-%(last)s? Yes 1, no 2. %(phone)s") % {
            "first": f"{row.week.month}/{row.week.day}",
            "last": f"{last.month}/{last.day}",
            "phone": telling.city_phone(),
        }
    messages.queue(
        by=acting,
        purpose=STAND_BY,
        about=("stand_by", row.pk),
        step="ask",
        to=Recipient.volunteer(volunteer.uuid, phone=volunteer.phone, language=volunteer.language, links=False),
        body=text,
        provider_id=zone.centre_id,
        not_after=clock.at(last, clock.CLOSES),
    )
