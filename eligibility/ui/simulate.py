"""The simulator: a first screen that binds nobody, one question a page, a result with reasons (D4, D11, D12, R60).

No account, no name, no address with an answer in it. The pages do without a CSRF token: what they change is a cookie of
the same browser that no foreign page can send (SameSite), and a page left open for hours must still be taken.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.forms import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from eligibility import interview
from eligibility.interview import meaning
from eligibility.ui import kept as keeping
from eligibility.ui import result as results
from eligibility.ui.kept import Kept
from eligibility.ui.question_words import PAGE_HINTS, PAGE_WORDS
from eligibility.ui.questions import Question
from eligibility.ui.reckoning import Step, next_step, run
from hopecare.kernel import errors, rates
from hopecare.kernel.web import HopeRequest, public

View = Callable[..., HttpResponseBase]
#: A harmless page, as behind the button on every page (D4).
ELSEWHERE = "https://www.weather.go.kr/"


@csrf_exempt
@public()
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HopeRequest) -> HttpResponseBase:
    """What this is and is not; begins, goes on, or takes a code to go on with."""
    if request.method == "POST":
        rates.demand("simulate", rates.client_of(request), settings.STATUS_READ_RATE)
        response = HttpResponseRedirect(reverse("simulate-question", args=[interview.PAGES[0]]))
        keeping.write(response, Kept())
        return response
    kept = keeping.read(request)
    context = {"begun": kept is not None and bool(kept.raw), "lost": request.GET.get("lost") == "1"}
    return render(request, "eligibility/simulate/start.html", context)


@csrf_exempt
@public()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HopeRequest, page: str) -> HttpResponseBase:
    """One page of questions. Buttons: on, skip, back (keeps what is typed), and the result so far."""
    if page not in interview.PAGES:
        raise Http404
    kept = keeping.read(request)
    if kept is None:
        return HttpResponseRedirect(f"{reverse('simulate')}?lost=1")
    told = kept.told()
    if not interview.has_place(told, page):
        return HttpResponseRedirect(reverse("simulate-next"))
    if request.method == "POST":
        rates.demand("simulate", rates.client_of(request), settings.STATUS_READ_RATE)
        return _take(request, kept, page)
    form = kept.form(page, told)
    step = next_step(kept)
    _tell(form, page, step)
    return _page(request, kept, page, form, step)


def _take(request: HopeRequest, kept: Kept, page: str) -> HttpResponseBase:
    go = request.POST.get("go", "")
    if go == "skip":
        kept.skip(page)
    else:
        kept.keep(page, request.POST)
    told = kept.told()
    form = kept.form(page, told)
    try:
        if go in {"", "result"} and (not form.is_valid() or _tell(form, page, next_step(kept))):
            response: HttpResponseBase = _page(request, kept, page, form, next_step(kept), status=422)
        else:
            response = HttpResponseRedirect(_way(kept, page, go))
        keeping.write(response, kept)
    except keeping.TooMuch:
        form.add_error(None, ValidationError(_("That is more than this browser can keep. Please ring us instead.")))
        return _page(request, kept, page, form, Step(page), status=422)
    return response


def _way(kept: Kept, page: str, go: str) -> str:
    if go == "back":
        return _before(kept, page) or reverse("simulate")
    return reverse("simulate-result") if go == "result" else reverse("simulate-next")


def _before(kept: Kept, page: str) -> str:
    """The address of the page before this one that has a place; empty on the first."""
    earlier = _earlier(kept, kept.told(), page)
    return reverse("simulate-question", args=[earlier[-1]]) if earlier else ""


def _earlier(kept: Kept, told: interview.Told, page: str) -> list[str]:
    before = interview.PAGES[: interview.PAGES.index(page)]
    return [one for one in before if interview.has_place(told, one) and (one in told or one in kept.skipped)]


def _tell(form: Question, page: str, step: Step) -> bool:
    """Put what the rules could not read beside its field; whether anything was told."""
    if step.page != page or not step.problems:
        return False
    form.is_valid()
    for found in step.problems:
        of_page, name = meaning.field_of(found.field)
        form.add_error(name if of_page == page and name in form.fields else None, ValidationError(str(found.words)))
    return True


def _page(request: HopeRequest, kept: Kept, page: str, form: Question, step: Step, status: int = 200) -> HttpResponse:
    told = kept.told()
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "title": PAGE_WORDS[page],
        "hint": PAGE_HINTS.get(page, ""),
        "number": 1 + len(_earlier(kept, told, page)),
        "most": max(step.most, 1),
        "back": _before(kept, page),
        "can_end": "people" in told and page not in {"home", "people"},
        "leave_url": reverse("simulate-leave"),
    }
    return render(request, "eligibility/simulate/question.html", context, status=status)


@public()
@require_safe
def onward(request: HopeRequest) -> HttpResponseBase:
    """On to the next page that can change something, or to the result."""
    kept = keeping.read(request)
    if kept is None:
        return HttpResponseRedirect(f"{reverse('simulate')}?lost=1")
    step = next_step(kept)
    target = reverse("simulate-question", args=[step.page]) if step.page else reverse("simulate-result")
    return HttpResponseRedirect(target)


def with_answers(view: View) -> View:
    """For views that need something told: without it, back to the first screen; with what does not fit, to its page."""

    def inner(request: HopeRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kept = keeping.read(request)
        if kept is None or "home" not in kept.told():
            return HttpResponseRedirect(f"{reverse('simulate')}?lost=1")
        try:
            return view(request, kept, *args, **kwargs)
        except errors.Impossible:
            return HttpResponseRedirect(reverse("simulate-next"))

    inner.__name__ = view.__name__
    inner.__doc__ = view.__doc__
    return inner


@public()
@never_cache
@require_safe
@with_answers
def result(request: HopeRequest, kept: Kept) -> HttpResponseBase:
    """Likely, possible, close, unlikely: each with value against line, article, papers, whom to ring."""
    rates.demand("simulate", rates.client_of(request), settings.STATUS_READ_RATE)
    told = kept.told()
    simulation = run(told, detail="full")
    context = results.page(simulation, kept, told)
    return render(request, "eligibility/simulate/result.html", {**context, "leave_url": reverse("simulate-leave")})


@public()
@require_safe
def leave(request: HopeRequest) -> HttpResponseBase:
    """Leave quickly (D4): the answers of this browser go first, then a harmless page."""
    response = HttpResponseRedirect(ELSEWHERE)
    keeping.wipe(response)
    return response
