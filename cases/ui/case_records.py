"""What happened: contacts in seconds, services with their money, and what changes a life (D15)."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.models import Action, Case
from cases.rules.checks import Override
from cases.selectors import health
from cases.selectors.case_page import read_case
from cases.selectors.catalogue import provider_kind
from cases.selectors.choices import for_service, people_of
from cases.selectors.work import action_of, person_of, services_of
from cases.services.life_events import record_life_event
from cases.services.notes import record_contact
from cases.services.services_given import Given, record_service
from cases.ui.case_frame import address, done, frame, page, simple_form, taken
from cases.ui.forms_case import ContactForm, LifeForm, ServiceForm
from hopecare.kernel import clock
from hopecare.kernel.models import PersonState
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_ASSESS)
def contact(request: HopeRequest, number: str) -> HttpResponseBase:
    """A contact in seconds; "no answer" is one tap."""
    case = read_case(request.viewer, number)
    form = ContactForm(request.POST or None, people=people_of(request.viewer, case))

    def write() -> None:
        record_contact(by=request.viewer, number=number, **form.noted())

    if taken(request, form, write):
        return done(request, _("Written down."), address(case))
    return page(request, "contact", {**frame(case, _("Write a record")), "form": form}, form)


@staff(Permission.CASE_VIEW)
def services(request: HopeRequest, number: str) -> HttpResponse:
    """Everything that was given, newest first."""
    case = read_case(request.viewer, number)
    rows = services_of(request.viewer, case)
    won = sum(row.spent_won for row in rows)
    context = {**frame(case, _("Services given")), "rows": rows, "sum": won}
    return render(request, "cases/case/services.html", context)


def _prefilled(request: HopeRequest, case: Case, action: Action | None) -> dict[str, Any]:
    """From the task: service, category, who gave it and when, so that a record takes seconds."""
    initial: dict[str, Any] = {
        "given_on": clock.today(),
        "person": case.main_person_id,
        "provider": case.provider_id,
        "amount_won": "",
        "provider_kind": provider_kind("private"),
    }
    if action is None:
        return initial
    kinds = {"volunteer": "regular_volunteer" if action.weekly else "occasional_volunteer", "partner": "private"}
    public = action.owner_organisation.is_public
    day = action.done_on or (action.at.astimezone(clock.SEOUL).date() if action.at else clock.today())
    return {
        **initial,
        "service": action.service_id,
        "category": action.category_id,
        "provider_kind": provider_kind(kinds.get(action.owner_kind, "public" if public else "private")),
        "provider": case.provider_id if action.owner_kind == "volunteer" else action.owner_organisation_id,
        "given_on": min(day, clock.today()),
        "finish": action.state in {"open", "doing"} and not action.weekly,
    }


@staff(Permission.CASE_SERVICE)
def new_service(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    chosen = request.GET.get("action", "")
    action = action_of(request.viewer, case, int(chosen)) if chosen.isdecimal() and len(chosen) < 18 else None
    form = ServiceForm(
        request.POST or None,
        catalogue=for_service(request.viewer, case, action),
        initial=_prefilled(request, case, action),
    )
    if action is None:
        del form.fields["finish"]

    def write() -> None:
        data = form.cleaned_data
        names = ("service", "category", "provider_kind", "provider", "given_on", "until", "person", "fund_source")
        given = Given(
            **{name: data[name] for name in names},
            amount_won=data["amount_won"] or 0,
            action_id=action.pk if action else None,
            note=data["note"],
            finish_action=data.get("finish", False),
            token=data["token"],
            override=Override(data["overlap_reason"], data["overlap_words"]),
        )
        record_service(by=request.viewer, number=number, given=given)

    if taken(request, form, write):
        return done(request, _("The service is on record."), address(case))
    at_home = health.kinds_for(request.viewer, case)
    context = {**frame(case, _("Record a service")), "form": form, "action": action, "at_home": at_home}
    return page(request, "service", context, form)


@staff(Permission.CASE_ASSESS)
def life_event(request: HopeRequest, number: str, person_id: int) -> HttpResponseBase:
    """Died, in hospital, moved, back: one act stops messages, visits and offers (D15)."""
    case = read_case(request.viewer, number)
    person = person_of(request.viewer, case, person_id)
    form = LifeForm(request.POST or None, initial={"since": clock.today()})

    def write() -> None:
        data = form.cleaned_data
        record_life_event(
            by=request.viewer,
            number=number,
            person_id=person_id,
            state=PersonState(data["state"]),
            since=data["since"],
            words=data["words"],
        )

    if taken(request, form, write):
        said = {
            "died": _("We are sorry. Messages, visits and offers have stopped; the team is told."),
            "here": _("Written down. Visits can be planned anew."),
        }
        state = form.cleaned_data["state"]
        return done(request, said.get(state, _("Messages and volunteers' visits have stopped.")), address(case))
    intro = _("Messages, visits by volunteers and offers stop at once. The team reads your words before anybody rings.")
    return simple_form(
        request,
        case,
        form,
        title=f"{person.name} · {_('What has happened?')}",
        button=_("Write down and stop"),
        intro=intro,
        also=(address(case, "case_people"), _("They only moved to another address, or somebody left: go here.")),
    )
