"""Danger to life, hand-overs, urgent requests: what crosses the border of a team, each with its clock (R17, K7)."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.selectors import crossing
from cases.selectors.catalogue import categories
from cases.selectors.reading import broken_glass
from cases.services import break_glass, hand_over, urgent
from cases.ui.case_frame import done, taken
from cases.ui.forms_access import AcceptForm, BreakGlassForm, UrgentForm, WordsForm
from hopecare.kernel import clock, errors, names, phones
from hopecare.kernel.access import Viewer
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags import hope_formats as formats
from hopecare.kernel.web import HopeRequest, staff


def board(request: HopeRequest, context: dict[str, Any]) -> HttpResponse:
    form = context.get("form")
    broken = form is not None and form.is_bound and form.errors
    return render(request, "cases/access/board.html", context, status=422 if broken else 200)


def left(until: datetime) -> tuple[str, bool]:
    """The clock that both sides see, and whether it has run out."""
    return str(formats.left(until)), until < clock.now()


@staff(Permission.BREAK_GLASS, Permission.CASE_LEAD)
def glass(request: HopeRequest) -> HttpResponseBase:
    """Open one case for danger to life or body; below, what was opened and waits for somebody to look why."""
    form = BreakGlassForm(request.POST or None)

    def write() -> None:
        data = form.cleaned_data
        break_glass.break_glass(by=request.viewer, number=data["number"], reason=data["reason"], urgent=data["urgent"])

    if taken(request, form, write):
        said = _("The case is open for one hour. The lead and the head have been told.")
        return done(request, said, reverse("case", args=[form.cleaned_data["number"].strip()]))
    rows = [_glass_entry(request, row) for row in broken_glass(request.viewer)]
    context: dict[str, Any] = {
        "title": _("Danger to life or body"),
        "intro": _("When nobody of the team can be reached. Every use is told at once and looked through afterwards."),
        "parts": [{"title": _("Opened this way"), "entries": rows, "empty": _("Nothing was opened this way.")}],
    }
    if request.viewer.may(Permission.BREAK_GLASS):
        context |= {"form": form, "form_title": _("Open one case for an hour"), "button": _("Open and tell the lead")}
        context |= {"risk": True, "form_intro": _("First 119. This page does not call anybody.")}
    return board(request, context)


def _glass_entry(request: HopeRequest, row: Any) -> dict[str, Any]:
    open_now = row.ends_at > clock.now()
    entry = {
        "tag": _("reviewed") if row.reviewed_at else _("open now") if open_now else _("to be looked at"),
        "tone": "dim" if row.reviewed_at else "red" if open_now else "amb",
        "at": row.starts_at,
        "title": f"{row.user.name} · {row.number or ''}".rstrip(" ·"),
        "note": row.article,
        "words": row.reason,
    }
    if row.reviewed_at:
        entry["clock"] = f"{row.reviewed_by.name}: {row.review_words}"
    elif row.user_id != request.viewer.user_id and request.viewer.may(Permission.CASE_LEAD):
        entry |= {"form": WordsForm(auto_id=f"glass{row.pk}_%s"), "button": _("I have looked why")}
        entry["post"] = reverse("break_glass_review", args=[row.pk])
    return entry


@staff(Permission.CASE_LEAD)
@require_POST
def glass_review(request: HopeRequest, glass_id: int) -> HttpResponseBase:
    form = WordsForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    try:
        break_glass.review(by=request.viewer, glass_id=glass_id, words=words)
    except errors.Impossible:
        return done(request, _("Say in a sentence what you found out."), reverse("break_glass"))
    return done(request, _("Written down."), reverse("break_glass"))


@staff(Permission.CASE_LEAD)
def hand_overs(request: HopeRequest) -> HttpResponseBase:
    """Cases that another team asks us to take, and cases we asked others to take."""
    asked, ours = crossing.hand_overs(request.viewer)
    entries = []
    for row in asked:
        form = AcceptForm(auto_id=f"offer{row.pk}_%s", leaders=crossing.leaders(row.to_team_id))
        entries.append({**_offer_entry(row), "form": form, "button": _("Take it over"), "value": "accept"}
                       | {"post": reverse("hand_over", args=[row.pk]), "name": "what"})  # fmt: skip
    sent = [
        {**_offer_entry(row), "note": row.to_team.name, "button": _("Keep it after all"), "name": "what"}
        | {"value": "keep", "post": reverse("hand_over", args=[row.pk])}
        for row in ours
    ]
    moved = [_moved_entry(case) for case in crossing.without_their_lead(request.viewer)]
    intro = _("Nobody refuses. Until another team accepts, the team that has the case answers for it.")
    parts = [
        {"title": _("We are asked"), "entries": entries, "empty": _("Nobody asks us to take a case.")},
        {"title": _("We asked others"), "entries": sent, "empty": _("We asked nobody.")},
        {
            "title": _("Whose lead left the team"),
            "entries": moved,
            "empty": _("Every lead is in the team of the case."),
        },
    ]
    return board(request, {"title": _("Hand-overs"), "intro": intro, "parts": parts})


def _moved_entry(case: Any) -> dict[str, Any]:
    told = {"name": case.lead.name, "day": formats.day_words(case.last_day)}
    return {
        "tag": case.town.name,
        "tone": "amb",
        "title": case.number,
        "url": reverse("case_team", args=[case.number]),
        "clock": _("%(name)s was in the team until %(day)s; somebody else has to lead.") % told,
        "late": True,
    }


def _offer_entry(row: Any) -> dict[str, Any]:
    words, late = left(crossing.told_centrally_at(row))
    waits = _("The centre has been told.") if late else _("%(left)s until the centre is told") % {"left": words}
    return {
        "tag": row.town.name,
        "tone": "acc",
        "at": row.offered_at,
        "title": row.offered_by.name,
        "words": row.reason,
        "clock": waits,
        "late": late,
    }


@staff(Permission.CASE_LEAD)
@require_POST
def hand_over_answer(request: HopeRequest, hand_over_id: int) -> HttpResponseBase:
    where = reverse("hand_overs")
    try:
        if request.POST.get("what") == "keep":
            hand_over.take_back(by=request.viewer, hand_over_id=hand_over_id)
            return done(request, _("The case stays with you."), where)
        to = crossing.leader(request.viewer, request.POST.get("to", ""))
        hand_over.accept(by=request.viewer, hand_over_id=hand_over_id, to=to)
    except errors.Impossible as refusal:
        return done(request, " ".join(str(problem.words) for problem in refusal.problems), where)
    return done(request, _("The case is yours now. The sender has been told."), where)


@staff(Permission.REPORT_TYPE, Permission.REPORT_TRIAGE)
def urgent_requests(request: HopeRequest) -> HttpResponseBase:
    """Partners ask, the zone's team rings back; both see the same clock."""
    viewer = request.viewer
    form = UrgentForm(request.POST or None, towns=crossing.towns(), categories=categories())

    def write() -> None:
        data = form.cleaned_data
        urgent.ask(by=viewer, town=data["town"], category=data["category"].code, call_back=data["call_back"],
                   words=data["words"])  # fmt: skip

    if taken(request, form, write):
        return done(request, _("The team has it. The promised time stands in the list."), reverse("urgent"))
    for_us, asked = crossing.urgent_requests(viewer)
    parts = []
    if viewer.may(Permission.REPORT_TRIAGE):
        entries = [_urgent_entry(viewer, row, ours=True) for row in for_us]
        parts.append({"title": _("For our team"), "entries": entries, "empty": _("Nobody waits for a call.")})
    entries = [_urgent_entry(viewer, row, ours=False) for row in asked]
    parts.append({"title": _("We asked"), "entries": entries, "empty": _("We asked for nothing.")})
    context: dict[str, Any] = {"title": _("Urgent requests"), "parts": parts}
    context["intro"] = _("Need, town and a number to ring. Whoever it concerns is told on the telephone.")
    if viewer.may(Permission.REPORT_TYPE):
        context |= {"form": form, "form_title": _("Ask for urgent help"), "button": _("Send to the zone's team")}
    return board(request, context)


def _urgent_entry(viewer: Viewer, row: Any, *, ours: bool) -> dict[str, Any]:
    words, late = left(row.promised_at)
    entry: dict[str, Any] = {"at": row.asked_at, "title": f"{row.town.name} · {row.category.name}", "words": row.words}
    entry |= {
        "note": names.shown(viewer, row.from_organisation) if ours else row.provider.name,
        "late": late and not row.taken_at,
    }
    entry["clock"] = words
    if row.done_at:
        entry |= {"tag": _("done"), "tone": "dim", "clock": row.done_words}
    elif row.taken_at:
        entry |= {"tag": _("taken"), "tone": "acc", "clock": _("%(name)s rings") % {"name": row.taken_by.name}}
    else:
        entry |= {"tag": _("waits"), "tone": "red" if late else "amb"}
    if ours and row.sheet:
        entry["url"] = reverse("intake", args=[row.sheet])
    if ours and not row.done_at:
        entry["note"] += f" · {phones.shown(row.call_back)}"
        entry["post"] = reverse("urgent_answer", args=[row.pk])
        entry["name"] = "what"
        if row.taken_at:
            entry |= {"form": WordsForm(auto_id=f"urgent{row.pk}_%s"), "button": _("Done"), "value": "done"}
        else:
            entry |= {"button": _("I ring now"), "value": "take", "main": True}
    return entry


@staff(Permission.REPORT_TRIAGE)
@require_POST
def urgent_answer(request: HopeRequest, request_id: int) -> HttpResponseBase:
    where = reverse("urgent")
    if request.POST.get("what") != "done":
        urgent.take(by=request.viewer, request_id=request_id)
        return done(request, _("Yours. The other side sees your name."), where)
    try:
        urgent.finish(by=request.viewer, request_id=request_id, words=request.POST.get("words", ""))
    except errors.Impossible:
        return done(request, _("Say in a sentence what you found out."), where)
    return done(request, _("Written down."), where)
