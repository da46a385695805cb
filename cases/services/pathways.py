"""Begin a longer help, write down its steps, ask how it is, keep pictures of rooms (R39, R40, R43, R46, R52, D9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import (
    Case,
    CheckOutcome,
    EntryKind,
    Pathway,
    PathwayCheck,
    PathwayPhoto,
    PathwayStep,
    PathwayWage,
    Resource,
)
from cases.rules import pathways as rules
from cases.rules.days import future_problems
from cases.selectors import pathways as found
from cases.services import timeline, whose
from cases.services.locking import actor, first_time, locked_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to
from hopecare.kernel.models import Person
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import documents
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

HOW_IS_IT = gettext_noop("%(months)s months have passed: please ask how it is.")
TOLD_AHEAD = timedelta(days=7)
_TAKEN = _("Somebody lives in this room.")
_TWICE = _("This is under way already.")
_UNTOLD = rules.Earned()


@dataclass(frozen=True)
class Told:
    """A step as somebody tells it; for a stay with its house and room."""

    on: date
    step: str = ""
    words: str = ""
    amount_won: int | None = None
    place: Resource | None = None
    room: int | None = None
    earned: rules.Earned = _UNTOLD


@dataclass(frozen=True)
class Begun:
    person: Person
    kind: str
    told: Told
    grounds: Sequence[str] = field(default_factory=tuple)
    token: str = ""


def begin(*, by: Viewer, number: str, begun: Begun) -> Pathway | None:
    """The first step of its kind is taken with it. None when this form was taken before.

    Raises Impossible: a kind that the role may not begin, one that is under way, a wrong day or amount.
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_SERVICE)
        if not first_time(by, begun.token):
            return None
        kind = {kind.code: kind for kind in found.kinds_for(by)}.get(begun.kind)
        if kind is None:
            raise errors.Impossible(errors.required("kind"))
        told, today = begun.told, clock.today()
        problems = rules.amount_problems(kind, told.amount_won) + future_problems(told.on, today, "on")
        if visible_to(by, Pathway).filter(case=case, person=begun.person, kind=kind.code, ended_on=None).exists():
            problems.append(errors.Problem("twice", _TWICE, "kind"))
        if problems:
            raise errors.Impossible(*problems)
        known = {code for code, _words in kind.grounds}
        row = Pathway(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            person=begun.person,
            kind=kind.code,
            step=kind.steps[0],
            since=told.on,
            amount_won=told.amount_won,
            grounds=[ground for ground in begun.grounds if ground in known],
            words=told.words.strip()[:300],
            place=told.place,
            by_id=actor(by),
            section=kind.section,
        )
        with whose.demand_seen(by, case, begun.person.pk):
            row.save()
        _taken(by, case, row, kind, told, kind.steps[0])
        return row


def step(*, by: Viewer, number: str, pathway_id: int, told: Told) -> Pathway:
    """The next step, or the end before its aim. Raises Impossible with every problem."""
    with acting_as(by):
        row, case, kind = _locked(by, number, pathway_id)
        if row.step == told.step:
            return row
        if not row.is_open:
            raise errors.Impossible(errors.Problem("ended", _("This has ended."), "step"))
        place = told.place or row.place
        facts = rules.StepFacts(
            step=told.step,
            before=row.step,
            on=told.on,
            since=row.since,
            words=told.words,
            amount_won=told.amount_won,
            rooms=place.capacity if place else None,
            room=told.room,
            taken=found.rooms_taken(by, place, but=row.pk) if place and told.room else frozenset(),
            earned=told.earned,
        )
        if problems := rules.step_problems(kind, facts, today=clock.today()):
            raise errors.Impossible(*problems)
        row.step, row.since, row.place = told.step, told.on, place
        row.amount_won = told.amount_won or row.amount_won
        row.room = told.room if told.step == kind.lived_in else row.room
        row.ended_on = told.on if told.step in {kind.aim, rules.STOPPED} else None
        try:
            with transaction.atomic():
                row.save(update_fields=["step", "since", "place", "amount_won", "room", "ended_on"])
        except IntegrityError as error:  # a room of somebody whom the viewer does not see
            raise errors.Impossible(errors.Problem("taken", _TAKEN, "room")) from error
        _taken(by, case, row, kind, told, told.step)
        _earned(by, row, told.step, 0, told.earned)
        return row


def _taken(by: Viewer, case: Case, row: Pathway, kind: rules.Kind, told: Told, name: str) -> None:
    """The step as a row, its later questions, the audit; on the timeline where no section closes it."""
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "section": row.section}
    words = told.words.strip()[:300]
    PathwayStep.objects.create(
        **keys, pathway=row, step=name, on=told.on, words=words, amount_won=told.amount_won, by_id=actor(by)
    )
    for months, day in kind.checks(name, told.on):
        PathwayCheck.objects.create(**keys, pathway=row, step=name, months=months, due_on=day)
    audit.changed(by, "case", [case.pk], "pathway", owners=[case.provider_id], pathway=row.pk, step=name)
    if not row.section:
        told_of: dict[str, Any] = {"what": "pathway", "way": kind.code, "step": name}
        timeline.append(by, case, EntryKind.REFERRAL, whose=row.person_id, **told_of)


def _earned(by: Viewer, row: Pathway, step: str, months: int, earned: rules.Earned) -> None:
    """What is earned at this step, or so many months after it; only by whoever may read it again."""
    if not earned:
        return
    if not found.reads_wages(by, row.case_id):
        raise errors.Forbidden("section.work")
    keys = {"case_id": row.case_id, "team_id": row.team_id, "provider_id": row.provider_id, "pathway": row}
    told = {"wage_won": earned.wage_won, "weekly_hours": earned.weekly_hours, "by_id": actor(by)}
    PathwayWage.objects.create(**keys, **told, step=step, months=months)


def answer(
    *,
    by: Viewer,
    number: str,
    pathway_id: int,
    check_id: int,
    outcome: str,
    words: str = "",
    earned: rules.Earned = _UNTOLD,
) -> PathwayCheck:
    """How it is, some months later; not reached asks again in a week."""
    with acting_as(by):
        row, case, kind = _locked(by, number, pathway_id)
        asked = visible_to(by, PathwayCheck).select_for_update().filter(pk=check_id, pathway=row).first()
        if asked is None:
            raise errors.NotFound("pathway", str(check_id))
        if outcome not in CheckOutcome.values:
            raise errors.Impossible(errors.required("outcome"))
        if asked.done_on is not None:
            return asked
        at_work = kind.earns(asked.step) and outcome in {CheckOutcome.STILL, CheckOutcome.OTHER}
        if problems := rules.earned_problems(earned, at_work=at_work):
            raise errors.Impossible(*problems)
        if outcome == CheckOutcome.NOT_REACHED:
            asked.due_on = clock.today() + TOLD_AHEAD
            asked.save(update_fields=["due_on"])
        else:
            asked.done_on, asked.outcome, asked.by_id = clock.today(), outcome, actor(by)
            asked.words = words.strip()[:300]
            asked.save(update_fields=["done_on", "outcome", "by", "words"])
            _earned(by, row, asked.step, asked.months, earned)
        audit.changed(
            by, "case", [case.pk], "pathway_check", owners=[case.provider_id], pathway=row.pk, outcome=outcome
        )
        return asked


def add_photos(
    *, by: Viewer, number: str, pathway_id: int, moment: str, drafts: Sequence[documents.Draft], rooms_only: bool
) -> int:
    """Pictures of rooms, kept as the household's papers are; returns how many are new."""
    with acting_as(by):
        row, case, kind = _locked(by, number, pathway_id)
        problems = rules.photo_problems(kind, rooms_only=rooms_only)
        if not drafts:
            problems.append(errors.required("photos"))
        if problems:
            raise errors.Impossible(*problems)
        new = 0
        for draft in drafts:
            document = documents.adopt(draft, scope_keys=case.household.scope_keys)
            _photo, fresh = PathwayPhoto.objects.get_or_create(
                pathway=row,
                document=document,
                moment=moment,
                defaults={"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "by_id": actor(by)},
            )
            new += fresh
        audit.changed(by, "case", [case.pk], "pathway_photos", owners=[case.provider_id], pathway=row.pk, count=new)
        return new


def _locked(by: Viewer, number: str, pathway_id: int) -> tuple[Pathway, Case, rules.Kind]:
    case = locked_case(by, number, Permission.CASE_SERVICE, open_only=False)
    rows = visible_to(by, Pathway).select_for_update(of=("self",)).select_related("place")
    row = rows.filter(pk=pathway_id, case=case).first()
    if row is None:
        raise errors.NotFound("pathway", str(pathway_id))
    return row, case, rules.kinds()[row.kind]


def watch() -> int:
    """Each night: whoever leads the case hears a week ahead that somebody should ask, once."""
    machine = system(Principal.SWEEP)
    with acting_as(machine):
        return sum(_tell(machine, one) for one in found.checks_due(clock.today() + TOLD_AHEAD))


def _tell(by: Viewer, one: PathwayCheck) -> bool:
    """Whoever began it: another lead may not be allowed to know of it."""
    return notify(
        by=by,
        purpose="pathway",
        about=("pathway", one.pathway_id),
        step=f"{one.step}:{one.months}:{one.due_on}",
        to=Recipient.user(one.pathway.by_id),
        words=HOW_IS_IT,
        parameters={"months": one.months},
        link=f"/desk/cases/{one.case.number}/pathways/{one.pathway_id}/",
        provider_id=one.provider_id,
    ).fresh
