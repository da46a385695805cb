"""The front door: four doors, promises with their figures, centres, and the way back to one's own report."""

from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from hopecare.kernel import codes
from hopecare.kernel.selectors.places import zones_with_centres
from hopecare.kernel.web import HopeRequest, public


@public()
@require_safe
def front(request: HopeRequest) -> HttpResponseBase:
    return render(request, "front/front.html", {"zones": zones_with_centres()})


@public()
@require_http_methods(["GET", "POST"])
def find_report(request: HopeRequest) -> HttpResponseBase:
    """From the code somebody typed to its status page. A code that cannot be one is told at once, kept in the field."""
    typed = (request.POST if request.method == "POST" else request.GET).get("code", "")[:60]
    code = codes.read(typed)
    if code is None:
        words = {"zones": zones_with_centres(), "typed_code": typed, "code_unreadable": True}
        return render(request, "front/front.html", words, status=422)
    return HttpResponseRedirect(f"/report/{codes.shown(code)}/")
