"""The watch of one person: begin, their plan, whom to call, away, devices, stop; and all of it on paper (D10)."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import Case, Watch
from cases.selectors import watching as found
from cases.selectors.case_page import read_case
from cases.selectors.choices import inside, people_of
from cases.selectors.duty import duty_rows, phone_of
from cases.selectors.own_watch import link_of
from cases.selectors.senders import senders
from cases.selectors.watch_sentences import duty_sentence, when_asked
from cases.services import watching
from cases.states import WatchState
from cases.ui.case_frame import address, done, frame, taken
from cases.ui.forms_watch import AwayForm, ContactForm, PlanForm, SourceForm, StartForm
from cases.ui.watch_words import DEVICES, cause_words, standing
from hopecare.kernel import clock, panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


def _initial(watch: Watch) -> dict[str, Any]:
    names = ("way", "ask_at", "answer_minutes", "on_closed_door", "no_contact_days", "never_break", "keys")
    told = {name: getattr(watch, name) for name in (*names, "safe_from", "safe_to", "words", "devices")}
    return {**told, "weekday": "" if watch.weekday is None else str(watch.weekday), "caller": watch.caller_id}


@staff(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def watches(request: HopeRequest, number: str) -> HttpResponseBase:
    """Who of this household is under watch, and the form to begin."""
    viewer = request.viewer
    case = read_case(viewer, number)
    may = viewer.may(Permission.CASE_ASSESS) and case.is_open
    initial = {"person": case.main_person_id, "way": "sms", "ask_at": time(9), "caller": case.lead_id}
    form = StartForm(request.POST or None, callers=inside(case), people=people_of(viewer, case), initial=initial)

    def begin() -> None:
        watching.start(
            by=viewer,
            number=number,
            person_id=form.cleaned_data["person"].pk,
            ground=form.stands_on(),
            plan=form.plan(),
            token=form.cleaned_data["token"],
        )

    if may and taken(request, form, begin):
        return done(request, _("The watch has begun. Please give the person the paper."), address(case, "case_watch"))
    rows = []
    for watch in found.watches_of(viewer, case):
        tone, words = standing(watch, away=False)
        rows.append({"watch": watch, "tone": tone, "words": words, "asked": when_asked(watch)})
    context = {
        **frame(case, _("Signals of need")),
        "rows": rows,
        "form": form if may else None,
        "duty": duty_sentence(duty_rows([case.team_id])),
    }
    return render(request, "cases/watch/case.html", context, status=422 if form.errors else 200)


def _forms(request: HopeRequest, case: Case, watch: Watch) -> dict[str, Any]:
    """Each form of the page under its name; bound is the one that was sent."""

    def sent(name: str) -> Any:
        return request.POST if name in request.POST else None

    tomorrow = clock.today() + timedelta(days=1)
    return {
        "plan": PlanForm(sent("plan"), callers=inside(case), initial=_initial(watch)),
        "contact": ContactForm(sent("contact"), auto_id="contact_%s"),
        "away": AwayForm(sent("away"), auto_id="away_%s", initial={"starts_on": clock.today(), "ends_on": tomorrow}),
        "source": SourceForm(sent("source"), auto_id="source_%s"),
    }


@staff(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: HopeRequest, number: str, watch_id: int) -> HttpResponseBase:
    """One person's watch: the plan, and everything the person may see of it, too."""
    viewer = request.viewer
    case = read_case(viewer, number)
    view = found.watch_view(viewer, case, watch_id)
    forms, here = _forms(request, case, view.watch), address(case, "case_watch_one", watch_id=watch_id)
    which: dict[str, Any] = {"by": viewer, "number": number, "watch_id": watch_id}

    def away() -> None:
        data = forms["away"].cleaned_data
        starts, ends = clock.at(data["starts_on"], time(0)), clock.at(data["ends_on"], time(0))
        watching.go_away(**which, starts=starts, ends=ends)

    changes: dict[str, tuple[Callable[[], Any], str]] = {
        "plan": (lambda: watching.change(**which, plan=forms["plan"].plan()), _("The plan is as they said.")),
        "contact": (
            lambda: watching.name_contact(**which, **forms["contact"].cleaned_data),
            _("Written down: this person is called first."),
        ),
        "away": (away, _("Written down. Nothing asks and nothing climbs meanwhile.")),
        "source": (
            lambda: watching.add_source(**which, **forms["source"].cleaned_data),
            _("The device is registered."),
        ),
    }
    for name, (change, said) in changes.items():
        if taken(request, forms[name], change):
            return done(request, said, here)
    sent = next((form for form in forms.values() if form.is_bound), None)
    context = _context(request, case, view) | {"forms": forms, "sent": sent}
    return render(request, "cases/watch/watch.html", context, status=422 if sent is not None else 200)


def _context(request: HopeRequest, case: Case, view: found.WatchView) -> dict[str, Any]:
    row = view.watch
    is_away = any(away.starts_at <= clock.now() for away in view.aways)
    tone, words = standing(row, away=is_away)
    return {
        **frame(case, row.person.name),
        "view": view,
        "watch": row,
        "tone": tone,
        "standing": words,
        "is_away": is_away,
        "asked": when_asked(row),
        "duty": view.own.answering,
        "alarms": [{"alarm": alarm, "cause": cause_words(alarm)} for alarm in view.own.alarms],
        "events": [{"event": event, "words": DEVICES.get(event.kind, event.kind)} for event in view.own.events],
        "link": f"{settings.PUBLIC_URL}{link_of(row)}",
        "may": request.viewer.may(Permission.CASE_ASSESS) and row.state != WatchState.ENDED,
        "has_senders": bool(senders()),
        "senders": {one.code: one.name for one in senders()},
        "phone": phone_of(case.provider),
    }


@staff(Permission.CASE_ASSESS)
@require_POST
def act(request: HopeRequest, number: str, watch_id: int) -> HttpResponseBase:
    """One button each: rest, back, stop, another link, take somebody or a device away."""
    case = read_case(request.viewer, number)
    which: dict[str, Any] = {"by": request.viewer, "number": number, "watch_id": watch_id}
    what, _sep, row = request.POST.get("do", "").partition(":")
    row_id = int(row) if row.isascii() and row.isdecimal() and len(row) < 18 else 0
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "rest": (lambda: watching.pause(**which), _("It rests until somebody says that it goes on.")),
        "back": (lambda: watching.back(**which), _("The watch goes on.")),
        "stop": (lambda: watching.stop(**which, wish=True), _("Stopped, as they wished.")),
        "end": (lambda: watching.stop(**which, wish=False), _("The watch has ended.")),
        "link": (
            lambda: watching.new_link(**which),
            _("Older links open nothing any more. Please hand out the new one."),
        ),
        "contact": (lambda: watching.drop_contact(**which, contact_id=row_id), _("Taken away.")),
        "source": (lambda: watching.drop_source(**which, source_id=row_id), _("The device is let go.")),
    }
    here = address(case, "case_watch_one", watch_id=watch_id)
    if what not in acts:
        return done(request, _("Nothing was changed."), here)
    change, said = acts[what]
    change()
    return done(request, said, here)


@staff(Permission.CASE_VIEW)
@require_safe
def paper(request: HopeRequest, number: str, watch_id: int) -> HttpResponseBase:
    """Everything about the watch for the person's own hand: who answers, their plan, how to stop it."""
    case = read_case(request.viewer, number)
    view = found.watch_view(request.viewer, case, watch_id)
    context = _context(request, case, view) | {
        "contact_name": case.lead.name,
        "contact_phone": case.lead.phone or case.provider.phone,
        "back": address(case, "case_watch_one", watch_id=watch_id),
    }
    return render(request, "cases/watch/paper.html", context)


def link(viewer: Viewer, subject: Any) -> Panel | None:
    """A way from the case to the watch; no count, since the page has its queries."""
    if not viewer.may(Permission.CASE_ASSESS) or not subject.is_open:
        return None
    return Panel("cases/watch/case_link.html", {"url": reverse("case_watch", args=[subject.number])})


def register() -> None:
    panels.register("case.actions", 8, link)
