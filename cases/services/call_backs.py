"""Somebody leaves a name and a number with consent, and is rung back by the centre of their zone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import CallBack, CallBackAbout
from cases.rules import reports as rules
from cases.selectors import routing
from cases.selectors.routing import Route
from hopecare.kernel import audit, clock, errors, events, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.services import once
from hopecare.messaging.services.notices import post_to_teams

#: The words of consent on the form; a change of its words is a new version.
CONSENT_VERSION = "call-back-2026-11"
RECEIVED = gettext_noop("Somebody asks to be rung back until %(until)s.")


@dataclass(frozen=True)
class Caller:
    """What somebody left, as typed; `about` is a code of CallBackAbout, `town` a town's code or empty."""

    about: str
    name: str
    phone: str
    town: str = ""
    words: str = ""


def promised(now: datetime) -> datetime:
    return rules.promise(
        now, rules.SOON, open_now=clock.is_open(now), next_working_day=clock.next_working_day(now.date())
    )


def receive(*, by: Viewer, caller: Caller, key: str) -> datetime:
    """Keep the call-back for the zone's centre, or the central one; returns by when somebody rings.

    The same key twice is one call-back. Raises Impossible.
    """
    name, words = rules.clean(caller.name), rules.clean(caller.words)
    route, phone = _checked(caller, name)
    now = clock.now()
    until = promised(now)
    by = system(Principal.INTAKE, subject=phones.hashed(phone), source_address=by.source_address)
    with acting_as(by):
        answer: dict[str, Any] = {"until": until.isoformat()}
        if key:
            given = once.take(once.Once.of(f"call:{key}", f"{caller}", client="call-back"), status=201, body=answer)
            if given is not None:
                return datetime.fromisoformat(given.body["until"])
        row = CallBack.objects.create(
            about=caller.about,
            town_id=route.town_id,
            team_id=route.team_id,
            provider_id=route.provider_id,
            name=name,
            phone=phone,
            phone_hash=phones.hashed(phone),
            words=words,
            consent_version=CONSENT_VERSION,
            received_at=now,
            promised_at=until,
        )
        audit.changed(by, "call_back", [row.pk], "received", owners=[route.provider_id], about=caller.about)
        events.publish("call_back.received", call_back=row.pk)
        _tell(row, route)
    return until


def _checked(caller: Caller, name: str) -> tuple[Route, str]:
    routes = routing.routes()
    problems = [] if name else [errors.required("name")]
    phone = ""
    try:
        phone = phones.normal(caller.phone)
    except phones.BadPhone:
        problems.append(errors.bad_phone())
    if not caller.phone.strip():
        problems.append(errors.required("phone"))
    if caller.about not in CallBackAbout.values:
        problems.append(Problem("unknown_about", _("We do not know what this is about."), ""))
    if problems:
        raise errors.Impossible(*problems)
    return routes.towns.get(caller.town, routes.central), phone


def _tell(row: CallBack, route: Route) -> None:
    post_to_teams(
        team_ids=[route.team_id],
        purpose="call_back.received",
        about=("call_back", row.pk),
        step="received",
        words=RECEIVED,
        parameters={"until": f"{row.promised_at.astimezone(clock.SEOUL):%m/%d %H:%M}"},
        link="/desk/callbacks/",
        provider_id=route.provider_id,
    )
