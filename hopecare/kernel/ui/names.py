"""`/desk/names/`: organisations whose name alone tells why somebody goes there, at the central desk (D17)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hopecare.kernel import audit, errors
from hopecare.kernel.models import Tells
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import organisations
from hopecare.kernel.web import HopeRequest, staff

audit.register_words({"name_marked": gettext_lazy("said whether a name tells")})


class MarkForm(forms.Form):
    organisation = forms.TypedChoiceField(label=gettext_lazy("Organisation"), coerce=int)
    tells = forms.ChoiceField(label=gettext_lazy("What its name tells of"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation: Any = self.fields["organisation"]
        both = [*organisations.others(), *organisations.marked()]
        organisation.choices = [("", "–"), *((one.pk, one.name) for one in both)]
        tells: Any = self.fields["tells"]
        tells.choices = [("", _("nothing")), *Tells.choices]


@staff(Permission.ACCOUNT_OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def names(request: HopeRequest) -> HttpResponseBase:
    """One form, and those that are marked."""
    if not organisations.may_mark(request.viewer):
        raise errors.Forbidden("central")
    form = MarkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        organisations.mark_name(by=request.viewer, organisation_id=data["organisation"], tells=data["tells"])
        messages.success(request, _("Saved. It counts from the next look on."))
        return HttpResponseRedirect(reverse("telling-names"))
    context = {"form": form, "marked": organisations.marked()}
    return render(request, "kernel/names.html", context, status=422 if form.errors else 200)
