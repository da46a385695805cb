"""News from elsewhere: a case or a task that ends, people away, texts that cannot arrive, words that come in.

Event handlers run in the transaction of their delivery, reply handlers in that of the text that came in.
"""

from datetime import timedelta
from typing import Any

from cases.selectors.tasks import task_card
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import GroundPurpose, PersonState
from hopecare.messaging.facts import MessageFact, ReceivedMessage, ReplyOutcome
from hopecare.messaging.states import Reason
from volunteers.models import (
    Call,
    CallKind,
    Contact,
    Coupon,
    Escort,
    Incident,
    Offer,
    Package,
    Pairing,
    Portion,
    Project,
    Request,
    Volunteer,
)
from volunteers.rules import matching, words
from volunteers.services import answers, asking, assuring, managers, own_words, requests, telling, visits
from volunteers.states import BOOKED, SERVED, Ending, OfferState, Outcome, RequestState

#: A word without an open question is understood for so long after the last one; later a person reads it.
REMEMBERED = timedelta(days=14)
CALLS_URL = asking.CALLS_URL


def case_closed(payload: dict[str, Any]) -> None:
    managers.end_all(system(Principal.OFFERS), case_id=payload["case_id"])
    _withdraw(Ending.CLOSED, case_id=payload["case_id"])


def action_cancelled(payload: dict[str, Any]) -> None:
    _withdraw(Ending.CLOSED, action_id=payload["action_id"])


def person_state(payload: dict[str, Any]) -> None:
    """Died, in hospital, moved: nobody goes to an empty flat (D15); the volunteer hears no reason."""
    here = payload["state"] == PersonState.HERE
    managers.rest_all(payload["person_id"], here=here)
    if not here:
        _withdraw(Ending.AWAY, case__main_person_id=payload["person_id"])


def person_died(payload: dict[str, Any]) -> None:
    managers.end_all(system(Principal.OFFERS), case__main_person_id=payload["person_id"])
    _withdraw(Ending.AWAY, case__main_person_id=payload["person_id"])


def person_sealed(payload: dict[str, Any]) -> None:
    """A protected address (D5): no stranger knows or goes there any more."""
    managers.end_all(system(Principal.OFFERS), case__main_person_id=payload["person_id"])
    _withdraw(Ending.AWAY, case__main_person_id=payload["person_id"])


def consent_taken_back(payload: dict[str, Any]) -> None:
    """Strangers are not to know place and hour any more (K6): nobody goes there on what was asked before."""
    if payload["purpose"] == GroundPurpose.VOLUNTEERS:
        managers.end_all(system(Principal.OFFERS), case__main_person_id=payload["person_id"])
        _withdraw(Ending.CLOSED, case__main_person_id=payload["person_id"])


def case_transferred(payload: dict[str, Any]) -> None:
    """The keys follow the case to its new team and centre."""
    keys = {"team_id": payload["team_id"], "provider_id": payload["provider_id"]}
    with acting_as(system(Principal.OFFERS)):
        Request.objects.filter(case_id=payload["case_id"]).update(**keys)
        Offer.objects.filter(case_id=payload["case_id"]).update(**keys)
        Call.objects.filter(offer__case_id=payload["case_id"]).update(**keys)
        Portion.objects.filter(case_id=payload["case_id"]).update(**keys)
        Escort.objects.filter(case_id=payload["case_id"]).update(**keys)
        Incident.objects.filter(case_id=payload["case_id"]).update(**keys)
        Coupon.objects.filter(case_id=payload["case_id"]).update(**keys)
        Project.objects.filter(case_id=payload["case_id"]).update(**keys)
        Package.objects.filter(case_id=payload["case_id"]).update(**keys)
        Pairing.objects.filter(case_id=payload["case_id"]).update(**keys)
        Contact.objects.filter(case_id=payload["case_id"]).update(**keys)


def case_lead(payload: dict[str, Any]) -> None:
    """Another lead: the contact on open requests and on the volunteers' pages is theirs from now on."""
    with acting_as(system(Principal.OFFERS)) as machine:
        Pairing.objects.filter(case_id=payload["case_id"]).update(lead_id=payload["user_id"])
        rows = Request.objects.filter(case_id=payload["case_id"]).exclude(state=RequestState.CLOSED)
        for request in rows.select_for_update():
            card = task_card(machine, request.action_id)
            if card is not None:
                request.lead_id = card.lead_id
                request.contact_name, request.contact_phone = card.contact_name, card.contact_phone
                request.save(update_fields=["lead", "contact_name", "contact_phone"])


def _withdraw(ending: Ending, **which: Any) -> None:
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = Request.objects.filter(**which).exclude(state=RequestState.CLOSED).order_by("pk")
        for request_id in list(rows.values_list("pk", flat=True)):
            requests.withdraw(machine, asking.locked(request_id), ending)


def unsent(fact: MessageFact) -> None:
    """A text about an offer will never arrive: a person rings, and the lead hears of a visit made in vain."""
    if fact.reason in (Reason.TOO_LATE, Reason.WITHDRAWN):
        return
    with acting_as(system(Principal.OFFERS)) as machine:
        offer = Offer.objects.select_related("volunteer", "request__service", "request__town")
        row = offer.filter(pk=int(fact.object_id)).first()
        if row is None:
            return
        reason = fact.reason or "failed"
        if fact.purpose == telling.CANCELLED:
            telling.call(row, CallKind.TELL, reason)
            step = f"tell-{row.pk}"
            telling.notice(machine, row.request, step, telling.TELL_BY_CALL, CALLS_URL, who=row.volunteer.name)
        elif fact.purpose == telling.ASK and row.state == OfferState.OFFERED:
            telling.call(row, CallKind.ASK, reason)
        elif fact.purpose == telling.REMIND and row.state in BOOKED:
            telling.call(row, CallKind.ASSURE, reason)
        elif fact.purpose == telling.SETTLED and row.state in BOOKED:
            telling.call(row, CallKind.SETTLED, reason)


def screen(fact: MessageFact) -> str:
    """Where the phone app opens a question, as long as it is one."""
    with acting_as(system(Principal.OFFERS)):
        offers = Offer.objects.filter(pk=int(fact.object_id), state=OfferState.OFFERED)
        found = offers.values_list("uuid", flat=True).first()
    return f"visit:{found}" if found else ""


def opted_out(phone_hash: str) -> None:
    """STOP wins: no more texts; what is open goes to the call list."""
    with acting_as(system(Principal.OFFERS)):
        Volunteer.objects.filter(phone_hash=phone_hash).update(sms_ok=False)
        for offer in Offer.objects.filter(phone_hash=phone_hash, state=OfferState.OFFERED):
            telling.call(offer, CallKind.ASK, "opt_out")


def reply(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """A word about an offer; None for everything a person must read."""
    meant = words.understood(received.plain)
    if meant is None:
        return visit_reply(phone_hash, text, received)
    yes, letter = meant
    with acting_as(system(Principal.OFFERS)):
        asked = [int(fact.object_id) for fact in received.about if fact.purpose == telling.ASK]
        rows = Offer.objects.select_related("volunteer", "request__service", "request__town").filter(
            phone_hash=phone_hash, pk__in=asked, asked_at__lte=received.received_at
        )
        still_open = list(rows.filter(state=OfferState.OFFERED).order_by("pk"))
        if letter:
            still_open = [offer for offer in still_open if (offer.letter or "A") == letter]
        if len(still_open) > 1:
            return ReplyOutcome(telling.which_one(still_open), language=still_open[0].volunteer.language)
        if still_open:
            return _answered(still_open[0], yes)
        latest = rows.filter(asked_at__gte=clock.now() - REMEMBERED).order_by("-asked_at", "-pk").first()
        return _nothing_open(latest, yes) if latest is not None and not letter else None


def _answered(offer: Offer, yes: bool) -> ReplyOutcome:
    outcome = answers.answer_by_word(offer_id=offer.pk, yes=yes)
    said = "" if outcome in (Outcome.BOOKED, Outcome.WAITING, Outcome.DECLINED) else str(outcome)
    text = telling.answer_words(said, offer)
    return ReplyOutcome(text or None, language=offer.volunteer.language, details={"outcome": str(outcome)})


def _nothing_open(offer: Offer, yes: bool) -> ReplyOutcome | None:
    """A word after everything was settled. "No" to a promise is for a person: somebody may wait in vain."""
    if offer.state in (*BOOKED, *SERVED):
        return _said(Outcome.ALREADY, offer) if yes else None
    if offer.state == OfferState.EXPIRED:
        return _said(Outcome.EXPIRED, offer) if yes else ReplyOutcome(None)
    if offer.state == OfferState.WITHDRAWN:
        if offer.ending == Ending.FILLED and yes:
            outcome = answers.answer_by_word(offer_id=offer.pk, yes=True)
            if outcome in (Outcome.BOOKED, Outcome.WAITING):  # a seat had become free again
                return ReplyOutcome(None, details={"outcome": str(outcome)})
            return ReplyOutcome(telling.answer_words("reserve", offer), language=offer.volunteer.language)
        return _said(Outcome.SETTLED if offer.ending == Ending.FILLED else Outcome.GONE, offer)
    if offer.state == OfferState.DECLINED:
        return _said(Outcome.DECLINED, offer) if yes else ReplyOutcome(None)
    return None


def reminder_reply(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """A word about the visit of tomorrow: yes assures it, no looks for somebody else at once."""
    meant = words.understood(received.plain)
    if meant is None:
        return visit_reply(phone_hash, text, received)
    if meant[1]:
        return None
    with acting_as(system(Principal.OFFERS)):
        asked = [int(fact.object_id) for fact in received.about if fact.purpose == telling.REMIND]
        rows = Offer.objects.select_related("volunteer", "request__service", "request__town")
        mine = rows.filter(phone_hash=phone_hash, pk__in=asked, state=OfferState.SCHEDULED)
        coming = list(mine.filter(during__startswith__gt=clock.now()).order_by("during")[:2])
        if len(coming) != 1:
            return None  # two visits tomorrow: a person asks which one
        offer, yes = coming[0], meant[0]
        done = assuring.assure(offer_id=offer.pk) if yes else assuring.cannot_after_all(offer_id=offer.pk)
        said = "assured" if yes else "cannot"
        return ReplyOutcome(telling.answer_words(said, offer), language=offer.volunteer.language) if done else None


def visit_reply(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """One word from the doorstep: arrived, done, nobody opens. With two visits at that time a person asks which."""
    what = words.visit_word(received.plain)
    if what is None:
        return own_words.reply(phone_hash, text, received)
    now = received.received_at
    with acting_as(system(Principal.OFFERS)):
        rows = Offer.objects.select_related("volunteer", "request__service", "request__town").filter(
            phone_hash=phone_hash,
            state=OfferState.SCHEDULED,
            during__startswith__lte=now + matching.EARLY,
            during__endswith__gte=now - matching.LATE,
        )
        found = list(rows.order_by("during")[:2])
        if len(found) != 1:
            return None
        try:
            visits.told_by_word(offer_id=found[0].pk, what=what)
        except errors.Impossible:
            return None
        answer = telling.answer_words(what, found[0])
        return ReplyOutcome(answer, language=found[0].volunteer.language, details={"told": what})


def _said(outcome: Outcome, offer: Offer) -> ReplyOutcome:
    return ReplyOutcome(telling.answer_words(str(outcome), offer), language=offer.volunteer.language)
