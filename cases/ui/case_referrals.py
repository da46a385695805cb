"""Referrals: of one case, and all that wait for a yes, for a day, or for news (R17, R44, R81)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.models import Case, Referral, Resource
from cases.selectors import referrals as found
from cases.selectors.case_page import read_case
from cases.selectors.catalogue import categories, services
from cases.selectors.choices import people_of
from cases.selectors.resources import resource_of
from cases.services import referrals as sent
from cases.states import ReferralState
from cases.ui.case_frame import address, done, frame, taken
from cases.ui.forms_resources import AcceptedForm, BackForm, ReferralForm
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

#: State → (tone of its tag, words).
STATES: dict[ReferralState, tuple[str, Callable[[], str]]] = {
    ReferralState.SENT: ("amb", lambda: _("waits for a yes")),
    ReferralState.ACCEPTED: ("acc", lambda: _("accepted")),
    ReferralState.ATTENDED: ("acc", lambda: _("was there")),
    ReferralState.MISSED: ("red", lambda: _("was not there")),
    ReferralState.BACK: ("dim", lambda: _("did not come about")),
}


def line(viewer: Viewer, row: Referral) -> dict[str, Any]:
    """One referral as lists show it."""
    tone, said = STATES[ReferralState(row.state)]
    late = row.state == ReferralState.SENT and row.answer_due < clock.today()
    shown = found.shown_in(row.state, row.appointment_at, clock.now())
    house = found.sent_to(viewer, row)
    return {
        "row": row,
        "house": house,
        "named": house == row.to_name,
        "tone": "red" if late else tone,
        "said": said(),
        "late": late,
        "ask": shown == "ask" and row.ended_at is None,
        "url": reverse("case_referral", args=[row.case.number, row.pk]),
    }


@staff(Permission.CASE_SERVICE)
@require_GET
def open_list(request: HopeRequest) -> HttpResponseBase:
    """What is open, mine or everybody's: who has not said yes, who goes where and when, who must be asked."""
    show = request.GET.get("show", "")
    show, mine = show if show in found.SHOWN else "all", request.GET.get("whose") != "team"
    counts = found.referral_counts(request.viewer, mine=mine)
    url, whose = reverse("referrals"), "" if mine else "&whose=team"
    words = {
        "all": _("All"),
        "waiting": _("Waiting for a yes"),
        "coming": _("Appointments"),
        "ask": _("Ask how it was"),
    }
    context = {
        "rows": [line(request.viewer, row) for row in found.referrals(request.viewer, show=show, mine=mine)],
        "tabs": [
            {"words": said, "url": f"{url}?show={key}{whose}", "count": counts[key]} for key, said in words.items()
        ],
        "current": f"{url}?show={show}{whose}",
        "mine": mine,
        "other": f"{url}?show={show}{'&whose=team' if mine else ''}",
    }
    return render(request, "cases/resources/referrals.html", context)


@staff(Permission.CASE_VIEW)
@require_GET
def of_case(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    rows = [line(request.viewer, row) for row in found.referrals_of(request.viewer, case)]
    may = request.viewer.may(Permission.CASE_SERVICE) and case.is_open
    return render(request, "cases/resources/case.html", {**frame(case, _("Referrals")), "rows": rows, "may": may})


def _prefilled(case: Case, row: Resource | None) -> dict[str, Any]:
    initial: dict[str, Any] = {"person": case.main_person_id, "remind": True}
    if row is None:
        return initial
    told = {"category": row.category_id, "service": row.service_id, "to_name": f"{row.owner_words} · {row.name}"[:80]}
    return {**initial, **told, "to_phone": row.phone, "outside_city": row.outside_city}


@staff(Permission.CASE_SERVICE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest, number: str) -> HttpResponseBase:
    """Filled from the directory where it begins there."""
    case = read_case(request.viewer, number)
    chosen = request.GET.get("resource", "")
    row = resource_of(request.viewer, int(chosen)) if chosen.isdecimal() and len(chosen) < 18 else None
    catalogue = {
        "person": people_of(request.viewer, case),
        "category": categories(),
        "service": [service for service in services() if service.active],
    }
    form = ReferralForm(request.POST or None, catalogue=catalogue, initial=_prefilled(case, row))

    def send() -> None:
        names = (
            "person",
            "category",
            "service",
            "to_name",
            "to_phone",
            "outside_city",
            "words",
            "place",
            "remind",
            "token",
        )
        data = {name: form.cleaned_data[name] for name in names}
        private = row is None or row.owner is None or not row.owner.is_public
        told = sent.Sent(**data, resource=row, to_private=private, appointment_at=form.at())
        sent.send(by=request.viewer, number=number, sent=told)

    if taken(request, form, send):
        said = _("The referral is on its way. Until somebody there accepts, it stays ours.")
        return done(request, said, address(case, "case_referrals"))
    return _page(request, "referral_new", {**frame(case, _("Refer")), "form": form, "resource": row}, form)


@staff(Permission.CASE_SERVICE)
@require_http_methods(["GET", "HEAD", "POST"])
def referral(request: HopeRequest, number: str, referral_id: int) -> HttpResponseBase:
    """One referral: the yes from over there, the appointment, how it was, or why it did not come about."""
    case = read_case(request.viewer, number)
    row = found.referral_of(request.viewer, case, referral_id)
    at = row.appointment_at.astimezone(clock.SEOUL) if row.appointment_at else None
    known = {"who": row.accepted_name, "place": row.place}
    times = {"day": at.date(), "hour": at.time()} if at and at > clock.now() else {}
    accepted = AcceptedForm(request.POST if "accept" in request.POST else None, initial={**known, **times})
    back = BackForm(request.POST if "back" in request.POST else None)
    here = address(case, "case_referral", referral_id=row.pk)
    which: dict[str, Any] = {"by": request.viewer, "number": number, "referral_id": row.pk}

    def accept() -> None:
        data = accepted.cleaned_data
        sent.accept(**which, who=data["who"], appointment_at=accepted.at(), place=data["place"])

    if taken(request, accepted, accept):
        return done(request, _("Written down."), here)
    if taken(request, back, lambda: sent.conclude(**which, state="back", words=back.cleaned_data["words"])):
        return done(request, _("Written down."), address(case, "case_referrals"))
    result = request.POST.get("result", "")
    if request.method == "POST" and result in {"attended", "missed"}:
        sent.conclude(**which, state=result)
        return done(request, _("Written down."), here)
    form = accepted if accepted.is_bound else back
    context = {
        **frame(case, found.sent_to(request.viewer, row)),
        **line(request.viewer, row),
        "accepted": accepted,
        "back": back,
        "form": form,
    }
    return _page(request, "referral", context, form)


def _page(request: HopeRequest, template: str, context: dict[str, Any], form: Any) -> HttpResponseBase:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"cases/resources/{template}.html", context, status=status)
