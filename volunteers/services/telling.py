"""What volunteers and staff are told, each exactly once, and who must be rung instead because no text will do."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hopecare.kernel import clock
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import City
from hopecare.messaging import services as messages
from hopecare.messaging.facts import Recipient
from volunteers.models import Call, CallKind, Neighbour, Offer, Partner, Request
from volunteers.rules import words

ASK, SETTLED, CLOSED, CANCELLED = "offer", "offer_settled", "offer_closed", "task_cancelled"
DAY, MOST = timedelta(hours=24), 200
REMIND, TODAY, THANKS = "offer_reminder", "visit_words", "visit_thanks"


def link(offer: Offer) -> str:
    return f"{settings.PUBLIC_URL}/o/{offer.token}/"


def partner_link(partner: Partner) -> str:
    return f"{settings.PUBLIC_URL}/g/{partner.token}/"


def manager_link(token: str) -> str:
    return f"{settings.PUBLIC_URL}/h/{token}/"


def neighbour_link(neighbour: Neighbour) -> str:
    return f"{settings.PUBLIC_URL}/n/{neighbour.token}/"


def city_phone() -> str:
    return City.objects.values_list("phone", flat=True).first() or ""


def ask_of(request: Request, letter: str = "") -> words.Ask:
    service, category = request.service, request.service.category
    return words.Ask(
        starts=request.during.lower.astimezone(clock.SEOUL),
        minutes=int((request.during.upper - request.during.lower).total_seconds() // 60),
        town_ko=request.town.name_ko,
        town_en=request.town.name_en,
        service_ko=service.name_ko,
        service_en=service.name_en,
        category_ko=category.name_ko if category else "",
        category_en=category.name_en if category else "",
        phone=city_phone(),
        letter=letter,
        stairs=request.stairs,
        contact=request.contact_name,
    )


def remind(by: Viewer, offer: Offer) -> None:
    """On the day before: do you still come? One word is enough; whoever gets no texts is rung."""
    if not offer.volunteer.sms_ok:
        call(offer, CallKind.ASSURE, "no_texts")
        return
    with translation.override(offer.volunteer.language):
        text = _("[Hope Care] %(clock)s %(town)s: do you come? Yes 1, no 2 or ring %(phone)s") % _facts(offer)
    _send(by, offer, REMIND, "day_before", text, not_after=offer.request.during.lower)


def words_of_today(by: Viewer, offer: Offer) -> None:
    """For a telephone without links: which word says what. It counts within the hours of the visit alone."""
    with translation.override(offer.volunteer.language):
        text = _("[Hope Care] Today %(clock)s %(town)s. There: arrived. Over: done. Nobody opens: nobody. %(phone)s")
        text = text % _facts(offer)
    _send(by, offer, TODAY, "today", text, not_after=offer.request.during.upper)


def thanks(by: Viewer, offer: Offer, *, minutes: int, year: int) -> None:
    """Once for each confirmed visit; no name, no house."""
    if not offer.volunteer.sms_ok:
        return
    with translation.override(offer.volunteer.language):
        text = _("[Hope Care] Thank you! %(minutes)s minutes on %(clock)s are confirmed, %(hours)s hours this year.")
        text = text % {**_facts(offer), "minutes": minutes, "hours": f"{year / 60:.1f}".removesuffix(".0")}
    _send(by, offer, THANKS, "thanks", text)


def ask(by: Viewer, offer: Offer, step: str = "ask") -> None:
    """The offer itself: a text that works without its link (K20), or a call for those who want no texts."""
    volunteer = offer.volunteer
    if not volunteer.sms_ok:
        call(offer, CallKind.ASK, "no_texts")
        return
    text = words.offer_text(ask_of(offer.request, offer.letter), volunteer.language)
    _send(by, offer, ASK, step, text, domestic=True, not_after=offer.answer_by)


def settled(by: Viewer, offer: Offer) -> None:
    """The promise stands; the named contact with telephone (K20)."""
    request = offer.request
    with translation.override(offer.volunteer.language):
        text = _("[Hope Care] Thank you! Settled: %(clock)s %(town)s. Contact %(name)s %(phone)s") % _facts(offer)
    if offer.volunteer.sms_ok:
        _send(by, offer, SETTLED, "yes", text, not_after=request.during.upper)


def waiting(by: Viewer, offer: Offer, step: str = "waiting") -> None:
    with translation.override(offer.volunteer.language):
        text = _("[Hope Care] Thank you! We are finding who goes with you and will write again.") % _facts(offer)
    if offer.volunteer.sms_ok:
        _send(by, offer, SETTLED, step, text, not_after=offer.request.during.lower)


def closed(by: Viewer, offer: Offer) -> None:
    """To somebody who was asked and has not answered: settled elsewhere or not needed; never why."""
    taken_back = messages.cancel(by=by, purpose=ASK, about=("offer", offer.pk))
    finish_calls(by, offer)
    if taken_back or not offer.volunteer.sms_ok:
        return
    with translation.override(offer.volunteer.language):
        text = _("[Hope Care] The visit on %(clock)s is settled. Thank you, until next time.") % _facts(offer)
    _send(by, offer, CLOSED, "closed", text, not_after=offer.request.during.lower)


def cancelled(by: Viewer, offer: Offer) -> None:
    """To somebody who promised: no need to come; gently, without the reason. Who gets no texts is rung."""
    messages.cancel(by=by, purpose=SETTLED, about=("offer", offer.pk))
    finish_calls(by, offer)
    if not offer.volunteer.sms_ok:
        call(offer, CallKind.TELL, "no_texts")
        return
    with translation.override(offer.volunteer.language):
        text = _("[Hope Care] You need not come on %(clock)s. Thank you for your heart. %(name)s %(phone)s")
        text = text % _facts(offer)
    _send(by, offer, CANCELLED, "cancelled", text, duty=True, not_after=offer.during.upper)


def escort(by: Viewer, offer: Offer, who: str, *, step: str) -> None:
    """Who goes along the first time, by name."""
    if not offer.volunteer.sms_ok:
        return
    with translation.override(offer.volunteer.language):
        text = _("[Hope Care] %(who)s goes along the first time: %(clock)s %(town)s. %(phone)s")
        text = text % {**_facts(offer), "who": who}
    _send(by, offer, SETTLED, step, text, not_after=offer.request.during.lower)


def answer_words(outcome: str, offer: Offer) -> str:
    """A short answer to a word that changed nothing."""
    with translation.override(offer.volunteer.language):
        texts = {
            "already": _("[Hope Care] It is settled: %(clock)s %(town)s. Contact %(name)s %(phone)s"),
            "settled": _("[Hope Care] It is already settled. Thank you, until next time."),
            "clash": _("[Hope Care] You have promised another visit at that time. Thank you all the same."),
            "expired": _("[Hope Care] The time to answer is over. If you can come, please ring %(phone)s."),
            "gone": _("[Hope Care] It is not needed any more. Thank you."),
            "papers": _("[Hope Care] Thank you! A paper runs out before that day. Your centre rings you: %(phone)s"),
            "reserve": _("[Hope Care] It is already settled. If a place becomes free, you are asked first. Thank you!"),
            "assured": _("[Hope Care] Thank you. %(clock)s %(town)s. Contact %(name)s %(phone)s"),
            "cannot": _("[Hope Care] Thank you for telling us. Others are being asked; you need do nothing more."),
            "arrived": _("[Hope Care] Noted, thank you. Over: done. Nobody opens: nobody. %(phone)s"),
            "done": _("[Hope Care] Thank you for being there! Your hours count once they are confirmed."),
            "nobody": _("[Hope Care] Thank you for going. %(name)s looks after it at once. Your time counts."),
            "declined": _("[Hope Care] We noted that you cannot come. If you can, please ring %(phone)s."),
        }
        return str(texts[outcome]) % _facts(offer) if outcome in texts else ""


def which_one(offers: list[Offer]) -> str:
    """Two questions are open on one telephone: how to answer each."""
    language = offers[0].volunteer.language
    parts = [
        f"{words.clock_text(offer.during.lower.astimezone(clock.SEOUL), language)} "
        f"{offer.letter or 'A'}1/{offer.letter or 'A'}2"
        for offer in offers
    ]
    with translation.override(language):
        return f"{_('[Hope Care] Which one? Yes 1, no 2:')} {', '.join(parts)}"


def notice(by: Viewer, request: Request, step: str, text: str, url: str, **more: Any) -> None:
    """A staff notice to whoever leads and whoever asked; `text` is an English msgid."""
    parameters = {
        "service": request.service.name_ko,
        "when": words.clock_text(request.during.lower.astimezone(clock.SEOUL), "ko"),
        "town": request.town.name_ko,
        **more,
    }
    for user_id in {request.lead_id, request.opened_by_id}:
        messages.notify(
            by=by,
            purpose="volunteers",
            about=("request", request.pk),
            step=f"{step}-{user_id}",
            to=Recipient.user(user_id),
            words=text,
            parameters=parameters,
            link=url,
            provider_id=request.provider_id,
        )


FIRST_VISIT = gettext_noop("%(who)s goes there for the first time: %(service)s, %(town)s, %(when)s. Please go along.")
INCIDENT = gettext_noop("Something went wrong with volunteering. Please read it.")
EVERYBODY_ASKED = gettext_noop("Everybody suitable was asked: %(service)s, %(town)s, %(when)s. Please telephone.")
BACKUP_NEEDED = gettext_noop("Nobody has promised yet: %(service)s, %(town)s, %(when)s. Please call %(who)s.")
PAPER_ENDS = gettext_noop("A paper of %(who)s runs out before %(when)s: %(service)s, %(town)s. Please arrange it.")
NO_SHOW = gettext_noop("%(who)s did not come: %(service)s, %(town)s, %(when)s. Please look at the call list.")
NOBODY_FOUND = gettext_noop("Nobody was found in time: %(service)s, %(town)s, %(when)s.")
CANNOT_COME = gettext_noop("%(who)s cannot come: %(service)s, %(town)s, %(when)s. Others are being asked.")
NOBODY_OPENED = gettext_noop("%(who)s rang and nobody opened: %(service)s, %(town)s, %(when)s. Please look.")
TELL_BY_CALL = gettext_noop("Please ring %(who)s: the visit is cancelled and no text reaches them (%(when)s).")


def call(offer: Offer, kind: CallKind, reason: str) -> Call:
    """Put an offer on the call list, once per kind."""
    row, _fresh = Call.objects.get_or_create(
        key=f"{kind}:{offer.pk}",
        defaults={
            "kind": kind,
            "offer": offer,
            "team_id": offer.team_id,
            "provider_id": offer.provider_id,
            "reason": reason[:20],
            "created_at": clock.now(),
        },
    )
    return row


def finish_calls(by: Viewer, offer: Offer) -> None:
    """Nobody need ring about this offer any more, but for what is still to be told."""
    rows = Call.objects.filter(offer=offer, done_at=None).exclude(kind=CallKind.TELL)
    rows.update(done_at=clock.now(), done_by_id=by.user_id)


def _facts(offer: Offer) -> dict[str, str]:
    request, language = offer.request, translation.get_language() or "ko"
    return {
        "clock": words.clock_text(offer.during.lower.astimezone(clock.SEOUL), language),
        "town": request.town.name_ko if language.startswith("ko") else request.town.name_en,
        "name": request.contact_name,
        "phone": request.contact_phone or city_phone(),
    }


def _send(by: Viewer, offer: Offer, purpose: str, step: str, text: str, **more: Any) -> None:
    volunteer = offer.volunteer
    with_link = purpose in (ASK, SETTLED)
    messages.queue(
        by=by,
        purpose=purpose,
        about=("offer", offer.pk),
        step=step,
        to=Recipient.volunteer(
            volunteer.uuid, phone=volunteer.phone, language=volunteer.language, links=volunteer.links
        ),
        body=text,
        link=link(offer) if with_link else "",
        provider_id=offer.provider_id,
        **more,
    )
