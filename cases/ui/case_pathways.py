"""Longer help: of one case, one way with its steps, and all that are under way (R29, R39, R40, R43, R46, R52, D9)."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from cases.models import Case, Pathway
from cases.rules import pathways as rules
from cases.selectors import pathways as found
from cases.selectors.case_page import read_case
from cases.selectors.choices import people_of
from cases.services import pathways as services
from cases.ui import photos
from cases.ui.case_frame import address, done, frame, taken
from cases.ui.forms_pathways import AnswerForm, BeginForm, PhotoForm, StepForm
from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.documents import content_of
from hopecare.kernel.web import HopeRequest, staff

_WRITTEN = "Written down."


def line(row: Pathway) -> dict[str, Any]:
    """One way as lists show it."""
    kind = rules.kinds()[row.kind]
    tone = "dim" if row.step == rules.STOPPED else "acc"
    late = found.is_late(getattr(row, "to_ask", ()))
    return {
        "row": row,
        "kind": kind,
        "said": kind.step_words(row.step),
        "tone": "amb" if late else tone,
        "late": late,
        "url": reverse("case_pathway", args=[row.case.number, row.pk]),
    }


@staff(Permission.CASE_VIEW)
@require_GET
def of_case(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    rows = [line(row) for row in found.pathways_of(request.viewer, case)]
    may = request.viewer.may(Permission.CASE_SERVICE) and case.is_open
    kinds = found.kinds_for(request.viewer) if may else []
    return render(request, "cases/pathways/case.html", {**frame(case, _("Longer help")), "rows": rows, "kinds": kinds})


@staff(Permission.CASE_SERVICE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest, number: str, kind: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    chosen = {one.code: one for one in found.kinds_for(request.viewer)}.get(kind)
    if chosen is None:
        raise errors.NotFound
    form = BeginForm(
        request.POST or None,
        kind=chosen,
        people=people_of(request.viewer, case),
        places=found.places(chosen) if chosen.place else (),
        initial={"person": case.main_person_id, "on": clock.today()},
    )

    def begin() -> None:
        data = form.cleaned_data
        told = services.Told(
            on=data["on"], words=data["words"], amount_won=data.get("amount_won"), place=data.get("place")
        )
        begun = services.Begun(
            person=data["person"], kind=kind, told=told, grounds=data.get("grounds", ()), token=data["token"]
        )
        services.begin(by=request.viewer, number=number, begun=begun)

    if taken(request, form, begin):
        return done(request, _("It is under way."), address(case, "case_pathways"))
    context = {**frame(case, chosen.name), "form": form, "kind": chosen, "first": chosen.step_words(chosen.steps[0])}
    return _page(request, "new", context, form)


@staff(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def pathway(request: HopeRequest, number: str, pathway_id: int) -> HttpResponseBase:
    """One way: what was, what comes next, what is to be asked, pictures of rooms."""
    case = read_case(request.viewer, number)
    row = found.pathway_of(request.viewer, case, pathway_id)
    kind = rules.kinds()[row.kind]
    told = request.POST if request.method == "POST" else None
    act = told.get("act", "") if told else ""
    places = found.places(kind) if kind.place and row.is_open else ()
    initial = {"on": clock.today(), "place": row.place_id}
    wages = found.reads_wages(request.viewer, case.pk)
    step = StepForm(
        told if act == "step" else None,
        kind=kind,
        before=_known(kind, row),
        places=places,
        wages=wages,
        initial=initial,
    )
    asked = AnswerForm(told if act == "answer" else None, wages=wages and row.kind in found.earning_kinds())
    pictures = PhotoForm(told if act == "photos" else None)
    which: dict[str, Any] = {"by": request.viewer, "number": number, "pathway_id": row.pk}

    def take() -> None:
        services.step(**which, told=services.Told(**step.told))

    def answer() -> None:
        check_id = str(told.get("check", "")) if told else ""
        known = int(check_id) if check_id.isdecimal() and len(check_id) < 18 else 0
        services.answer(**which, check_id=known, **asked.told)

    def keep() -> None:
        drafts, problems = photos.gather(request)
        if problems:
            raise errors.Impossible(*problems)
        services.add_photos(**which, drafts=drafts, **pictures.cleaned_data)

    for form, change in ((step, take), (asked, answer), (pictures, keep)):
        if form.is_bound and taken(request, form, change):
            return done(request, _(_WRITTEN), address(case, "case_pathway", pathway_id=row.pk))
    return _shown(request, case, row, {"step": step, "asked": asked, "shot_form": pictures})


def _known(kind: rules.Kind, row: Pathway) -> str:
    return row.step if row.step in kind.steps else kind.aim


def _shown(request: HopeRequest, case: Case, row: Pathway, forms: dict[str, Any]) -> HttpResponseBase:
    bound = next((form for form in forms.values() if form.is_bound), forms["step"])
    told = found.history(request.viewer, row)
    may = request.viewer.may(Permission.CASE_SERVICE)
    kind = rules.kinds()[row.kind]
    grounds = dict(kind.grounds)
    context = {
        **frame(case, kind.name),
        **line(row),
        **forms,
        "form": bound,
        "steps": [(one, kind.step_words(one.step), told.wages.get((one.step, 0))) for one in told.steps],
        "checks": [(one, told.wages.get((one.step, one.months))) for one in told.checks],
        "to_ask": found.to_ask_now(told.checks) if may else None,
        "shots": told.photos,
        "grounds": [grounds[code] for code in row.grounds if code in grounds],
        "may": may and row.is_open,
        "may_add": may and kind.photos,
    }
    return _page(request, "pathway", context, bound)


@staff(Permission.CASE_VIEW)
@require_safe
def photo(request: HopeRequest, number: str, photo_id: int) -> HttpResponseBase:
    """A picture of a room: checked, logged, never cached."""
    case = read_case(request.viewer, number)
    document = found.photo(request.viewer, case, photo_id)
    if document is None:
        raise errors.NotFound("pathway", str(photo_id))
    response = HttpResponse(content_of(document), content_type=document.content_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@staff(Permission.CASE_SERVICE)
@require_GET
def under_way(request: HopeRequest) -> HttpResponseBase:
    """All that are under way, by kind, with how many ever reached each step."""
    kinds = rules.kinds()
    shown = request.GET.get("kind", "")
    shown, mine = shown if shown in kinds else "", request.GET.get("whose") != "team"
    counts, url, whose = found.funnel(request.viewer), reverse("pathways"), "" if mine else "&whose=team"
    open_kinds = [kind for kind in kinds.values() if not kind.section or kind.section in request.viewer.sections]
    context = {
        "rows": [line(row) for row in found.under_way(request.viewer, kind=shown, mine=mine)],
        "tabs": [
            {"words": _("All"), "url": f"{url}?kind={whose}", "count": sum(one["open"] for one in counts.values())},
            *({"words": kind.name, "url": f"{url}?kind={kind.code}{whose}", "count": counts[kind.code]["open"]}
              for kind in open_kinds),
        ],
        "current": f"{url}?kind={shown}{whose}",
        "mine": mine,
        "other": f"{url}?kind={shown}{'&whose=team' if mine else ''}",
        "funnels": [
            (kind, [(kind.step_words(step), counts[kind.code].get(step, 0)) for step in (*kind.steps, rules.STOPPED)])
            for kind in open_kinds
            if not shown or kind.code == shown
        ],
    }  # fmt: skip
    return render(request, "cases/pathways/list.html", context)


def _page(request: HopeRequest, template: str, context: dict[str, Any], form: Any) -> HttpResponseBase:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"cases/pathways/{template}.html", context, status=status)
