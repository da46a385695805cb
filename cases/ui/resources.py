"""The directory: what there is in the city, whom to ring, what is asked again, and what nobody offers (R12, R37)."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.models import Case, Resource, ResourceSector
from cases.rules.resources import ask_again_on
from cases.selectors import resources as found
from cases.selectors.case_page import read_case
from cases.selectors.catalogue import by_id, categories
from cases.services import resources as kept
from cases.ui.case_frame import done, taken
from cases.ui.forms_resources import GapForm, ResourceForm
from hopecare.kernel import clock, errors
from hopecare.kernel.models import Zone
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


def _number(request: HopeRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


@staff(Permission.CASE_VIEW)
@require_GET
def directory(request: HopeRequest) -> HttpResponseBase:
    """Everything, narrowed as asked; from a plan (`case`) with the way back into it, and the gap where nothing fits."""
    number, show = request.GET.get("case", "")[:11], request.GET.get("show", "")
    case = read_case(request.viewer, number) if number else None
    zone = _number(request, "zone") or (case.town.zone_id if case and "zone" not in request.GET else None)
    look = found.Look(
        line=request.GET.get("q", "")[:80],
        category=_number(request, "category"),
        sector=request.GET.get("sector", ""),
        zone=zone,
        again=show == "again",
    )
    counted = found.counts(request.viewer)
    context: dict[str, Any] = {
        "case": case,
        "look": look,
        "show": show,
        "tabs": _tabs(counted, case),
        "current": _tab_url(show, case),
        "categories": categories(),
        "zones": Zone.objects.order_by("pk"),
        "sectors": ResourceSector.choices,
        "may_edit": request.viewer.may(Permission.CASE_SERVICE),
    }
    if show == "gaps":
        return render(request, "cases/resources/list.html", {**context, "missing": found.missing(request.viewer)})
    entries = found.directory(request.viewer, look)
    category = by_id(categories(), look.category)
    gap = found.gap_of(request.viewer, case, category.pk) if case and category and not entries else None
    form = GapForm(categories=categories(), initial={"category": look.category})
    more = {"entries": entries, "category": category, "gap": gap, "form": form}
    return render(request, "cases/resources/list.html", {**context, **more})


def _tab_url(show: str, case: Case | None) -> str:
    parts = [f"show={show}"] if show in {"again", "gaps"} else []
    parts += [f"case={case.number}"] if case else []
    return reverse("resources") + (f"?{'&'.join(parts)}" if parts else "")


def _tabs(counted: dict[str, int], case: Case | None) -> list[dict[str, Any]]:
    words = {"": _("All"), "again": _("Ask again"), "gaps": _("Gaps")}
    return [
        {"words": said, "url": _tab_url(show, case), "count": counted[show or "all"]} for show, said in words.items()
    ]


def _told(form: ResourceForm) -> kept.Told:
    return kept.Told(**form.cleaned_data)


@staff(Permission.CASE_SERVICE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest) -> HttpResponseBase:
    initial = {
        "confirmed_on": clock.today(),
        "category": _number(request, "category"),
        "zone": _number(request, "zone"),
    }
    form = ResourceForm(request.POST or None, catalogue=found.choices(), initial=initial)
    if taken(request, form, lambda: kept.add(by=request.viewer, told=_told(form))):
        return done(request, _("It stands in the directory."), reverse("resources"))
    return _form_page(request, form, _("New entry"))


@staff(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def resource(request: HopeRequest, resource_id: int) -> HttpResponseBase:
    """One entry: ring and confirm with one tap, correct it, or say that it is no more."""
    row = found.resource_of(request.viewer, resource_id)
    form = ResourceForm(
        request.POST if "save" in request.POST else None, catalogue=found.choices(), initial=_initial(row)
    )
    if request.method == "POST" and "confirm" in request.POST:
        kept.confirm(by=request.viewer, resource_id=row.pk)
        return done(request, _("Thank you. It is asked again after ninety days."), reverse("resources") + "?show=again")
    if request.method == "POST" and "end" in request.POST:
        kept.end(by=request.viewer, resource_id=row.pk)
        return done(request, _("It has left the directory."), reverse("resources"))
    if taken(request, form, lambda: kept.change(by=request.viewer, resource_id=row.pk, told=_told(form))):
        return done(request, _("The entry is changed."), reverse("resources"))
    return _form_page(request, form, row.name, row)


def _initial(row: Resource) -> dict[str, Any]:
    names = ("name", "category", "sector", "owner", "owner_name", "service", "zone", "outside_city", "capacity")
    more = ("capacity_words", "contact_name", "words")
    return {**{name: getattr(row, name) for name in (*names, *more)}, "phone": row.phone, "confirmed_on": clock.today()}


def _form_page(request: HopeRequest, form: ResourceForm, title: str, row: Resource | None = None) -> HttpResponseBase:
    context = {
        "form": form,
        "title": title,
        "row": row,
        "ask_again": ask_again_on(row.confirmed_on) if row else None,
        "late": bool(row) and ask_again_on(row.confirmed_on) < clock.today() if row else False,
        "may_edit": request.viewer.may(Permission.CASE_SERVICE),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "cases/resources/entry.html", context, status=status)


@staff(Permission.CASE_PLAN)
@require_POST
def gap(request: HopeRequest, number: str) -> HttpResponseBase:
    """Nothing fits: written down for those who plan, without a word about the person."""
    case = read_case(request.viewer, number)
    form = GapForm(request.POST, categories=categories())
    if not form.is_valid():
        raise errors.NotFound("category", "")
    data = form.cleaned_data
    kept.note_gap(by=request.viewer, number=number, category=data["category"], words=data["words"])
    where = f"{reverse('resources')}?show=gaps&case={case.number}"
    return done(request, _("Written down as a gap. It stays there until somebody offers it."), where)
