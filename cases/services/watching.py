"""A watch by the person's own wish: begun with a ground, planned by them first, resting, ended (D10, D15, K7)."""

from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.facts import WatchGround, WatchPlan
from cases.models import (
    Case,
    EntryKind,
    SignVia,
    Watch,
    WatchAway,
    WatchContact,
    WatchSource,
    WatchWay,
    WatchWhy,
)
from cases.rules import opening as grounds
from cases.rules import watching as rules
from cases.selectors.duty import hours_of
from cases.selectors.senders import senders
from cases.selectors.work import person_of
from cases.services import alarms, timeline
from cases.services.locking import actor, first_time, locked_case
from cases.states import WATCH_STEPS, WatchState, demand_step
from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Viewer, acting_as, visible_to
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import GroundKind, Person, PersonState, SafeContact
from hopecare.kernel.permissions import Permission

_ENDED = _("This watch has ended. Begin a new one, with the person's word.")


def start(
    *, by: Viewer, number: str, person_id: int, ground: WatchGround, plan: WatchPlan, token: str = ""
) -> Watch | None:
    """Begin; None when this form was taken before. Refused while nobody is written down to answer (D10)."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS)
        person = person_of(by, case, person_id)
        if not first_time(by, token):
            return None
        problems = rules.ground_problems(ground, age=person.age) + _plan_problems(by, person, plan)
        if not hours_of(case.team_id):
            words = _("Nobody is written down to answer for this team yet. First say who answers when.")
            problems.append(Problem("nobody_answers", words))
        if person.state != PersonState.HERE:
            problems.append(Problem("away", _("This person is not at home now (hospital, moved)."), "person"))
        if visible_to(by, Watch).filter(person=person).exclude(state=WatchState.ENDED).exists():
            problems.append(Problem("twice", _("This person is under watch already."), "person"))
        if problems:
            raise errors.Impossible(*problems)
        consent = ground.kind == GroundKind.CONSENT
        watch = Watch.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            person=person,
            ground=ground.kind,
            form_version=grounds.form_version() if consent else "",
            article="" if consent else ground.article,
            agreed_until=grounds.consent_ends(clock.today()) if consent else None,
            next_ask_at=_next(plan.way, plan.weekday, plan.ask_at),
            by_id=actor(by),
            **_columns(plan),
        )
        _note(by, case, watch, "watch_on")
        return watch


def _plan_problems(by: Viewer, person: Person, plan: WatchPlan) -> list[Problem]:
    contact = visible_to(by, SafeContact).filter(person=person).first() or SafeContact()
    return rules.plan_problems(
        plan,
        sms_ok=contact.sms_ok,
        safe_hours=(contact.from_hour, contact.to_hour),
        may_call=plan.caller_id is not None,
    )


def _columns(plan: WatchPlan) -> dict[str, Any]:
    return {**asdict(plan), "keys": plan.keys.strip()[:200], "words": plan.words.strip()[:1000]}


def _next(way: str, weekday: int | None, ask_at: time | None) -> datetime | None:
    if way == WatchWay.NONE or ask_at is None:
        return None
    return rules.next_ask(clock.now(), weekday=weekday, at=ask_at)


def _note(by: Viewer, case: Case, watch: Watch, what: str) -> None:
    audit.changed(by, "case", [case.pk], what, owners=[case.provider_id], watch=watch.pk)
    timeline.append(by, case, EntryKind.NOTE, way=what, watch=watch.pk, whose=watch.person_id)


def _locked(by: Viewer, number: str, watch_id: int) -> tuple[Watch, Case]:
    watch = alarms.lock(by, watch_id)
    case = locked_case(by, number, Permission.CASE_ASSESS, open_only=False)
    if watch is None or watch.case_id != case.pk:
        raise errors.NotFound("watch", str(watch_id))
    if watch.state == WatchState.ENDED:
        raise errors.Impossible(Problem("ended", _ENDED))
    return watch, case


def change(*, by: Viewer, number: str, watch_id: int, plan: WatchPlan) -> Watch:
    """Another plan, as the person says today; who was asked already is still waited for."""
    with acting_as(by):
        watch, case = _locked(by, number, watch_id)
        problems = _plan_problems(by, watch.person, plan)
        if problems:
            raise errors.Impossible(*problems)
        for name, value in _columns(plan).items():
            setattr(watch, name, value)
        watch.next_ask_at = _next(plan.way, plan.weekday, plan.ask_at)
        watch.save()
        audit.changed(by, "case", [case.pk], "watch_changed", owners=[case.provider_id], watch=watch.pk)
        return watch


def name_contact(
    *, by: Viewer, number: str, watch_id: int, kind: str, name: str, phone: str, agreed_on: date | None, texts: bool
) -> WatchContact:
    """Whom to call first: somebody the person named, who said yes to it on a day."""
    with acting_as(by):
        watch, case = _locked(by, number, watch_id)
        problems = [errors.required(field) for field, value in (("kind", kind), ("name", name.strip())) if not value]
        clear = ""
        try:
            clear = phones.normal(phone)
        except phones.BadPhone:
            problems.append(errors.bad_phone())
        if agreed_on is None or agreed_on > clock.today():
            words = _("Ask them first, and write down the day on which they said yes.")
            problems.append(Problem("not_asked", words, "agreed_on"))
        named = visible_to(by, WatchContact).filter(watch=watch, ended_at=None).count()
        if named >= rules.figure("contacts"):
            problems.append(Problem("enough", _("Three people are enough. Take one away first.")))
        if problems or agreed_on is None:
            raise errors.Impossible(*problems)
        row = WatchContact.objects.create(
            watch=watch,
            **_keys(case),
            rank=named + 1,
            kind=kind,
            name=name.strip()[:80],
            phone=clear,
            phone_hash=phones.hashed(clear),
            texts=texts,
            agreed_on=agreed_on,
            by_id=actor(by),
        )
        audit.changed(by, "case", [case.pk], "watch_contact", owners=[case.provider_id], contact=row.pk)
        return row


def _keys(case: Case) -> dict[str, Any]:
    return {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}


def drop_contact(*, by: Viewer, number: str, watch_id: int, contact_id: int) -> None:
    with acting_as(by):
        watch, case = _locked(by, number, watch_id)
        rows = visible_to(by, WatchContact).filter(pk=contact_id, watch=watch, ended_at=None)
        if rows.update(ended_at=clock.now()):
            audit.changed(by, "case", [case.pk], "watch_contact_ended", owners=[case.provider_id], contact=contact_id)


def go_away(*, by: Viewer, number: str, watch_id: int, starts: datetime, ends: datetime) -> WatchAway:
    """From–until, as the person told: nothing asks and nothing climbs meanwhile."""
    problems = rules.away_problems(starts, ends, clock.now())
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        watch, case = _locked(by, number, watch_id)
        row = add_away(watch, starts, ends, SignVia.STAFF)
        audit.changed(by, "case", [case.pk], "watch_rest", owners=[case.provider_id], watch=watch.pk)
        return row


def add_away(watch: Watch, starts: datetime, ends: datetime, via: str) -> WatchAway:
    return WatchAway.objects.create(
        watch=watch,
        case_id=watch.case_id,
        team_id=watch.team_id,
        provider_id=watch.provider_id,
        starts_at=starts,
        ends_at=ends,
        told_via=via,
    )


def back(*, by: Viewer, number: str, watch_id: int) -> Watch:
    """Back at home before the day, or after a rest: the watch goes on."""
    with acting_as(by):
        watch, case = _locked(by, number, watch_id)
        end_aways(by, watch)
        if watch.state == WatchState.PAUSED:
            resume_row(by, watch, SignVia.STAFF)
        audit.changed(by, "case", [case.pk], "watch_back", owners=[case.provider_id], watch=watch.pk)
        return watch


def pause(*, by: Viewer, number: str, watch_id: int) -> Watch:
    """Until somebody says that it goes on."""
    with acting_as(by):
        watch, case = _locked(by, number, watch_id)
        pause_row(by, watch, WatchWhy.WISH, SignVia.STAFF)
        audit.changed(by, "case", [case.pk], "watch_rest", owners=[case.provider_id], watch=watch.pk)
        return watch


def stop(*, by: Viewer, number: str, watch_id: int, wish: bool) -> Watch:
    """`wish`: the person wants it; else the team ends it."""
    with acting_as(by):
        watch, case = _locked(by, number, watch_id)
        end_row(by, watch, WatchWhy.WISH if wish else WatchWhy.STAFF, SignVia.STAFF)
        _note(by, case, watch, "watch_off")
        return watch


def new_link(*, by: Viewer, number: str, watch_id: int) -> Watch:
    """Somebody else has seen the page's address: from now on another one opens it."""
    with acting_as(by):
        watch, case = _locked(by, number, watch_id)
        watch.link_version += 1
        watch.save(update_fields=["link_version"])
        audit.changed(by, "case", [case.pk], "watch_new_link", owners=[case.provider_id], watch=watch.pk)
        return watch


def end_aways(by: Viewer, watch: Watch) -> None:
    now = clock.now()
    rows = visible_to(by, WatchAway).filter(watch=watch, ends_at__gt=now)
    rows.filter(starts_at__lte=now).update(ends_at=now)
    for row in rows.filter(starts_at__gt=now):
        row.ends_at = row.starts_at
        row.save(update_fields=["ends_at"])


def pause_row(by: Viewer, watch: Watch, why: str, via: str) -> None:
    """Inside the caller's transaction; a watch that rests already keeps its reason."""
    if watch.state == WatchState.ON:
        _move(watch, WatchState.PAUSED, why, via, None)
        alarms.rest(by, watch)


def resume_row(by: Viewer, watch: Watch, via: str) -> None:
    _move(watch, WatchState.ON, "", via, _next(watch.way, watch.weekday, watch.ask_at))


def end_row(by: Viewer, watch: Watch, why: str, via: str) -> None:
    """Devices are let go, an open alarm waits for its result; nothing asks any more."""
    if watch.state == WatchState.ENDED:
        return
    _move(watch, WatchState.ENDED, why, via, None)
    alarms.rest(by, watch)
    visible_to(by, WatchSource).filter(watch=watch, ended_at=None).update(ended_at=clock.now())
    audit.changed(by, "case", [watch.case_id], "watch_off", owners=[watch.provider_id], why=str(why), via=str(via))


def _move(watch: Watch, after: str, why: str, via: str, next_ask_at: datetime | None) -> None:
    demand_step(WATCH_STEPS, watch.state, after, _ENDED)
    watch.state, watch.state_since, watch.why, watch.changed_via = after, clock.now(), why, via
    watch.next_ask_at = next_ask_at
    watch.save(update_fields=["state", "state_since", "why", "changed_via", "next_ask_at"])


def add_source(*, by: Viewer, number: str, watch_id: int, sender: str, name: str) -> WatchSource:
    """A device, as its sender names it. The name says nothing about the person."""
    with acting_as(by):
        watch, case = _locked(by, number, watch_id)
        name = name.strip()[:80]
        problems = [] if name else [errors.required("name")]
        if sender not in {one.code for one in senders()}:
            problems.append(errors.required("sender"))
        if name and watch.person.name.replace(" ", "") in name.replace(" ", ""):
            words = _("The sender must not learn who lives there: take another name for the device.")
            problems.append(Problem("name", words, "name"))
        if WatchSource.objects.filter(sender=sender, name=name, ended_at=None).exists():
            problems.append(Problem("twice", _("This device is registered already."), "name"))
        if problems:
            raise errors.Impossible(*problems)
        row = WatchSource.objects.create(watch=watch, **_keys(case), sender=sender, name=name, by_id=actor(by))
        if not watch.devices:
            watch.devices = True
            watch.save(update_fields=["devices"])
        audit.changed(by, "case", [case.pk], "watch_source", owners=[case.provider_id], source=row.pk)
        return row


def drop_source(*, by: Viewer, number: str, watch_id: int, source_id: int) -> None:
    with acting_as(by):
        watch, case = _locked(by, number, watch_id)
        rows = visible_to(by, WatchSource).filter(pk=source_id, watch=watch, ended_at=None)
        if rows.update(ended_at=clock.now()):
            audit.changed(by, "case", [case.pk], "watch_source_ended", owners=[case.provider_id], source=source_id)
