"""`/desk/imports/keys/`: systems that bring their files by themselves, each with a key of its own (R19)."""

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cases.selectors import imports as selectors
from cases.services import import_keys
from cases.services.import_work import known_mappings
from cases.services.imports import DESK_BYTES, demand
from cases.ui.case_frame import done, taken
from cases.ui.import_words import mapping_name
from hopecare.kernel import audit
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

audit.register_words({"key_made": gettext_lazy("made a key"), "key_ended": gettext_lazy("ended a key")})


class KeyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Which system"), max_length=60, required=False)


@staff(Permission.CITY_IMPORT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HopeRequest) -> HttpResponseBase:
    """The keys of the own house; a new one is shown on the page that answers, and never again."""
    demand(request.viewer)
    form, fresh = KeyForm(request.POST or None), []

    def make() -> None:
        fresh.append(import_keys.make(by=request.viewer, name=form.cleaned_data["name"]))

    made = taken(request, form, make)
    context = {
        "keys": selectors.keys(request.viewer),
        "form": KeyForm() if made else form,
        "fresh": fresh[0] if fresh else None,
        "ways": [(code, mapping_name(way)) for code, way in known_mappings().items()],
        "most": DESK_BYTES // (1024 * 1024),
    }
    status = 422 if form.is_bound and not made else 200
    return render(request, "cases/imports/keys.html", context, status=status)


@staff(Permission.CITY_IMPORT)
@require_POST
def end(request: HopeRequest, key_id: int) -> HttpResponseBase:
    import_keys.end(by=request.viewer, key_id=key_id)
    return done(request, _("The key has ended."), reverse("import_keys"))
