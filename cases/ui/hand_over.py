"""A citizen's answers of the benefit check arrive: the key of the hand-over and who to ring make one intake.

The key comes in a form, never in an address, and opens once. Nobody is logged in here, so there is nothing a foreign
page could misuse: without a key that was just made nothing is taken.
"""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cases.models import IntakeDoor
from cases.services import intake as services
from cases.services.intake import Arrival
from cases.ui.forms_case import add_problems
from cases.ui.forms_intake import HandOverForm
from cases.ui.report_words import spoken_until
from eligibility.selectors import hand_over as look_at
from hopecare.kernel import errors, panels, rates
from hopecare.kernel.access import Principal, Viewer
from hopecare.kernel.web import HopeRequest, public


def way_to_a_centre(viewer: Viewer, key: Any) -> panels.Panel | None:
    """The form on the simulator's page: who to ring, beside the key."""
    handed = look_at(str(key))
    if handed is None:
        return None
    form = HandOverForm(initial={"key": key, "town": handed.town})
    return panels.Panel("cases/hand_over/form.html", {"form": form})


@csrf_exempt
@public(Principal.INTAKE)
@never_cache
@require_POST
def hand_over(request: HopeRequest) -> HttpResponseBase:
    """Take the answers and the telephone number; what does not fit comes back with everything typed."""
    rates.demand("hand-over", rates.client_of(request), settings.PUBLIC_FORM_RATE)
    form = HandOverForm(request.POST)
    if not form.is_valid():
        return _again(request, form)
    data = form.cleaned_data
    arrival = Arrival(
        IntakeDoor.SIMULATOR, name=data["name"], phone=data["phone"], town=data["town"], words=data["words"]
    )
    try:
        taken = services.take_handed_over(by=request.viewer, key=data["key"], arrival=arrival)
    except errors.Impossible as refusal:
        add_problems(form, refusal)
        return _again(request, form)
    context = {"number": taken.number, "until": spoken_until(taken.promised_at)}
    return render(request, "cases/hand_over/done.html", context)


def _again(request: HopeRequest, form: HandOverForm) -> HttpResponse:
    return render(request, "cases/hand_over/page.html", {"form": form}, status=422)


panels.register("simulate.hand_over", 10, way_to_a_centre)
