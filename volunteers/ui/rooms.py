"""Pictures of rooms, by the volunteer's own link: first what must not be on them, then the camera (D9)."""

from django import forms
from django.conf import settings
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.selectors.rooms import MOMENTS, MOST
from hopecare.kernel import errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.services import documents
from hopecare.kernel.services.documents import Draft
from hopecare.kernel.web import HopeRequest, public, source_address
from volunteers.selectors import visits as selectors
from volunteers.services import rooms as services
from volunteers.ui.forms import place_problems
from volunteers.ui.link import LONGEST_TOKEN, private


class RoomsForm(forms.Form):
    photos = forms.FileField(label=_("Pictures"), required=False)
    moment = forms.ChoiceField(label=_("Taken"), choices=MOMENTS, widget=forms.RadioSelect)
    rooms_only = forms.BooleanField(label=_("Rooms only: nobody is in the picture, no face, no name"), required=False)


@public(Principal.OFFERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HopeRequest, token: str) -> HttpResponseBase:
    """Only where the household agreed; what was sent is not shown again."""
    token = token[:LONGEST_TOKEN]
    form = RoomsForm(request.POST if request.method == "POST" else None, initial={"moment": MOMENTS[-1][0]})
    try:
        card = selectors.visit_by_token(token)
        if card.rooms is None:
            raise errors.NotFound("offer_link", "")
        if request.method == "POST":
            rates.demand("rooms", rates.client_of(request), settings.PUBLIC_FORM_RATE)
            if form.is_valid():
                told = {name: form.cleaned_data[name] for name in ("moment", "rooms_only")}
                services.show_by_link(
                    token=token, drafts=_drafts(request), source_address=source_address(request), **told
                )
                return private(HttpResponseRedirect(reverse("offer-rooms", args=[token])))
    except errors.Impossible as error:
        place_problems(form, error.problems)
    except errors.NotFound:
        return private(render(request, "volunteers/link_gone.html", status=404))
    context = {"card": card, "form": form, "most": MOST}
    return private(render(request, "volunteers/rooms.html", context, status=422 if form.errors else 200))


def _drafts(request: HopeRequest) -> list[Draft]:
    """Each drawn anew, without what the camera wrote into it. Raises Impossible for what is no picture."""
    uploads = request.FILES.getlist("photos")[: MOST + 1]
    return [documents.keep_photo(upload, upload.size or 0) for upload in uploads]
