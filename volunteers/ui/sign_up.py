"""Become a volunteer, in under three minutes; staff type the same form for a caller."""

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hopecare.kernel import errors, rates
from hopecare.kernel.access import Principal, Viewer
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, staff
from volunteers.services import register
from volunteers.ui.forms import PICTURES, SignUpForm, place_problems

GUARDIAN_FIELDS = ("guardian_name", "guardian_phone")


@public(Principal.INTAKE)
@never_cache
@require_http_methods(["GET", "POST"])
def sign_up(request: HopeRequest) -> HttpResponseBase:
    if request.method == "POST":
        rates.demand("volunteer", rates.client_of(request), settings.PUBLIC_FORM_RATE)
    return _form(request, request.viewer, "volunteers/sign_up.html", "volunteer-thanks", "volunteer-guardian")


@staff(Permission.VOLUNTEER_VIEW)
@require_http_methods(["GET", "POST"])
def type_for_caller(request: HopeRequest) -> HttpResponseBase:
    return _form(request, request.viewer, "volunteers/desk_sign_up.html", "matching-calls", "matching-calls")


@public()
@require_safe
def thanks(request: HopeRequest) -> HttpResponseBase:
    return render(request, "volunteers/thanks.html", {"young": False})


@public()
@require_safe
def thanks_guardian(request: HopeRequest) -> HttpResponseBase:
    return render(request, "volunteers/thanks.html", {"young": True})


def _form(request: HopeRequest, by: Viewer, template: str, after: str, after_young: str) -> HttpResponseBase:
    form = SignUpForm(request.POST or None)
    young, status = False, 200
    if request.method == "POST":
        form.is_valid()
        try:
            register.sign_up(by=by, told=form.told())
            return redirect(after)
        except errors.Impossible as error:
            young = any(problem.code == "young" for problem in error.problems)
            if young and any(request.POST.get(name, "").strip() for name in GUARDIAN_FIELDS):
                return _guardian(request, by, form, template, after_young)
            place_problems(form, () if young else error.problems)
        status = 200 if young else 422
    return render(request, template, {"form": form, "pictures": PICTURES, "young": young}, status=status)


def _guardian(request: HopeRequest, by: Viewer, form: SignUpForm, template: str, after: str) -> HttpResponseBase:
    data = form.cleaned_data
    try:
        register.ask_guardian(
            by=by, name=data["guardian_name"], phone=data["guardian_phone"], town=data.get("town", "")
        )
    except errors.Impossible as error:
        place_problems(form, error.problems)
        return render(request, template, {"form": form, "pictures": PICTURES, "young": True}, status=422)
    return redirect(after)
