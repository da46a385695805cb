"""`/desk/watch/`: open alarms with their next step, calls to make, who is under watch, what came of it, who answers."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import AlarmResult
from cases.selectors import duty as duties
from cases.selectors import watching as found
from cases.selectors.colleagues import colleagues
from cases.selectors.watch_sentences import when_asked
from cases.services import alarms, check_ins, duty
from cases.states import Rung, WatchState
from cases.ui.case_frame import done, taken
from cases.ui.forms_watch import DutyForm, EndForm
from cases.ui.watch_words import RUNGS, alarm_line, cause_words, duty_lines, standing
from hopecare.kernel import clock, phones
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags import hope_formats as formats
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_VIEW)
@require_safe
def board(request: HopeRequest) -> HttpResponseBase:
    """Four lists of one board; each a page, the alarms with whoever answers at this moment."""
    show = request.GET.get("show", "")
    show = show if show in found.SHOWN else "alarms"
    viewer, url = request.viewer, reverse("watch")
    counts = found.counts(viewer)
    tabs = [
        (_("Open alarms"), "alarms", counts.alarms),
        (_("Calls to make"), "calls", counts.calls),
        (_("People"), "people", counts.people),
        (_("What came of it"), "over", ""),
    ]
    context = {
        "show": show,
        "counts": counts,
        "tabs": [{"words": words, "url": f"{url}?show={key}", "count": count} for words, key, count in tabs],
        "current": f"{url}?show={show}",
        "answering": _answering(request),
        "may": viewer.may(Permission.CASE_ASSESS),
        **_LISTS[show](request),
    }
    return render(request, "cases/watch/board.html", context)


def _answering(request: HopeRequest) -> list[dict[str, Any]]:
    """Team by team: who answers now, or openly nobody."""
    rows = duties.duty_rows(request.viewer.team_ids)
    now = duties.answering(rows)
    teams = {row.team_id: row.team.name for row in rows}
    return [{"team": name, "people": now[team]} for team, name in teams.items()]


def _alarms(request: HopeRequest) -> dict[str, Any]:
    return {"rows": [alarm_line(alarm) for alarm in found.open_alarms(request.viewer)]}


def _calls(request: HopeRequest) -> dict[str, Any]:
    return {"rows": found.calls_to_make(request.viewer)}


def _people(request: HopeRequest) -> dict[str, Any]:
    wanted = request.GET.get("standing", "")
    rows, following = found.watched(request.viewer, standing=wanted, after=request.GET.get("after", ""))
    shown = []
    for watch in rows:
        tone, words = standing(watch, away=watch.is_away)  # type: ignore[attr-defined]
        shown.append({"watch": watch, "tone": tone, "words": words, "asked": when_asked(watch)})
    choices = {
        "": _("all"),
        "on": _("under watch"),
        "away": _("away"),
        "paused": _("resting"),
        "ended": _("ended"),
    }
    return {"rows": shown, "next": following, "filters": choices, "chosen": wanted, "filter": "standing"}


def _over(request: HopeRequest) -> dict[str, Any]:
    wanted = request.GET.get("result", "")
    rows, following = found.ended_alarms(request.viewer, result=wanted, after=request.GET.get("after", ""))
    figures = found.figures(request.viewer)
    return {
        "rows": [alarm_line(alarm) for alarm in rows],
        "next": following,
        "filters": {"": _("all"), **dict(AlarmResult.choices)},
        "chosen": wanted,
        "filter": "result",
        "figures": figures,
        "results": [(AlarmResult(value).label, count) for value, count in figures.by_result.items()],
    }


_LISTS = {"alarms": _alarms, "calls": _calls, "people": _people, "over": _over}


@staff(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def alarm(request: HopeRequest, alarm_id: int) -> HttpResponseBase:
    """The plan first, the rungs so far, and the one next thing to do."""
    form = EndForm(request.POST if "end" in request.POST else None)
    here = reverse("watch_alarm", args=[alarm_id])
    if request.method == "POST" and "take" in request.POST:
        alarms.take(by=request.viewer, alarm_id=alarm_id)
        return done(request, _("You have it. It does not climb before your time is over."), here)
    if request.method == "POST" and "no_answer" in request.POST:
        alarms.not_reached(by=request.viewer, alarm_id=alarm_id, words=request.POST.get("said", ""))
        return done(request, _("Written down. The next step has begun."), here)
    if taken(request, form, lambda: alarms.end(by=request.viewer, alarm_id=alarm_id, **form.cleaned_data)):
        return done(request, _("The alarm has ended."), reverse("watch"))
    view = found.alarm_view(request.viewer, alarm_id)
    row = view.alarm
    safe = getattr(row.watch.person, "safe_contact", None)
    number = (safe.number if safe is not None else "") or row.watch.person.phone
    context = {
        "view": view,
        "row": row,
        "watch": row.watch,
        "case": row.case,
        "cause": cause_words(row),
        "line": alarm_line(row),
        "rungs": _ladder(view),
        "person_phone": phones.shown(number) if number else "",
        "steps": [{"step": step, "rung": RUNGS[Rung(step.rung)]} for step in view.steps],
        "asked": when_asked(row.watch),
        "resting": row.watch.state != WatchState.ON,
        "form": form,
        "may": request.viewer.may(Permission.CASE_ASSESS) and row.ended_at is None,
        "answering": _answering(request),
    }
    return render(request, "cases/watch/alarm.html", context, status=422 if form.errors else 200)


def _ladder(view: found.AlarmView) -> list[dict[str, Any]]:
    """The rungs, each with the hour at which it began."""
    began = {step.rung: formats.hour(step.at) for step in reversed(view.steps)}
    place, ended = list(RUNGS).index(Rung(view.alarm.rung)), view.alarm.ended_at is not None
    return [
        {"words": words, "done": number < place, "current": number == place and not ended, "note": began.get(rung, "")}
        for number, (rung, words) in enumerate(RUNGS.items())
    ]


@staff(Permission.CASE_ASSESS)
@require_POST
def rung_up(request: HopeRequest, check_in_id: int) -> HttpResponseBase:
    """Somebody rang, as agreed: well, or not reached, which is an alarm at once."""
    well = request.POST.get("said") == "well"
    opened = check_ins.rung_up(by=request.viewer, check_in_id=check_in_id, well=well)
    if opened is not None:
        return done(request, _("Not reached: an alarm has begun."), reverse("watch_alarm", args=[opened]))
    return done(request, _("Written down. Thank you."), f"{reverse('watch')}?show=calls")


@staff(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HopeRequest) -> HttpResponseBase:
    """Who answers when, team by team; what stands nowhere, nobody answers."""
    viewer = request.viewer
    teams = duties.teams_of(viewer.team_ids)
    people = {one.user_id: one for one in colleagues(viewer.team_ids)}
    form = DutyForm(
        request.POST or None, teams=teams, colleagues=[_Pick(one.user_id, one.name) for one in people.values()]
    )

    def write() -> None:
        data = form.cleaned_data
        names = ("from_hour", "to_hour", "holidays", "phone")
        days = [int(day) for day in data["weekdays"]]
        who = {"team_id": data["team"].pk, "user_id": data["user"].pk}
        duty.write_hours(by=viewer, **who, weekdays=days, **{name: data[name] for name in names})

    if taken(request, form, write):
        return done(request, _("Written down."), reverse("watch_hours"))
    rows = duties.duty_rows(viewer.team_ids)
    parts = [{"team": team, "days": duty_lines(row for row in rows if row.team_id == team.pk)} for team in teams]
    may = viewer.may(Permission.CASE_ASSESS)
    context = {"parts": parts, "form": form if may else None, "answering": _answering(request), "now": clock.now()}
    return render(request, "cases/watch/hours.html", context, status=422 if form.errors else 200)


class _Pick:
    """A colleague as a form offers one."""

    def __init__(self, pk: int, name: str) -> None:
        self.pk, self.name = pk, name


@staff(Permission.CASE_ASSESS)
@require_POST
def hours_end(request: HopeRequest, duty_id: int) -> HttpResponseBase:
    duty.end_hours(by=request.viewer, duty_id=duty_id)
    return done(request, _("Taken away."), reverse("watch_hours"))
