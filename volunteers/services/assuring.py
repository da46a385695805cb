"""What is looked at every half minute so that nobody waits in vain: reminders, back-ups, papers, ends of pauses."""

from datetime import timedelta
from typing import Any

from django.db.models import Q

from hopecare.kernel import audit, clock
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from volunteers.models import Call, CallKind, Insurance, Offer, Paper, Request, Volunteer
from volunteers.rules import safety
from volunteers.selectors.helpers import papers_hold, task_of
from volunteers.services import asking, escorts, partner_days, rhythm, telling, training
from volunteers.services.acting import machine
from volunteers.services.asking import CALLS_URL, RELATED
from volunteers.services.visits import STAND_BY, take_promise_back
from volunteers.states import LOOKING, OfferState, RequestState, VolunteerState

DAY = timedelta(hours=24)
#: Who promised within the last hours needs no reminder; who has not answered it so long before is rung.
FRESH, UNSURE = timedelta(hours=12), timedelta(hours=4)
#: Told before the visit how a word is enough; asked by telephone when so long after it nothing was told.
SOON_THERE, UNTOLD, FORGOTTEN = timedelta(hours=3), timedelta(hours=1), timedelta(days=3)
MOST = 200
#: Why somebody is rung who has no paper that runs out.
INSURANCE = "insurance"


def watch_all() -> int:
    """One look; returns how much was found. Everything is marked in the transaction that does it, so twice is once."""
    with acting_as(system(Principal.OFFERS)) as by:
        found = _remind(by) + _ring_the_unsure() + _tell_words_of_today(by) + _ask_how_it_was()
        found += partner_days.tell_partners(by) + escorts.ring_where_nobody_goes_along()
        found += _call_backups(by) + _warn_of_papers(by) + _warn_of_insurance(by) + _free_without_paper(by)
        return found + rhythm.watch(by) + _end_pauses(by)


def assure(*, offer_id: int) -> bool:
    """ "I come", said once more on the day before; False when there was no promise any more."""
    with acting_as(system(Principal.OFFERS)) as by:
        offer = Offer.objects.select_for_update(of=("self",)).select_related("volunteer").get(pk=offer_id)
        if offer.state != OfferState.SCHEDULED:
            return False
        if offer.assured_at is None:
            Offer.objects.filter(pk=offer.pk).update(assured_at=clock.now())
            offer.calls.filter(kind=CallKind.ASSURE, done_at=None).update(done_at=clock.now())
            audit.changed(machine(by, offer.volunteer), "offer", [offer.pk], "assured", owners=[offer.provider_id])
        return True


def cannot_after_all(*, offer_id: int) -> bool:
    """ "No" to the reminder: the promise is taken back and others are asked at once."""
    return take_promise_back(system(Principal.OFFERS), offer_id)


def _remind(by: Viewer) -> int:
    now = clock.now()
    rows = Offer.objects.filter(
        state=OfferState.SCHEDULED, reminded_at=None, during__startswith__gt=now, during__startswith__lte=now + DAY
    )
    offers = list(_locked(rows))
    for offer in offers:
        offer.reminded_at = now
        offer.save(update_fields=["reminded_at"])
        if offer.answered_at is None or offer.answered_at <= now - FRESH:
            telling.remind(by, offer)
    return len(offers)


def _ring_the_unsure() -> int:
    now = clock.now()
    rows = Offer.objects.filter(
        state=OfferState.SCHEDULED,
        assured_at=None,
        reminded_at__isnull=False,
        answered_at__lte=now - FRESH,
        during__startswith__gt=now,
        during__startswith__lte=now + UNSURE,
    ).exclude(calls__kind=CallKind.ASSURE)
    offers = list(_locked(rows))
    for offer in offers:
        telling.call(offer, CallKind.ASSURE, "no_answer")
    return len(offers)


def _tell_words_of_today(by: Viewer) -> int:
    now = clock.now()
    rows = Offer.objects.filter(
        state=OfferState.SCHEDULED,
        words_told_at=None,
        arrived_at=None,
        volunteer__links=False,
        volunteer__sms_ok=True,
        during__startswith__gt=now,
        during__startswith__lte=now + SOON_THERE,
    )
    offers = list(_locked(rows))
    for offer in offers:
        offer.words_told_at = now
        offer.save(update_fields=["words_told_at"])
        telling.words_of_today(by, offer)
    return len(offers)


def _ask_how_it_was() -> int:
    """The hour is over and nothing was told: somebody rings, as a visit that was missed must not stay unknown."""
    now = clock.now()
    rows = Offer.objects.filter(
        state=OfferState.SCHEDULED, during__endswith__lte=now - UNTOLD, during__endswith__gt=now - FORGOTTEN
    ).exclude(calls__kind=CallKind.VISIT)
    offers = list(_locked(rows))
    for offer in offers:
        telling.call(offer, CallKind.VISIT, "untold")
    return len(offers)


def _call_backups(by: Viewer) -> int:
    """Somebody depends on the visit and nobody has promised a day before: the named back-up is called, and those who
    said "call me" for this week."""
    now = clock.now()
    due = Request.objects.filter(
        Q(state__in=[*LOOKING]) | Q(state=RequestState.PLANNED),
        critical=True,
        backup_called_at=None,
        during__startswith__gt=now,
        during__startswith__lte=now + DAY,
    )
    rows = list(due.select_for_update(of=("self",), skip_locked=True).select_related(*RELATED)[:MOST])
    for request in rows:
        request.backup_called_at = now
        request.save(update_fields=["backup_called_at"])
        Call.objects.get_or_create(
            key=f"{CallKind.BACKUP}:{request.pk}",
            defaults={
                "kind": CallKind.BACKUP,
                "name": request.backup_name,
                "phone": request.backup_phone,
                "team_id": request.team_id,
                "provider_id": request.provider_id,
                "reason": request.service.code[:20],
                "created_at": now,
                "promised_at": request.during.lower,
            },
        )
        audit.changed(by, "request", [request.pk], "backup_called", owners=[request.provider_id])
        telling.notice(by, request, "backup", telling.BACKUP_NEEDED, CALLS_URL, who=request.backup_name)
        asking.ring_on_call(by, request, STAND_BY)
    return len(rows)


def _warn_of_papers(by: Viewer) -> int:
    """Early, so that it can be renewed; the leads of visits that it will block hear of it too."""
    today = clock.today()
    latest = max((kind.early for kind in safety.paper_kinds().values()), default=timedelta())
    rows = Paper.objects.filter(warned_at=None, valid_until__lte=today + latest, volunteer__state=VolunteerState.ACTIVE)
    due = rows.select_for_update(of=("self",), skip_locked=True).select_related("volunteer__town__zone")[:MOST]
    found = [paper for paper in due if safety.is_due(paper.kind, paper.valid_until, today)]
    for paper in found:
        paper.warned_at = clock.now()
        paper.save(update_fields=["warned_at"])
        _ring_about(paper.volunteer, f"{paper.pk}:{paper.valid_until}", paper.kind)
        until = safety.counts_until(paper.kind, paper.valid_until, renewing=paper.renewing)
        blocked = Q(request__licences__contains=[paper.kind], during__startswith__date__gt=until)
        _warn_leads(by, paper.volunteer, blocked, f"paper-{paper.pk}")
        training.invite_for_renewal(by, paper)
    return len(found)


def _warn_of_insurance(by: Viewer) -> int:
    """The same for an accident insurance: nobody is sent without one, and the leads hear which visits it blocks."""
    last = clock.today() + safety.insurance_early()
    rows = Insurance.objects.filter(warned_at=None, valid_until__lte=last, volunteer__state=VolunteerState.ACTIVE)
    found = rows.select_for_update(of=("self",), skip_locked=True).select_related("volunteer__town__zone")[:MOST]
    for row in found:
        row.warned_at = clock.now()
        row.save(update_fields=["warned_at"])
        _ring_about(row.volunteer, f"insurance-{row.pk}:{row.valid_until}", INSURANCE)
        blocked = Q(during__startswith__date__gt=row.valid_until)
        _warn_leads(by, row.volunteer, blocked, f"insurance-{row.pk}")
    return len(found)


def _ring_about(volunteer: Volunteer, key: str, reason: str) -> None:
    values = {
        "kind": CallKind.PAPER,
        "volunteer": volunteer,
        "provider_id": volunteer.town.zone.centre_id,
        "reason": reason[:20],
        "created_at": clock.now(),
    }
    Call.objects.get_or_create(key=f"{CallKind.PAPER}:{key}", defaults=values)


def _free_without_paper(by: Viewer) -> int:
    """Two days before a visit: who will have no paper or insurance on the day is taken out, hears so kindly, is rung.

    The leads were told early; by now somebody else must be looked for.
    """
    now = clock.now()
    soon = (now + 2 * DAY).date()
    ending = Q(volunteer__level_until__lt=soon) | Q(
        volunteer__in=Paper.objects.filter(valid_until__lt=soon).values("volunteer_id")
    )
    ending |= Q(volunteer__insurance__valid_until__lt=soon)
    rows = Offer.objects.filter(
        ending, state=OfferState.SCHEDULED, during__startswith__gt=now, during__startswith__lte=now + 2 * DAY
    )
    found = 0
    for offer in rows.select_related("volunteer", "request__service", "request__town").order_by("pk")[:MOST]:
        if not papers_hold(by, offer.volunteer, task_of(offer.request)) and take_promise_back(by, offer.pk):
            telling.cancelled(by, offer)
            telling.call(offer, CallKind.PAPER, "papers")
            found += 1
    return found


def _warn_leads(by: Viewer, volunteer: Volunteer, blocked: Q, step: str) -> None:
    coming = Offer.objects.filter(blocked, volunteer=volunteer, state=OfferState.SCHEDULED)
    for offer in coming.select_related("volunteer", "request__service", "request__town"):
        url = f"/desk/matching/{offer.request.action_id}/"
        telling.notice(by, offer.request, f"{step}-{offer.pk}", telling.PAPER_ENDS, url, who=offer.volunteer.name)


def _end_pauses(by: Viewer) -> int:
    rows = Volunteer.objects.filter(state=VolunteerState.PAUSED, paused_until__lte=clock.today())
    ids = list(rows.values_list("pk", flat=True)[:MOST])
    Volunteer.objects.filter(pk__in=ids).update(state=VolunteerState.ACTIVE, paused_until=None)
    if ids:
        audit.changed(by, "volunteer", ids, "back_from_pause")
    return len(ids)


def _locked(rows: Any) -> Any:
    related = ("volunteer", "request__service", "request__town")
    return rows.select_for_update(of=("self",), skip_locked=True).select_related(*related).order_by("pk")[:MOST]
