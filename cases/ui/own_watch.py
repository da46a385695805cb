"""`/w/<token>/`: the person's own page. GET shows, POST does: I am well, ring me, away, back, stop (D10).

It names nobody and no place: a telephone lies open on a table.
"""

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.selectors import own_watch as found
from cases.services import own_watch
from cases.states import WatchState
from cases.ui.forms_watch import OwnForm
from cases.ui.watch_words import DEVICES, cause_words
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal
from hopecare.kernel.web import HopeRequest, public, source_address

LONGEST_TOKEN = 120


@public(Principal.WATCH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HopeRequest, token: str) -> HttpResponseBase:
    """Safe to open, to pre-fetch and to open again."""
    token = token[:LONGEST_TOKEN]
    try:
        if request.method != "POST":
            return _private(_page(request, token))
        form = OwnForm(request.POST)
        days = form.cleaned_data.get("days") or 0 if form.is_valid() else 0
        what = request.POST.get("do", "")
        if what in own_watch.DOES:
            own_watch.by_link(token=token, what=what, days=days, source_address=source_address(request))
        said = what if what in own_watch.DOES else ""
        return _private(HttpResponseRedirect(f"{request.path}?said={said}"))
    except errors.Impossible:
        return _private(_page(request, token))
    except errors.NotFound:
        return _private(render(request, "cases/watch/own_gone.html", status=404))


def _page(request: HopeRequest, token: str) -> HttpResponse:
    own = found.page_of(token)
    watch = own.watch
    said = request.GET.get("said", "")
    away_now = own.away is not None and own.away.starts_at <= clock.now()
    context = {
        "own": own,
        "watch": watch,
        "said": said if said in own_watch.DOES else "",
        "ended": watch.state == WatchState.ENDED,
        "resting": watch.state == WatchState.PAUSED,
        "away_now": away_now,
        "asked": own.asked_words,
        "duty": own.answering,
        "alarms": [{"alarm": alarm, "cause": cause_words(alarm)} for alarm in own.alarms],
        "events": [{"event": event, "words": DEVICES.get(event.kind, event.kind)} for event in own.events],
        "contact_name": watch.case.lead.name,
        "contact_phone": watch.case.lead.phone or watch.provider.phone,
    }
    return render(request, "cases/watch/own.html", context)


def _private(response: HttpResponse) -> HttpResponse:
    """Kept nowhere, found by no search engine; `same-origin`, as the form of this very page must come back."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
