"""What a volunteer's help changed, without anybody in it: own sums, sums of the city, approved sentences.

Below twenty people nothing is told about a kind of help; above, full tens (D1). Of quiet services nothing at all (D17).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet, Sum

from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.models import Service
from volunteers import access
from volunteers.access import visible_to
from volunteers.models import Echo, Hours, Offer
from volunteers.rules import echoes, safety

YEAR, MOST_ROWS, MOST_SENTENCES = timedelta(days=365), 6, 5


@dataclass(frozen=True)
class Together:
    """What all who help with this did within a year, for how many people in full tens."""

    service: Service
    visits: int
    people: int


@dataclass(frozen=True)
class Changed:
    """`houses`: how many different ones the volunteer went to; sentences are about the kinds of help they gave."""

    name: str
    token: str
    visits: int
    minutes: int
    houses: int
    together: list[Together]
    sentences: list[str]
    contact_name: str
    contact_phone: str

    @property
    def hours(self) -> float:
        return self.minutes / 60


def changed_by_token(token: str) -> Changed:
    """By the volunteer's own link. Raises NotFound for a link that is not ours or is over."""
    with acting_as(system(Principal.OFFERS)) as machine:
        if not access.token_is_ours(token):
            raise errors.NotFound("offer_link", "")
        rows = visible_to(machine, Offer).select_related("volunteer", "request")
        found = rows.filter(token_hash__in=access.token_candidates(token), token_until__gt=clock.now()).first()
        if found is None:
            raise errors.NotFound("offer_link", "")
        own = _lines(machine).filter(volunteer_id=found.volunteer_id)
        sums = own.aggregate(
            visits=Count("pk", filter=Q(corrects=None)), minutes=Sum("minutes"), houses=Count("case", distinct=True)
        )
        services = list(own.order_by().values_list("service_id", flat=True).distinct())
        together = _together(machine, services)
        return Changed(
            name=found.volunteer.name,
            token=token,
            visits=sums["visits"],
            minutes=sums["minutes"] or 0,
            houses=sums["houses"],
            together=together,
            sentences=_sentences(machine, [one.service.pk for one in together]),
            contact_name=found.request.contact_name,
            contact_phone=found.request.contact_phone,
        )


def waiting(viewer: Viewer) -> list[Echo]:
    """Sentences of one's own centre, those to approve first. One query."""
    rows = visible_to(viewer, Echo).filter(provider_id=viewer.organisation_id, withdrawn_at=None)
    listed = rows.select_related("service", "written_by", "approved_by").order_by("-pk")[:60]
    return sorted(listed, key=lambda row: row.approved_by_id is not None)


def _lines(viewer: Viewer) -> "QuerySet[Hours]":
    return visible_to(viewer, Hours).filter(on__gt=clock.today() - YEAR)


def _together(viewer: Viewer, services: list[int]) -> list[Together]:
    kinds = {one.pk: one for one in Service.objects.filter(pk__in=services) if not safety.wanted(one.code).quiet}
    rows = _lines(viewer).filter(service_id__in=kinds).order_by().values("service_id")
    counted = rows.annotate(visits=Count("pk", filter=Q(corrects=None)), people=Count("case", distinct=True))
    listed = counted.values_list("service_id", "visits", "people")
    found = [Together(kinds[pk], visits, echoes.rounded(people)) for pk, visits, people in listed]
    return sorted((one for one in found if one.people), key=lambda one: -one.people)[:MOST_ROWS]


def _sentences(viewer: Viewer, services: list[int]) -> list[str]:
    rows = visible_to(viewer, Echo).filter(service_id__in=services, withdrawn_at=None, shown_from__lte=clock.today())
    return list(rows.order_by("-shown_from", "-pk").values_list("words", flat=True)[:MOST_SENTENCES])
