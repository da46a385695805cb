"""A partner's day: told the day before how many come, and heard afterwards — by link or by one word, in numbers."""

from datetime import date, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.errors import Problem
from hopecare.messaging import services as messages
from hopecare.messaging.facts import MessageFact, ReceivedMessage, Recipient, ReplyOutcome
from volunteers import access
from volunteers.models import Call, CallKind, Partner, Place, Portion, Standing, Turn
from volunteers.rules import words
from volunteers.services import portions, telling
from volunteers.states import PortionState

PARTNER = "partner_day"
DAY, MOST = timedelta(hours=24), 500


def partner_of(token: str) -> Partner:
    """The partner of a link that is ours; inside `acting_as`. Raises NotFound for any other link."""
    found = None
    if access.token_is_ours(token):
        rows = Partner.objects.filter(token_hash__in=access.token_candidates(token)).exclude(state="left")
        found = rows.select_related("town").first()
    if found is None:
        raise errors.NotFound("partner_link", "")
    return found


def check_link(*, token: str) -> None:
    """Raises NotFound for a link that is not a partner's."""
    with acting_as(system(Principal.OFFERS)):
        partner_of(token)


def cannot(*, token: str, standing_id: int, on: date, source_address: str | None = None) -> int:
    """By the partner's link: not on that day. What was promised for it is looked for elsewhere at once."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        return _cannot(by, _standing(token, standing_id), on)


def came(*, token: str, standing_id: int, on: date, number: int, source_address: str | None = None) -> int:
    """By the partner's link: so many came. All of them: done; fewer: a colleague asks the houses.

    Returns how many were promised. Raises Impossible before the day and for numbers that cannot be.
    """
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        standing = _standing(token, standing_id)
        promised = Portion.objects.filter(standing=standing, on=on, state=PortionState.PROMISED).count()
        if on > clock.today() or not 0 <= number <= 500:
            raise errors.Impossible(Problem("came", _("Please tell it on the day or after it, as a number.")))
        turn = _turn(standing, on)
        turn.came, turn.came_at = number, clock.now()
        turn.save(update_fields=["came", "came_at"])
        audit.changed(by, "turn", [turn.pk], "came", owners=[turn.provider_id], came=number, promised=promised)
        if number >= promised:
            portions.all_came(by, standing, on)
        return promised


def tell_partners(by: Viewer) -> int:
    """Within the day before: how many come. Another number is another text; who gets none is rung."""
    now = clock.now()
    rows = Portion.objects.filter(
        state=PortionState.PROMISED,
        request__during__startswith__gt=now,
        request__during__startswith__lte=now + DAY,
    )
    counts: dict[tuple[int, date], int] = {}
    for standing_id, on in rows.order_by("on", "standing_id").values_list("standing_id", "on")[:MOST]:
        counts[standing_id, on] = counts.get((standing_id, on), 0) + 1
    told = Turn.objects.filter(on__gte=now.date(), told__isnull=False, off_at=None).select_related("standing")
    known = {(turn.standing_id, turn.on): turn.told for turn in told}
    for turn in told:
        if turn.told and clock.at(turn.on, turn.standing.starts) > now:
            counts.setdefault((turn.standing_id, turn.on), 0)  # all of them were taken back since
    news = [(key, count) for key, count in counts.items() if known.get(key) != count]
    for (standing_id, on), count in news:
        _tell(by, Standing.objects.select_related("partner", "service").get(pk=standing_id), on, count)
    return len(news)


def reply(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """A word about tomorrow: "2" gives the day back at once; "1" is thanked; all else a person reads."""
    meant = words.understood(received.plain)
    about = [int(fact.object_id) for fact in received.about if fact.purpose == PARTNER]
    if meant is None or meant[1] or not about:
        return None
    with acting_as(system(Principal.OFFERS)) as by:
        turn = Turn.objects.select_related("standing__partner").filter(pk=about[0]).first()
        if turn is None or turn.on < clock.today() or turn.standing.partner.phone_hash != phone_hash:
            return None
        language = turn.standing.partner.language
        if not meant[0]:
            _cannot(by, turn.standing, turn.on)
        with translation.override(language):
            said = _("[Hope Care] Thank you, see you then!") if meant[0] else _("[Hope Care] Noted; we look elsewhere.")
        return ReplyOutcome(said, language=language)


def unsent(fact: MessageFact) -> None:
    """The text will never arrive: somebody rings."""
    with acting_as(system(Principal.OFFERS)):
        turn = Turn.objects.select_related("standing__partner").filter(pk=int(fact.object_id)).first()
        if turn is not None and turn.on >= clock.today():
            _ring(turn, fact.reason or "failed")


def opted_out(phone_hash: str) -> None:
    with acting_as(system(Principal.OFFERS)):
        Partner.objects.filter(phone_hash=phone_hash).update(sms_ok=False)


def _standing(token: str, standing_id: int) -> Standing:
    partner = partner_of(token)
    found = Standing.objects.select_related("partner").filter(partner=partner, pk=standing_id).first()
    if found is None:
        raise errors.NotFound("partner_link", "")
    return found


def _cannot(by: Viewer, standing: Standing, on: date) -> int:
    if on < clock.today():
        return 0
    turn = _turn(standing, on)
    if turn.off_at is None:
        turn.off_at = clock.now()
        turn.save(update_fields=["off_at"])
        audit.changed(by, "turn", [turn.pk], "off", owners=[turn.provider_id])
    return portions.cannot_on(by, standing, on)


def _turn(standing: Standing, on: date) -> Turn:
    values = {"provider_id": standing.partner.provider_id}
    return Turn.objects.get_or_create(standing=standing, on=on, defaults=values)[0]


def _tell(by: Viewer, standing: Standing, on: date, count: int) -> None:
    turn, partner = _turn(standing, on), standing.partner
    turn.told, turn.told_at = count, clock.now()
    turn.save(update_fields=["told", "told_at"])
    if not partner.sms_ok:
        _ring(turn, "no_texts")
        return
    with translation.override(partner.language):
        facts = {
            "clock": words.clock_text(clock.at(on, standing.starts), partner.language),
            "what": standing.service.name,
            "n": count,
            "phone": telling.city_phone(),
        }
        if not count:
            text = _("[Hope Care] %(clock)s %(what)s: nobody comes this time after all. Thank you!") % facts
        elif standing.place == Place.HOMES:
            text = _("[Hope Care] %(clock)s %(what)s, houses: %(n)s. If you cannot: 2 or %(phone)s") % facts
        else:
            text = _("[Hope Care] %(clock)s %(what)s, people: %(n)s. If you cannot: 2 or %(phone)s") % facts
    messages.queue(
        by=by,
        purpose=PARTNER,
        about=("turn", turn.pk),
        step=f"count-{count}",
        to=Recipient.volunteer(partner.uuid, phone=partner.phone, language=partner.language, links=partner.links),
        body=text,
        link=telling.partner_link(partner),
        provider_id=partner.provider_id,
        not_after=clock.at(on, standing.ends),
    )


def _ring(turn: Turn, reason: str) -> None:
    partner = turn.standing.partner
    Call.objects.get_or_create(
        key=f"{CallKind.PARTNER}:{turn.pk}:{turn.told}",
        defaults={
            "kind": CallKind.PARTNER,
            "name": f"{partner.name} · {partner.contact_name} ({turn.told})",
            "phone": partner.phone,
            "provider_id": partner.provider_id,
            "reason": reason[:20],
            "created_at": clock.now(),
            "promised_at": clock.at(turn.on, turn.standing.starts),
        },
    )
