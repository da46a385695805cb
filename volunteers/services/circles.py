"""Circles of neighbours (R95): opened by a centre, lived by the neighbours. No case, no need, no person stands in them.

What one asks or offers reaches the others by text and page; the first yes takes it, and the two learn each other's
number. The desk sees who is in a circle and how lively it is, never the words.
"""

from datetime import date, time

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Town
from hopecare.kernel.permissions import Permission
from hopecare.messaging import services as messages
from hopecare.messaging.facts import ReceivedMessage, Recipient, ReplyOutcome
from volunteers import access
from volunteers.access import get_visible
from volunteers.facts import NeighbourTold
from volunteers.models import Circle, Favour, FavourKind, Neighbour
from volunteers.rules import circles as rules
from volunteers.rules import words
from volunteers.services import telling
from volunteers.states import FavourState

NEIGHBOUR = "neighbour_favour"
FORM_VERSION, END_OF_DAY = "2026-1", time(21)


def open_circle(*, by: Viewer, village: str, town: str) -> Circle:
    """A circle of a village, without anybody in it yet. Raises Impossible with every problem."""
    check(by, Permission.VOLUNTEER_MANAGE)
    row = Town.objects.select_related("zone").filter(code=town).first()
    problems = [] if village.strip() else [errors.required("village")]
    if row is None:
        problems.append(errors.required("town"))
    if problems or row is None:
        raise errors.Impossible(*problems)
    with acting_as(by):
        circle = Circle.objects.create(
            village=village.strip()[:40],
            town=row,
            provider_id=by.organisation_id or row.zone.centre_id,
            opened_by_id=by.user_id,
            opened_on=clock.today(),
        )
        audit.changed(by, "circle", [circle.pk], "opened", owners=[circle.provider_id])
        return circle


def join(*, by: Viewer, circle_id: int, told: NeighbourTold) -> Neighbour:
    """A neighbour more, who agreed that the others learn name and number. Raises Impossible with every problem.

    Twelve at most, and nobody twice; both are kept by the database.
    """
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        circle = get_visible(by, Circle, named="circle", pk=circle_id, provider_id=by.organisation_id)
        problems = _problems(circle, told)
        Circle.objects.select_for_update(of=("self",)).get(pk=circle.pk)
        place = rules.free_place(set(circle.neighbours.filter(left_on=None).values_list("number", flat=True)))
        if place is None:
            problems.append(Problem("full", _("Twelve are in it. Please open a second circle."), "name"))
        if problems or place is None:
            raise errors.Impossible(*problems)
        try:
            with transaction.atomic():
                row = _put(by, circle, told, place)
        except IntegrityError as error:
            raise errors.Impossible(Problem("twice", _("This number is in the circle already."), "phone")) from error
        audit.changed(by, "neighbour", [row.pk], "joined", owners=[row.provider_id])
        return row


def leave_for(*, by: Viewer, neighbour_id: int) -> None:
    """Staff heard that somebody wants to leave."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        row = get_visible(by, Neighbour, named="neighbour", pk=neighbour_id)
        with acting_as(system(Principal.OFFERS)):
            _leave(by, row)


def end_circle(*, by: Viewer, circle_id: int) -> None:
    """Nobody meets any more: names and numbers of all go at once."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        circle = get_visible(by, Circle, named="circle", pk=circle_id, provider_id=by.organisation_id)
        with acting_as(system(Principal.OFFERS)):
            for row in list(circle.neighbours.filter(left_on=None)):
                _leave(by, row)
            Circle.objects.filter(pk=circle.pk, ended_on=None).update(ended_on=clock.today())
        audit.changed(by, "circle", [circle.pk], "ended", owners=[circle.provider_id])


def neighbour_of(token: str) -> Neighbour:
    """The neighbour of a link that is ours; inside `acting_as`. Raises NotFound for any other link."""
    found = None
    if access.token_is_ours(token):
        rows = Neighbour.objects.filter(token_hash__in=access.token_candidates(token), left_on=None)
        found = rows.select_related("circle__town").first()
    if found is None:
        raise errors.NotFound("neighbour_link", "")
    return found


def write(*, token: str, kind: str, text: str, on: date | None, source_address: str | None = None) -> Favour:
    """Something asked or offered, until a day. Raises Impossible with every problem, also for words that no text may
    carry: illness, money troubles, a link."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        me = neighbour_of(token)
        others = list(me.circle.neighbours.filter(left_on=None).exclude(pk=me.pk).order_by("number"))
        problems = _problems_of_favour(kind, text, on, len(others) + 1)
        if problems or on is None:
            raise errors.Impossible(*problems)
        favour = Favour.objects.create(
            circle=me.circle, by=me, kind=kind, words=" ".join(text.split()), on=on, written_at=clock.now()
        )
        audit.changed(by, "favour", [favour.pk], "written", owners=[me.provider_id])
        for other in others:
            _tell(by, favour, other)
        return favour


def take(*, token: str, favour_id: int, source_address: str | None = None) -> bool:
    """ "I do it", or "I would like that"; false when another was first."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        return _take(by, neighbour_of(token), favour_id)


def settle(*, token: str, favour_id: int, done: bool, source_address: str | None = None) -> bool:
    """Done, with thanks; or given back: by its writer it ends, by whoever took it it is open again for the others."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        me = neighbour_of(token)
        favour = _locked(me, favour_id)
        if favour.state == FavourState.TAKEN and me.pk in (favour.by_id, favour.taken_by_id):
            if done:
                favour.state, favour.ended_at = FavourState.DONE, clock.now()
            else:
                favour.state, favour.taken_by, favour.taken_at = FavourState.OPEN, None, None
        elif favour.state == FavourState.OPEN and me.pk == favour.by_id and not done:
            favour.state, favour.ended_at = FavourState.BACK, clock.now()
        else:
            return False
        favour.save(update_fields=["state", "taken_by", "taken_at", "ended_at"])
        audit.changed(by, "favour", [favour.pk], str(favour.state), owners=[me.provider_id])
        return True


def leave(*, token: str, source_address: str | None = None) -> None:
    """By one's own link: name and number go at once."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        _leave(by, neighbour_of(token))


def reply(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """ "1" takes what was asked last; "2" is noted and changes nothing; all else a person reads."""
    meant = words.understood(received.plain)
    about = [int(fact.object_id) for fact in received.about if fact.purpose == NEIGHBOUR]
    if meant is None or meant[1] or not about:
        return None
    with acting_as(system(Principal.OFFERS)) as by:
        favour = Favour.objects.filter(pk=about[0]).first()
        rows = Neighbour.objects.filter(phone_hash=phone_hash, left_on=None)
        me = rows.filter(circle_id=favour.circle_id).first() if favour is not None else None
        if favour is None or me is None:
            return None
        if not meant[0] or favour.by_id == me.pk:
            return ReplyOutcome(None)
        taken = _take(by, me, favour.pk)
        favour.refresh_from_db()
        with translation.override(me.language):
            if taken or favour.taken_by_id == me.pk:
                said = _("[Hope Care] Thank you! Please ring your neighbour: %(phone)s")
                said = said % {"phone": favour.by.phone_shown}
            else:
                said = _("[Hope Care] A neighbour was first, or it is over. Thank you!")
        return ReplyOutcome(said, language=me.language)


def opted_out(phone_hash: str) -> None:
    with acting_as(system(Principal.OFFERS)):
        Neighbour.objects.filter(phone_hash=phone_hash).update(sms_ok=False)


def _problems(circle: Circle, told: NeighbourTold) -> list[Problem]:
    found = [] if told.name.strip() else [errors.required("name")]
    if _number(told.phone) is None:
        found.append(errors.bad_phone())
    if not told.grown_up:
        found.append(Problem("grown_up", _("A circle is for grown-ups; minors help in groups."), "grown_up"))
    if not told.agreed:
        asked = _("Please ask first whether the neighbours may learn name and number.")
        found.append(Problem("agreed", asked, "agreed"))
    if circle.ended_on is not None:
        found.append(Problem("ended", _("This circle has ended."), "name"))
    return found


def _problems_of_favour(kind: str, text: str, on: date | None, people: int) -> list[Problem]:
    found = [] if text.strip() else [errors.required("words")]
    if len(text) > rules.LONGEST_WORDS:
        found.append(Problem("long", _("Sixty signs at most: the rest you tell each other."), "words"))
    if kind not in FavourKind.values:
        found.append(errors.required("kind"))
    if not rules.may_run_until(on, clock.today()):
        found.append(Problem("on", _("A day within the next month, please."), "on"))
    if people < rules.FEWEST:
        found.append(Problem("few", _("A circle begins with three. Please bring another neighbour."), "words"))
    return found


def _put(by: Viewer, circle: Circle, told: NeighbourTold, place: int) -> Neighbour:
    number, token = phones.normal(told.phone), access.new_token()
    return Neighbour.objects.create(
        circle=circle,
        provider_id=circle.provider_id,
        number=place,
        name=told.name.strip()[:40],
        phone=number,
        phone_hash=phones.hashed(number),
        sms_ok=told.sms_ok,
        token=token,
        token_hash=access.token_hash(token),
        agreed_on=clock.today(),
        form_version=FORM_VERSION,
        written_by_id=by.user_id,
    )


def _leave(by: Viewer, row: Neighbour) -> None:
    """What they wrote ends; what they took is open again."""
    Favour.objects.filter(by=row, state__in=[FavourState.OPEN, FavourState.TAKEN]).update(
        state=FavourState.BACK, taken_by=None, taken_at=None, ended_at=clock.now()
    )
    Favour.objects.filter(taken_by=row, state=FavourState.TAKEN).update(
        state=FavourState.OPEN, taken_by=None, taken_at=None
    )
    row.left_on, row.name, row.phone, row.phone_hash = clock.today(), "–", "–", f"gone:{row.pk}"
    row.sms_ok = False
    row.save(update_fields=["left_on", "name", "phone", "phone_hash", "sms_ok"])
    audit.changed(by, "neighbour", [row.pk], "left", owners=[row.provider_id])


def _locked(me: Neighbour, favour_id: int) -> Favour:
    rows = Favour.objects.select_for_update(of=("self",)).select_related("by", "taken_by")
    favour = rows.filter(pk=favour_id, circle_id=me.circle_id).first()
    if favour is None:
        raise errors.NotFound("favour", str(favour_id))
    return favour


def _take(by: Viewer, me: Neighbour, favour_id: int) -> bool:
    favour = _locked(me, favour_id)
    if favour.state != FavourState.OPEN or favour.by_id == me.pk or favour.on < clock.today():
        return False
    favour.state, favour.taken_by, favour.taken_at = FavourState.TAKEN, me, clock.now()
    favour.save(update_fields=["state", "taken_by", "taken_at"])
    audit.changed(by, "favour", [favour.pk], "taken", owners=[me.provider_id])
    writer = favour.by
    with translation.override(writer.language):
        text = _("[Hope Care] A neighbour says yes! Please ring: %(phone)s") % {"phone": me.phone_shown}
    _send(by, favour, writer, f"taken-{me.pk}", text)
    return True


def _tell(by: Viewer, favour: Favour, other: Neighbour) -> None:
    with translation.override(other.language):
        frame = (
            _("[Hope Care] A neighbour asks: “{}” I can: 1, no: 2")
            if favour.kind == FavourKind.ASK
            else _("[Hope Care] A neighbour offers: “{}” Yes please: 1, no: 2")
        )
    _send(by, favour, other, f"tell-{other.pk}", rules.fitted(frame, favour.words))


def _send(by: Viewer, favour: Favour, to: Neighbour, step: str, text: str) -> None:
    if not to.sms_ok:
        return
    messages.queue(
        by=by,
        purpose=NEIGHBOUR,
        about=("favour", favour.pk),
        step=step,
        to=Recipient.volunteer(to.uuid, phone=to.phone, language=to.language, links=to.links),
        body=text,
        link=telling.neighbour_link(to),
        provider_id=to.provider_id,
        not_after=clock.at(favour.on, END_OF_DAY),
    )


def _number(text: str) -> str | None:
    try:
        return phones.normal(text) or None
    except phones.BadPhone:
        return None
