"""Save under a code, go on with a code, hand over to a centre: each asked for, each undone by time."""

from typing import Any

from django.conf import settings
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from eligibility.facts import Simulation
from eligibility.interview import meaning
from eligibility.selectors import answers as saved_answers
from eligibility.services import answers
from eligibility.ui import kept as keeping
from eligibility.ui import result as results
from eligibility.ui.kept import Kept
from eligibility.ui.reckoning import run
from eligibility.ui.simulate import with_answers
from eligibility.ui.told_lines import lines_in_korean, mine
from hopecare.kernel import clock, codes, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.web import HopeRequest, public


@csrf_exempt
@public(Principal.SIMULATOR)
@never_cache
@require_POST
@with_answers
def save(request: HopeRequest, kept: Kept) -> HttpResponseBase:
    """Keep the answers for thirty days under a code that stands on this page and nowhere else."""
    rates.demand("simulate-save", rates.client_of(request), settings.PUBLIC_FORM_RATE)
    simulation = run(kept.told(), detail="verdicts")
    kept.rules, kept.turned = simulation.rules_version, {}
    outcome = answers.Outcome(meaning.facts(kept.told(), clock.today()), _verdicts(simulation), kept.rules)
    kept.code = answers.keep(by=request.viewer, answers=kept.plain(), outcome=outcome, code=kept.code)
    until = clock.now() + answers.KEPT
    context = {"code": codes.shown(kept.code), "until": until, "leave_url": reverse("simulate-leave")}
    response = render(request, "eligibility/simulate/saved.html", context)
    keeping.write(response, kept)
    return response


@csrf_exempt
@public(Principal.SIMULATOR)
@require_http_methods(["POST"])
def resume(request: HopeRequest) -> HttpResponseBase:
    """Go on with a code. A wrong, an unknown and an expired one read the same; what was typed stays."""
    rates.demand("simulate-resume", rates.client_of(request), settings.PUBLIC_FORM_RATE)
    typed = request.POST.get("code", "")[:60]
    code = codes.read(typed)
    found = saved_answers.restore(request.viewer, code) if code else None
    if found is None or code is None:
        context = {"typed_code": typed, "code_unreadable": code is None, "code_unknown": code is not None}
        return render(request, "eligibility/simulate/start.html", context, status=422)
    response = HttpResponseRedirect(reverse("simulate-next"))
    resumed = {**found.answers, "rules": found.rules_version, "turned": found.turned}
    keeping.write(response, Kept.of(resumed, code))
    return response


def _verdicts(simulation: Simulation) -> dict[str, str]:
    return {one.programme: one.verdict for one in simulation.results}


@csrf_exempt
@public(Principal.SIMULATOR)
@require_POST
def forget(request: HopeRequest) -> HttpResponseBase:
    """Throw away what this browser holds, and what was saved under its code."""
    kept = keeping.read(request)
    if kept is not None and kept.code:
        answers.forget(by=request.viewer, code=kept.code)
    response = HttpResponseRedirect(reverse("simulate"))
    keeping.wipe(response)
    return response


@csrf_exempt
@public(Principal.SIMULATOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@with_answers
def hand_over(request: HopeRequest, kept: Kept) -> HttpResponseBase:
    """Show what would be given and to whom; with consent lay it down and show the form that carries the key."""
    told = kept.told()
    context: dict[str, Any] = {"lines": mine(told), "leave_url": reverse("simulate-leave")}
    context["offices"] = results.offices_of(told)
    if request.method == "POST":
        rates.demand("simulate-hand-over", rates.client_of(request), settings.PUBLIC_FORM_RATE)
        if request.POST.get("consent") != "yes":
            return render(request, "eligibility/simulate/hand_over.html", {**context, "missing": True}, status=422)
        simulation = run(told, detail="verdicts")
        handed = {
            "facts": meaning.facts(told, clock.today()),
            "lines": lines_in_korean(told),
            "verdicts": _verdicts(simulation),
            "language": request.LANGUAGE_CODE,
        }
        context["key"] = answers.hand_over(
            by=request.viewer, handed=handed, town=told["home"]["town"], rules_version=simulation.rules_version
        )
    return render(request, "eligibility/simulate/hand_over.html", context)
