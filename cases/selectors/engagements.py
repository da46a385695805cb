"""What my day holds besides visits: conferences one sits in, appointments of one's cases, days out one goes along with,
what waits for one's approval and for one's advice (R27, R47, R45). One query, each part along its own index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from cases.models import Conference, ConferenceSeat, Consultation, Outing, OutingCrew, Referral
from cases.rules.complexity import advises_on
from cases.selectors.approvals import my_levels, open_for
from cases.states import ReferralState
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Person
from hopecare.kernel.permissions import Permission
from hopecare.kernel.prepared import prepared

SHOWN = 60
#: Of what is asked the oldest stand there; one more is read, so that the page can say that there are more.
SHOWN_ASKED = 6
_ASKED = ("approval", "advice")
_COMING = [ReferralState.SENT, ReferralState.ACCEPTED]


@dataclass(frozen=True)
class Engagement:
    """`kind`: conference, appointment, outing, approval, advice. A name that the viewer may not read is empty (D5)."""

    kind: str
    at: datetime
    pk: int
    number: str
    place: str
    words: str
    person: str
    away: str
    case_id: int | None
    provider_id: int | None
    over: bool
    linked: bool

    #: Tells it from a visit where both stand in one list.
    engaged = True


@dataclass(frozen=True)
class Engagements:
    """`asked`: what waits for one's approval or advice, the oldest first."""

    agenda: Sequence[Engagement] = ()
    asked: Sequence[Engagement] = ()

    @property
    def more_approvals(self) -> bool:
        return sum(one.kind == "approval" for one in self.asked) > SHOWN_ASKED

    def on(self, day: date) -> list[Engagement]:
        return [one for one in self.agenda if one.at.astimezone(clock.SEOUL).date() == day]

    @property
    def cases(self) -> dict[int, int | None]:
        """Case → owner of all that is shown, for the log of reads."""
        return {one.case_id: one.provider_id for one in (*self.agenda, *self.asked) if one.case_id}


NOTHING = Engagements()


def engagements(viewer: Viewer, start: date, end: date, *, asked: bool = False) -> Engagements:
    """From `start` to before `end`, in order of time; with `asked` also what waits for one's word, whatever the day."""
    first, last = clock.at(start, time(0)), clock.at(end, time(0))
    levels = my_levels(viewer) if asked and viewer.may(Permission.CASE_PLAN) else None
    told = {"first": first, "last": last, "start": start, "end": end, "now": clock.now()}
    rows = _engaged(viewer, levels, advises_on(viewer.role) if asked else (), **told)
    found = [Engagement(*row) for row in rows]
    waits = [one for one in found if one.kind in _ASKED]
    return Engagements([one for one in found if one.kind not in _ASKED], waits)


@prepared(first=DateTimeField(), last=DateTimeField(), start=DateField(), end=DateField(), now=DateTimeField())
def _engaged(viewer: Viewer, blank: Any, levels: tuple[str, ...] | None, fields: tuple[str, ...]) -> Any:
    """`levels`: those of one's own role, None where approvals are not asked for."""
    parts = [_conferences(viewer, blank), _appointments(viewer, blank), _outings(viewer, blank)]
    if levels is not None:
        parts.append(_approvals(viewer, levels, blank.now).order_by("e_at", "e_pk")[: SHOWN_ASKED + 1])
    if fields:
        parts.append(_advice(viewer, fields).order_by("e_at", "e_pk")[: SHOWN_ASKED + 1])
    return parts[0].union(*parts[1:], all=True).order_by("e_at", "e_kind", "e_pk")[:SHOWN]


def _conferences(viewer: Viewer, blank: Any) -> Any:
    seats = visible_to(viewer, ConferenceSeat).filter(conference=OuterRef("pk"))
    others = seats.exclude(user=viewer.user_id or 0).order_by()
    names = others.annotate(n=Func(F("name"), Value(", "), function="string_agg", output_field=TextField()))
    rows = visible_to(viewer, Conference).filter(
        Exists(seats.filter(user=viewer.user_id or 0)), at__gte=blank.first, at__lt=blank.last
    )
    return _columns(
        rows,
        "conference",
        at=F("at"),
        place=F("place"),
        words=Coalesce(Subquery(names.values("n")), Value("")),
        over=Func(F("held_at"), template="(%(expressions)s is not null)", output_field=BooleanField()),
    )


def _appointments(viewer: Viewer, blank: Any) -> Any:
    """Of cases one leads, and those one made for somebody else's case."""
    rows = visible_to(viewer, Referral).filter(
        Q(case__lead=viewer.user_id or 0) | Q(by=viewer.user_id or 0),
        ended_at=None,
        state__in=_COMING,
        appointment_at__gte=blank.first,
        appointment_at__lt=blank.last,
    )
    place = F("place")
    return _columns(rows, "appointment", at=F("appointment_at"), place=place, words=F("to_name"), person=F("person"))


def _outings(viewer: Viewer, blank: Any) -> Any:
    """A day out names nobody; its page is for those who may open cases."""
    mine = OutingCrew.objects.filter(outing=OuterRef("pk"), user=viewer.user_id or 0)
    rows = Outing.objects.filter(Exists(mine), cancelled_at=None, on__gte=blank.start, on__lt=blank.end)
    hour = "((%(expressions)s) at time zone 'Asia/Seoul')"
    at = Func(F("on"), F("leaves_at"), template=hour, arg_joiner=" + ", output_field=DateTimeField())
    linked = viewer.may(Permission.CASE_OPEN)
    return _columns(rows, "outing", at=at, place=F("vehicle"), words=F("name"), of_case=False, linked=linked)


def _approvals(viewer: Viewer, levels: tuple[str, ...], now: Any) -> Any:
    rows = open_for(viewer, levels, now)
    return _columns(rows, "approval", at=F("asked_at"), place=F("subject"), words=F("asked_by__name"))


def _advice(viewer: Viewer, fields: tuple[str, ...]) -> Any:
    """Questions of others to the specialist that one is."""
    rows = visible_to(viewer, Consultation).filter(ended_at=None, specialist__in=fields)
    rows = rows.exclude(asked_by=viewer.user_id or 0)
    return _columns(rows, "advice", at=F("asked_at"), place=F("specialist"), words=F("asked_by__name"))


_ORDER = ("kind", "at", "pk", "number", "place", "words", "person", "away", "case", "provider", "over", "linked")


def _columns(rows: QuerySet[Any], kind: str, *, of_case: bool = True, linked: bool = True, **told: Any) -> Any:
    """The columns of `Engagement` under names that no field has, in its order and of one type in every part."""
    of_person = told.get("person", F("case__main_person")) if of_case else Value(None, BigIntegerField())
    named = {
        "kind": Value(kind, CharField()),
        "at": told["at"],
        "pk": F("pk"),
        "number": F("case__number") if of_case else Value("", CharField()),
        "place": told["place"],
        "words": Cast(told["words"], TextField()),
        "person": _of(of_person, "name") if of_case else Value("", CharField()),
        "away": _of(of_person, "state") if of_case else Value("", CharField()),
        "case": F("case_id") if of_case else of_person,
        "provider": F("provider_id") if of_case else of_person,
        "over": told.get("over", Value(False, BooleanField())),
        "linked": Value(linked, BooleanField()),
    }
    found = rows.order_by().annotate(**{f"e_{name}": value for name, value in named.items()})
    return found.values_list(*(f"e_{name}" for name in _ORDER))


def _of(person: Any, column: str) -> Coalesce:
    """Nothing where the second wall hides the person; never drops the row it belongs to."""
    return Coalesce(Subquery(Person.objects.filter(pk=OuterRef(person.name)).values(column)[:1]), Value(""))
