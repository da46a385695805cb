"""What every page below a case shares: the head with the safe contact (D4), and the way a form is answered."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Case
from cases.ui import case_drafts
from cases.ui import case_words as words
from cases.ui.forms_case import add_problems
from hopecare.kernel import addresses, errors
from hopecare.kernel.web import HopeRequest


def address(case: Case, name: str = "case", **extra: Any) -> str:
    return addresses.address(name, number=case.number, **extra)


def frame(case: Case, title: str) -> dict[str, Any]:
    """Context of the small head: where one is, the person, how they may be reached."""
    contact = getattr(case.main_person, "safe_contact", None)
    return {
        "case": case,
        "title": title,
        "crumbs": [
            (_("Cases"), reverse("case_list")),
            (f"{case.main_person.name} · {case.number}", address(case)),
            (title, ""),
        ],
        "safe_words": words.safe_contact_words(contact),
        "safe_strict": words.is_strict(contact),
        "state_words": words.state_words(case.main_person),
    }


def page(request: HopeRequest, template: str, context: dict[str, Any], form: forms.Form | None = None) -> HttpResponse:
    """422 when a form came back."""
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, f"cases/case/{template}.html", context, status=status)


def taken(request: HopeRequest, form: forms.Form, change: Callable[[], Any], *, prefix: str = "") -> bool:
    """Whether the form was sent, is valid and the change happened; else its problems stand on the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        change()
    except errors.Impossible as refusal:
        add_problems(form, refusal, prefix=prefix)
        return False
    case_drafts.sent(request)
    return True


def done(request: HopeRequest, said: str, where: str) -> HttpResponseBase:
    """Post/Redirect/Get with one sentence."""
    messages.success(request, said)
    return HttpResponseRedirect(where)


def simple_form(
    request: HopeRequest,
    case: Case,
    form: forms.Form,
    *,
    title: str,
    button: str,
    intro: str = "",
    risk: bool = False,
    back: str = "",
    **extra: Any,
) -> HttpResponse:
    """A page with one form, one button and the way back."""
    context = {**frame(case, title), "form": form, "button": button, "intro": intro, "risk": risk, **extra}
    return page(request, "form", {**context, "back": back or address(case)}, form)
