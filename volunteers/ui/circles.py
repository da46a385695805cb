"""Circles of neighbours: the desk opens them and writes down who is in; a neighbour lives in it by an own link."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hopecare.kernel import clock, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, source_address, staff
from volunteers.facts import NeighbourTold
from volunteers.models import FavourKind
from volunteers.rules.circles import LONGEST_WORDS
from volunteers.selectors import catalogue
from volunteers.selectors import circles as selectors
from volunteers.services import circles as services
from volunteers.ui.forms import place_problems
from volunteers.ui.link import LONGEST_TOKEN, private


class CircleForm(forms.Form):
    village = forms.CharField(label=gettext_lazy("Village, street or building"), max_length=40, required=False)
    town = forms.ChoiceField(label=gettext_lazy("In which town?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = [(town.code, town.name) for town in catalogue.towns()]
        self.fields["town"].choices = [("", _("Choose")), *towns]  # type: ignore[attr-defined]


class NeighbourForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("As the neighbours call them."),
        max_length=40,
        required=False,
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    grown_up = forms.BooleanField(label=gettext_lazy("A grown-up, as they say themselves"), required=False)
    agreed = forms.BooleanField(
        label=gettext_lazy("They agree that the neighbours of this circle learn name and number, and that we write."),
        required=False,
    )
    sms_ok = forms.BooleanField(label=gettext_lazy("By text message"), required=False, initial=True)

    def told(self) -> NeighbourTold:
        data = self.cleaned_data
        return NeighbourTold(
            name=data.get("name", ""),
            phone=data.get("phone", ""),
            grown_up=bool(data.get("grown_up")),
            agreed=bool(data.get("agreed")),
            sms_ok=bool(data.get("sms_ok")),
        )


class FavourForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=FavourKind.choices,
        widget=forms.RadioSelect,
        required=False,
        initial=FavourKind.ASK,
    )
    words = forms.CharField(
        label=gettext_lazy("In a few words"),
        help_text=gettext_lazy("Such as: two sacks of rice up to the third floor on Saturday"),
        max_length=LONGEST_WORDS,
        required=False,
    )
    on = forms.DateField(
        label=gettext_lazy("Until which day?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )


@staff(Permission.VOLUNTEER_VIEW)
@require_http_methods(["GET", "POST"])
def circles(request: HopeRequest) -> HttpResponseBase:
    """All of them; whoever runs volunteering opens another one here."""
    form = CircleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.open_circle(by=request.viewer, **form.cleaned_data)
            return redirect("circle", circle_id=row.pk)
        except errors.Impossible as error:
            place_problems(form, error.problems)
    context = {
        "cards": selectors.circles(request.viewer),
        "form": form,
        "may_manage": request.viewer.may(Permission.VOLUNTEER_MANAGE),
    }
    return render(request, "volunteers/circles.html", context, status=422 if form.errors else 200)


@staff(Permission.VOLUNTEER_VIEW)
@require_http_methods(["GET", "POST"])
def circle(request: HopeRequest, circle_id: int) -> HttpResponseBase:
    """Who is in it; a neighbour more, one less, or its end."""
    form = NeighbourForm(request.POST if request.POST.get("do") == "join" else None)
    if request.method == "POST":
        gone, do = request.POST.get("gone", ""), request.POST.get("do", "")
        if gone.isascii() and gone.isdigit() and len(gone) < 18:
            services.leave_for(by=request.viewer, neighbour_id=int(gone))
            messages.success(request, _("Taken out: name and number are erased."))
        elif do == "end":
            services.end_circle(by=request.viewer, circle_id=circle_id)
            return redirect("circles")
        elif do == "join" and form.is_valid():
            try:
                services.join(by=request.viewer, circle_id=circle_id, told=form.told())
            except errors.Impossible as error:
                place_problems(form, error.problems)
        if not form.errors:
            return redirect("circle", circle_id=circle_id)
    card = selectors.circle(request.viewer, circle_id)
    context = {
        "card": card,
        "form": form,
        "site": settings.PUBLIC_URL,
        "may_manage": request.viewer.may(Permission.VOLUNTEER_MANAGE),
    }
    return render(request, "volunteers/circle.html", context, status=422 if form.errors else 200)


@public(Principal.OFFERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_page(request: HopeRequest, token: str) -> HttpResponseBase:
    """What neighbours ask and offer, one button each; the names and numbers of one's own circle alone."""
    token = token[:LONGEST_TOKEN]
    form = FavourForm(request.POST if request.POST.get("do") == "write" else None)
    try:
        if request.method == "POST":
            rates.demand("neighbour", rates.client_of(request), settings.PUBLIC_FORM_RATE)
            if request.POST.get("do") == "leave":
                services.leave(token=token, source_address=source_address(request))
                return private(render(request, "volunteers/neighbour_left.html"))
            _do(request, token, form)
            if not form.errors:
                return private(HttpResponseRedirect(reverse("neighbour-link", args=[token])))
        return private(_own(request, token, form))
    except errors.NotFound:
        return private(render(request, "volunteers/link_gone.html", status=404))


def _do(request: HopeRequest, token: str, form: FavourForm) -> None:
    address, favour = source_address(request), request.POST.get("favour", "")
    if request.POST.get("do") == "write":
        if form.is_valid():
            data = form.cleaned_data
            try:
                services.write(
                    token=token, kind=data["kind"], text=data["words"], on=data["on"], source_address=address
                )
            except errors.Impossible as error:
                place_problems(form, error.problems)
        return
    if not (favour.isascii() and favour.isdigit() and len(favour) < 18):
        return
    chosen: dict[str, Callable[[], bool]] = {
        "take": lambda: services.take(token=token, favour_id=int(favour), source_address=address),
        "done": lambda: services.settle(token=token, favour_id=int(favour), done=True, source_address=address),
        "back": lambda: services.settle(token=token, favour_id=int(favour), done=False, source_address=address),
    }
    act = chosen.get(request.POST.get("do", ""))
    if act is not None and not act():
        messages.info(request, _("It has moved on in the meantime. Please look again."))


def _own(request: HopeRequest, token: str, form: FavourForm) -> HttpResponse:
    context = {"page": selectors.page_by_token(token), "form": form, "today": clock.today()}
    return render(request, "volunteers/neighbour.html", context, status=422 if form.errors else 200)
