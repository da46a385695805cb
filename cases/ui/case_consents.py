"""`/desk/cases/<number>/consents/`: who agreed to what, asked again, renewed, and taken back at once (K6, K7, K10)."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import Case
from cases.rules.opening import needs_guardian
from cases.selectors.case_page import read_case
from cases.selectors.consents import Agreed, Ending, Standing, agreed, ending, others_shared, standing_of, still_sees
from cases.selectors.referrals import sent_to
from cases.selectors.work import person_of
from cases.services import consents as services
from cases.ui.case_frame import address, done, frame, taken
from cases.ui.forms_case import DayField, OnceForm, words_field
from cases.ui.forms_opening import CONSENTS
from hopecare.kernel import audit, clock, errors, names
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import GroundPurpose, GroundWay, Person
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

audit.register_words(
    {
        "consent_given": gettext_lazy("wrote down a consent"),
        "consent_refused": gettext_lazy("wrote down that somebody did not agree"),
        "consent_taken_back": gettext_lazy("wrote down that a consent was taken back"),
        "consent_taken_back_here": gettext_lazy("ended the sharing of one case by the person's wish"),
    }
)
PURPOSES: dict[str, Any] = {str(purpose): words for purpose, words in CONSENTS}
WAYS: dict[str, Any] = {
    GroundWay.PAPER: gettext_lazy("on paper"),
    GroundWay.WORDS: gettext_lazy("in words"),
    GroundWay.TELEPHONE: gettext_lazy("by telephone"),
}


class RecordForm(OnceForm):
    purpose = forms.ChoiceField(label=gettext_lazy("To what"), choices=CONSENTS, widget=forms.RadioSelect)
    given = forms.ChoiceField(
        label=gettext_lazy("What they say"),
        choices=[("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
        widget=forms.RadioSelect,
    )
    way = forms.ChoiceField(label=gettext_lazy("How they said it"), choices=[*WAYS.items()], widget=forms.RadioSelect)
    on = DayField(label=gettext_lazy("Day"))
    guardian = forms.CharField(
        label=gettext_lazy("Guardian's name"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Below fourteen the guardian says yes or no."),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_guardian(person.age):
            del self.fields["guardian"]

    def answer(self) -> services.Answer:
        data = self.cleaned_data
        named = {name: data[name] for name in ("purpose", "on", "way", "token")}
        return services.Answer(**named, given=data["given"] == "yes", guardian=data.get("guardian", ""))


class BackForm(forms.Form):
    way = forms.ChoiceField(label=gettext_lazy("How they said it"), choices=[*WAYS.items()], widget=forms.RadioSelect)
    on = DayField(label=gettext_lazy("Day"))
    reason = words_field(
        gettext_lazy("Why, if they say so"),
        most=200,
        help_text=gettext_lazy("They owe nobody a reason; leave it open."),
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("For which cases"),
        choices=[
            ("all", gettext_lazy("for all that this consent covered")),
            ("here", gettext_lazy("for this case alone: it is shared no more, the consent stands elsewhere")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not others:
            del self.fields["reach"]

    @property
    def only_here(self) -> bool:
        return self.cleaned_data.get("reach") == "here"

    def told(self) -> services.Back:
        named = {name: self.cleaned_data[name] for name in ("on", "way", "reason")}
        return services.Back(**named, only_here=self.only_here)


def _state(standing: Standing) -> tuple[str, str]:
    """(tone, words) of a tag."""
    if standing.newest is None:
        return "dim", _("not asked yet")
    if standing.holds:
        return "acc", _("agreed")
    return ("amb", _("has run out")) if standing.newest.given else ("dim", _("not agreed"))


def _line(standing: Standing) -> dict[str, Any]:
    tone, said = _state(standing)
    past = [{"row": row, "way": WAYS.get(row.way, "")} for row in standing.rows]
    newest, back = standing.newest, bool(standing.newest and standing.newest.given)
    way = WAYS.get(newest.way, "") if newest else ""
    words = PURPOSES[standing.purpose]
    return {"standing": standing, "words": words, "tone": tone, "said": said, "way": way, "past": past, "back": back}


def _card(one: Agreed) -> dict[str, Any]:
    return {"person": one.person, "main": one.main, "lines": [_line(standing) for standing in one.standings]}


def _ending_words(viewer: Viewer, ended: Ending, purpose: str, *, main: bool) -> list[str]:
    """What ends, one sentence each, before anybody presses."""
    found = [
        _("%(house)s does not see the case any more.") % {"house": names.shown(viewer, row.organisation)}
        for row in ended.shares
    ]
    found += [_("The hand-over to %(team)s is taken back.") % {"team": row.to_team.name} for row in ended.offers]
    found += [_("%(name)s does not see the case any more.") % {"name": row.user.name} for row in ended.grants]
    if ended.unseen:
        found.append(_("Colleagues of private organisations do not see this case of the city any more."))
    found += [
        _("%(house)s does not read health data any more.") % {"house": names.shown(viewer, row.organisation)}
        for row in ended.health_of
    ]
    found += [
        _("%(house)s reads nothing about this person any more.") % {"house": names.shown(viewer, row.organisation)}
        for row in ended.unread
    ]
    if purpose == GroundPurpose.VOLUNTEERS and main:
        found.append(_("No volunteer is asked any more; promised visits and those of a hope manager are cancelled."))
    found += [_("“%(task)s” stays on the plan and needs another way.") % {"task": row.title} for row in ended.tasks]
    found += [_("Givers do not read “%(words)s” any more.") % {"words": row.words} for row in ended.needs]
    found += [
        _("%(house)s was told already: please ring there, the referral stands until somebody ends it.")
        % {"house": sent_to(viewer, row)}
        for row in ended.referrals
    ]
    if ended.groundless:
        found.append(_("The case stands on nothing else then. Talk about what goes on without it, or close it."))
    return found or [_("Nothing that is open needs it.")]


@staff(Permission.CASE_VIEW)
@require_safe
def consents(request: HopeRequest, number: str) -> HttpResponse:
    """Everybody of the household, each purpose with its newest word, and all that was said before."""
    case = read_case(request.viewer, number)
    cards = [_card(one) for one in agreed(request.viewer, case)]
    may = request.viewer.may(Permission.CASE_ASSESS)
    context = {**frame(case, _("Consents")), "cards": cards, "may": may}
    return render(request, "cases/consents/list.html", context)


@staff(Permission.CASE_ASSESS)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HopeRequest, number: str, person_id: int) -> HttpResponseBase:
    """Ask one person anew: a yes holds for as long as the form says."""
    case = read_case(request.viewer, number)
    person = person_of(request.viewer, case, person_id)
    asked = request.GET.get("purpose", "")
    initial = {"on": clock.today(), "purpose": asked if asked in PURPOSES else ""}
    form = RecordForm(request.POST or None, person=person, initial=initial)

    def write() -> None:
        services.record(by=request.viewer, number=number, person_id=person_id, answer=form.answer())

    if taken(request, form, write):
        return done(request, _("What they said is written down."), address(case, "case_consents"))
    intro = _("Ask each thing by itself, in plain words. A no costs them nothing: urgent help is theirs all the same.")
    return _page(request, case, person, "record", {"form": form, "intro": intro, "button": _("Write it down")})


@staff(Permission.CASE_ASSESS)
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HopeRequest, number: str, person_id: int, purpose: str) -> HttpResponseBase:
    """First what ends with it, then one press; over the telephone as well as at the door."""
    viewer, case = request.viewer, read_case(request.viewer, number)
    if purpose not in PURPOSES:
        raise errors.NotFound("case", number)
    person = person_of(viewer, case, person_id)
    newest = standing_of(viewer, person, purpose).newest
    if newest is None or not newest.given:
        return done(request, _("This consent does not stand any more."), address(case, "case_consents"))
    others = others_shared(viewer, case, person, purpose)
    initial = {"way": GroundWay.TELEPHONE, "on": clock.today(), "reach": "all"}
    form = BackForm(request.POST or None, initial=initial, others=others)
    ends = ending(viewer, case, person, purpose)

    def write() -> None:
        services.take_back(by=viewer, number=number, person_id=person_id, purpose=purpose, back=form.told())

    if taken(request, form, write):
        if form.only_here:
            said = _("This case is shared with nobody any more. The consent stands in their other cases.")
            return done(request, said, address(case, "case_consents"))
        where = address(case, "case_consents") if still_sees(viewer, case, ends) else reverse("case_list")
        return done(request, _("Taken back. What needed this consent has ended; the lead is told."), where)
    sentences = _ending_words(request.viewer, ends, purpose, main=person.pk == case.main_person_id)
    if others:
        sentences.append(
            _("Whoever takes part in their other cases by it does not see those any more, closed ones too.")
        )
    return _page(request, case, person, "back", {"form": form, "ends": sentences, "what": PURPOSES[purpose]})


def _page(request: HopeRequest, case: Case, person: Person, name: str, context: dict[str, Any]) -> HttpResponse:
    form = context["form"]
    title = _("Take a consent back") if name == "back" else _("Consent")
    whole = {**frame(case, f"{person.name} · {title}"), "person": person, **context}
    whole["back"] = address(case, "case_consents")
    template = "cases/consents/back.html" if name == "back" else "cases/case/form.html"
    return render(request, template, whole, status=422 if form.is_bound and form.errors else 200)
