"""A case conference: called with an agenda, the person asked, decisions with dissent, promises with owners (R47)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import (
    Action,
    AgendaPoint,
    Case,
    ClientWish,
    Commitment,
    Conference,
    ConferencePurpose,
    ConferenceSeat,
    Decision,
    EntryKind,
    Track,
)
from cases.rules import conferences as rules
from cases.services import stages, timeline, whose
from cases.services.locking import actor, first_time, locked_case
from cases.services.plans import Wanted, add_action
from cases.states import CaseStage
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, get_visible, visible_to
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

INVITED = gettext_noop("Conference about case %(number)s: %(when)s. Please look at the agenda.")
_HELD = _("This conference was held already.")


@dataclass(frozen=True)
class Seat:
    """Somebody asked to sit in; `user_id` for colleagues, none for the person, kin, volunteers and guests."""

    name: str
    sector: str
    house: str = ""
    user_id: int | None = None


@dataclass(frozen=True)
class Called:
    """What is called; `at` in Seoul, `agenda` one point a line."""

    at: datetime | None
    place: str
    agenda: str
    purpose: str = ConferencePurpose.CLASSIFY
    client_wish: str = ClientWish.NOT_ASKED
    client_words: str = ""
    seats: Sequence[Seat] = ()
    token: str = ""


def _of(case: Case) -> dict[str, int]:
    return {"case_id": case.pk, "team_id": case.team_id, "provider_id": case.provider_id}


def call(*, by: Viewer, number: str, called: Called) -> Conference | None:
    """A conference with its seats; colleagues are told. None when this very form was taken before."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_PLAN)
        urgent = called.purpose == ConferencePurpose.URGENT
        found = rules.calling_problems(
            at=called.at,
            now=clock.now(),
            place=called.place,
            agenda=called.agenda,
            sectors=[seat.sector for seat in called.seats],
            urgent=urgent,
        )
        if found or called.at is None:
            raise errors.Impossible(*found)
        if not first_time(by, called.token):
            return None
        row = Conference.objects.create(
            **_of(case),
            at=called.at,
            place=called.place.strip(),
            purpose=called.purpose,
            agenda=called.agenda.strip(),
            client_wish=called.client_wish,
            client_words=called.client_words.strip(),
            called_by_id=actor(by),
        )
        _seat(case, row, called.seats)
        audit.changed(by, "case", [case.pk], "conference_called", owners=[case.provider_id], conference=row.pk)
        timeline.append(by, case, EntryKind.PLANNED, what="conference", meets=called.at.isoformat())
        _invite(by, case, row, called.seats)
        return row


def _seat(case: Case, row: Conference, seats: Iterable[Seat]) -> None:
    ConferenceSeat.objects.bulk_create(
        ConferenceSeat(
            **_of(case), conference=row, user_id=seat.user_id, name=seat.name, sector=seat.sector, house=seat.house
        )
        for seat in seats
    )


def _invite(by: Viewer, case: Case, row: Conference, seats: Iterable[Seat]) -> None:
    when = f"{row.at.astimezone(clock.SEOUL):%m/%d %H:%M}"
    for seat in seats:
        if seat.user_id is not None and seat.user_id != by.user_id:
            notify(
                by=by,
                purpose="conference",
                about=("case", case.pk),
                step=f"{row.pk}:{seat.user_id}",
                to=Recipient.user(seat.user_id),
                words=INVITED,
                parameters={"number": case.number, "when": when},
                link=f"/desk/cases/{case.number}/conferences/{row.pk}/",
                provider_id=case.provider_id,
            )


def _open(by: Viewer, conference_id: int) -> tuple[Conference, Case]:
    """The conference under its case's lock, not held yet."""
    check(by, Permission.CASE_PLAN)
    row = get_visible(by, Conference, named="conference", select=("case",), pk=conference_id)
    case = locked_case(by, row.case.number, Permission.CASE_PLAN, open_only=False)
    row.refresh_from_db()
    if row.held_at is not None:
        raise errors.Impossible(errors.Problem("held", _HELD))
    return row, case


def add_point(*, by: Viewer, conference_id: int, words: str, person_id: int, token: str = "") -> AgendaPoint | None:
    """A point about one of the household alone, which stays off the sheet for the table. None for a repeated form."""
    with acting_as(by):
        row, case = _open(by, conference_id)
        missing = [
            errors.required(name) for name, told in (("words", words.strip()), ("person", person_id)) if not told
        ]
        if missing:
            raise errors.Impossible(*missing)
        if not first_time(by, token):
            return None
        whose.demand_here(by, case, person_id)
        told = {"person_id": person_id, "words": words.strip(), "by_id": actor(by)}
        point = AgendaPoint.objects.create(**_of(case), **told, conference=row)
        audit.changed(by, "case", [case.pk], "point_added", owners=[case.provider_id], point=point.pk)
        return point


def decide(
    *,
    by: Viewer,
    conference_id: int,
    words: str,
    dissent: str = "",
    dissenters: str = "",
    person_id: int | None = None,
    token: str = "",
) -> Decision | None:
    """One decision; who saw it otherwise stands beside it with their reason. `person_id`: whom alone it is about.

    Its words stand in the timeline, too, and are read there as a note is. None when this very form was taken before.
    """
    with acting_as(by):
        row, case = _open(by, conference_id)
        found = rules.decision_problems(words=words, dissent=dissent, dissenters=dissenters)
        if found:
            raise errors.Impossible(*found)
        if not first_time(by, token):
            return None
        about = whose.demand_here(by, case, person_id)
        told = {"words": words.strip(), "dissent": dissent.strip(), "dissenters": dissenters.strip()}
        decision = Decision.objects.create(**_of(case), **told, conference=row, person_id=about, by_id=actor(by))
        audit.changed(by, "case", [case.pk], "decided", owners=[case.provider_id], decision=decision.pk)
        timeline.append(
            by, case, EntryKind.PLANNED, words=decision.words, whose=about, what="decided", decision=decision.pk
        )
        return decision


def promise(*, by: Viewer, conference_id: int, wanted: Wanted) -> Action | None:
    """Somebody promises something until a day: a task of the plan, marked with the conference it comes from."""
    with acting_as(by):
        row, case = _open(by, conference_id)
        whose.demand_here(by, case, wanted.person.pk if wanted.person else None)
        action = add_action(by=by, number=case.number, wanted=wanted)
        if action is not None:
            Commitment.objects.create(**_of(case), conference=row, action=action)
        return action


@dataclass(frozen=True)
class Held:
    """How it went: seats that were filled, the person's part, the class of the case (classification only)."""

    present: Sequence[int]
    client_wish: str
    client_words: str = ""
    summary: str = ""
    track: str = ""


def hold(*, by: Viewer, conference_id: int, held: Held) -> Conference:
    """It took place. A conference on classification sets the track and opens the planning (K1)."""
    with acting_as(by):
        row, case = _open(by, conference_id)
        seats = visible_to(by, ConferenceSeat).filter(conference=row)
        there = set(seats.filter(pk__in=list(held.present)).values_list("pk", flat=True))
        decisions = visible_to(by, Decision).filter(conference=row).count()
        found = rules.holding_problems(wish=held.client_wish, present=len(there), decisions=decisions)
        if found:
            raise errors.Impossible(*found)
        seats.filter(pk__in=there).update(present=True)
        seats.exclude(pk__in=there).update(present=False)
        row.held_at, row.client_wish, row.client_words = clock.now(), held.client_wish, held.client_words.strip()
        row.summary = held.summary.strip()
        row.save(update_fields=["held_at", "client_wish", "client_words", "summary"])
        audit.changed(by, "case", [case.pk], "conference_held", owners=[case.provider_id], conference=row.pk)
        timeline.append(by, case, EntryKind.PLANNED, words=row.summary, what="conference_held", purpose=row.purpose)
        if row.purpose == ConferencePurpose.CLASSIFY and case.is_open:
            _classify(by, case, held.track)
        return row


def _classify(by: Viewer, case: Case, track: str) -> None:
    if track in Track.values and track != case.track:
        case.track = track
        case.save(update_fields=["track"])
        audit.changed(by, "case", [case.pk], "classified", owners=[case.provider_id], track=track)
    if case.stage in {CaseStage.SURVEY, CaseStage.CONFERENCE, CaseStage.INTAKE}:
        stages.move(by, case, CaseStage.PLANNING)
