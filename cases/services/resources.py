"""The directory is kept by those who use it: added, confirmed, ended; what nobody offers is a gap (R12, R37)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from cases.models import Case, Gap, Resource
from cases.rules import resources as rules
from cases.selectors.resources import gap_of
from cases.services.locking import actor, first_time, locked_case
from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system, visible_to
from hopecare.kernel.models import Category, Organisation, Service, Zone
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

ASK_AGAIN = gettext_noop("Please ask again whether “%(name)s” still holds: last confirmed %(day)s.")


@dataclass(frozen=True)
class Told:
    """An entry as typed; one of `owner` and `owner_name`. No zone means the whole city. `token`: one per form."""

    name: str
    sector: str
    category: Category
    phone: str
    confirmed_on: date | None
    service: Service | None = None
    owner: Organisation | None = None
    owner_name: str = ""
    zone: Zone | None = None
    outside_city: bool = False
    capacity: int | None = None
    capacity_words: str = ""
    contact_name: str = ""
    words: str = ""
    token: str = ""


def add(*, by: Viewer, told: Told) -> Resource | None:
    """A new entry; what it fills is no gap any more. None when this form was taken before."""
    check(by, Permission.CASE_SERVICE)
    values = _values(told)
    with acting_as(by):
        if not first_time(by, told.token):
            return None
        who = actor(by)
        row = Resource.objects.create(**values, added_by_id=who, confirmed_by_id=who, added_at=clock.now())
        audit.changed(by, "resource", [row.pk], "resource_added", owners=[row.owner_id])
        _fill_gaps(visible_to(by, Gap), row)
        return row


def change(*, by: Viewer, resource_id: int, told: Told) -> Resource:
    """Correct an entry; whoever corrects it has confirmed it on the day they name."""
    check(by, Permission.CASE_SERVICE)
    values = _values(told)
    with acting_as(by):
        row = _locked(resource_id)
        for name, value in values.items():
            setattr(row, name, value)
        row.confirmed_by_id = actor(by)
        row.save()
        audit.changed(by, "resource", [row.pk], "resource_changed", owners=[row.owner_id])
        _fill_gaps(visible_to(by, Gap), row)
        return row


def confirm(*, by: Viewer, resource_id: int) -> Resource:
    """Rung today: it still holds."""
    check(by, Permission.CASE_SERVICE)
    with acting_as(by):
        row = _locked(resource_id)
        row.confirmed_on, row.confirmed_by_id = clock.today(), actor(by)
        row.save(update_fields=["confirmed_on", "confirmed_by"])
        audit.changed(by, "resource", [row.pk], "resource_confirmed", owners=[row.owner_id])
        return row


def end(*, by: Viewer, resource_id: int) -> Resource:
    """There is no such thing any more. It leaves the directory and stays in what was written about it."""
    check(by, Permission.CASE_SERVICE)
    with acting_as(by):
        row = _locked(resource_id)
        if row.ended_on is None:
            row.ended_on = clock.today()
            row.save(update_fields=["ended_on"])
            audit.changed(by, "resource", [row.pk], "resource_ended", owners=[row.owner_id])
        return row


def _locked(resource_id: int) -> Resource:
    row = Resource.objects.select_for_update().filter(pk=resource_id).first()
    if row is None:
        raise errors.NotFound("resource", str(resource_id))
    return row


def _values(told: Told) -> dict[str, object]:
    facts = rules.ResourceFacts(
        name=told.name,
        phone_ok=_phone(told.phone) != "",
        has_owner=told.owner is not None or bool(told.owner_name.strip()),
        confirmed_on=told.confirmed_on,
    )
    problems = rules.resource_problems(facts, today=clock.today())
    if problems:
        raise errors.Impossible(*problems)
    return {
        "name": told.name.strip(),
        "sector": told.sector,
        "category": told.category,
        "service": told.service,
        "owner": told.owner,
        "owner_name": "" if told.owner else told.owner_name.strip(),
        "zone": None if told.outside_city else told.zone,
        "outside_city": told.outside_city,
        "capacity": told.capacity,
        "capacity_words": told.capacity_words.strip(),
        "contact_name": told.contact_name.strip(),
        "phone": _phone(told.phone),
        "words": told.words.strip(),
        "confirmed_on": told.confirmed_on,
    }


def _phone(typed: str) -> str:
    try:
        return phones.shown(phones.normal(typed))
    except phones.BadPhone:
        return ""


def note_gap(*, by: Viewer, number: str, category: Category, words: str = "") -> Gap:
    """Nothing was found for this need: noted once a case and category, until something is offered."""
    with acting_as(by):
        case: Case = locked_case(by, number, Permission.CASE_PLAN)
        row = gap_of(by, case, category.pk)
        if row is None:
            row = Gap.objects.create(
                case=case,
                team_id=case.team_id,
                provider_id=case.provider_id,
                category=category,
                town_id=case.town_id,
                words=words.strip()[:200],
                noted_at=clock.now(),
                by_id=actor(by),
            )
            audit.changed(by, "case", [case.pk], "gap_noted", owners=[case.provider_id], category=category.code)
        return row


def _fill_gaps(gaps: QuerySet[Gap], row: Resource) -> int:
    """The open gaps among these that this entry fills; beyond what somebody sees, the nightly look fills them."""
    near = Q(town__zone=row.zone_id) if row.zone_id else Q()
    return gaps.filter(near, closed_at=None, category=row.category_id).update(closed_at=clock.now(), resource=row)


def watch() -> int:
    """Each night: entries to ask about again, told once to whoever confirmed them last; gaps that are filled."""
    machine = system(Principal.SWEEP)
    told = 0
    with acting_as(machine):
        stale = Resource.objects.filter(ended_on=None, confirmed_on__lt=rules.stale_before(clock.today()))
        for row in stale.order_by("pk"):
            queued = notify(
                by=machine,
                purpose="resource_ask_again",
                about=("resource", row.pk),
                step=f"{row.confirmed_on}",
                to=Recipient.user(row.confirmed_by_id),
                words=ASK_AGAIN,
                parameters={"name": row.name, "day": f"{row.confirmed_on:%m/%d}"},
                link=f"/desk/resources/{row.pk}/",
                provider_id=row.owner_id,
            )
            told += queued.fresh
        since = clock.now() - rules.NEW_FOR
        for row in Resource.objects.filter(ended_on=None, added_at__gte=since).order_by("pk"):
            _fill_gaps(Gap.objects.all(), row)
    return told
