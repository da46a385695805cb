"""Who works on a case: the one lead, colleagues by name, hand-over, and access for one colleague (R47, R58, K6)."""

from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from cases import access
from cases.models import Case
from cases.selectors import choices
from cases.selectors.case_page import case_view, read_case
from cases.selectors.crossing import locks_of
from cases.selectors.shared import shares_of
from cases.services import earlier_notes, leads
from cases.services import hand_over as services
from cases.ui import house_words
from cases.ui.access_words import notes_said
from cases.ui.case_frame import address, done, frame, page, simple_form, taken
from cases.ui.forms_access import OfferForm
from cases.ui.forms_case import GrantForm, LeadForm, MemberForm
from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags.hope import tongue
from hopecare.kernel.web import HopeRequest, staff


def _choose(form: forms.Form, field: str, rows: Any) -> None:
    """Colleagues by name and house."""
    choice: Any = form.fields[field]
    choice.queryset = rows
    choice.label_from_instance = lambda user: f"{user.name} · {tongue(user, 'house')}"


@staff(Permission.CASE_VIEW)
def team(request: HopeRequest, number: str) -> HttpResponseBase:
    view = case_view(request.viewer, number)
    case, may_lead = view.case, request.viewer.may(Permission.CASE_LEAD)
    context = {
        **frame(case, _("People and team")),
        "members": house_words.team_rows(request.viewer, view),
        "grants": access.grants_of(case),
        "shares": shares_of(request.viewer, case.pk),
        "locks": locks_of(request.viewer, case.pk),
        "may_lead": may_lead,
        "may_plan": request.viewer.may(Permission.CASE_PLAN),
        "may_open_notes": may_lead and access.is_of_the_case(request.viewer, case),
        "may_let_in": request.viewer.may(Permission.PERSON_SEAL),
    }
    return page(request, "team", context)


@staff(Permission.CASE_LEAD)
def lead(request: HopeRequest, number: str) -> HttpResponseBase:
    """Another lead inside the team; there is never none and never two."""
    case = read_case(request.viewer, number)
    form = LeadForm(request.POST or None)
    _choose(form, "to", choices.new_leads(case))
    if taken(request, form, lambda: leads.change_lead(by=request.viewer, number=number, **form.cleaned_data)):
        said = _("%(name)s leads from now on.") % {"name": form.cleaned_data["to"].name}
        return done(request, said, address(case))
    intro = _("Lead now: %(name)s. The new lead is told at once.") % {"name": case.lead.name}
    back = address(case, "case_team")
    return simple_form(request, case, form, title=_("Change the lead"), button=_("Hand over"), intro=intro, back=back)


@staff(Permission.CASE_LEAD)
def hand_over(request: HopeRequest, number: str) -> HttpResponseBase:
    """Another team is asked; until somebody there accepts, nothing changes (R17)."""
    case = read_case(request.viewer, number)
    form = OfferForm(request.POST or None, teams=choices.receiving_teams(case))

    def write() -> None:
        team = form.cleaned_data["team"]
        house = choices.house_of(team) if team else None
        if house is None:
            raise errors.Impossible(errors.required("team"))
        services.offer(by=request.viewer, number=number, team=team, provider=house, reason=form.cleaned_data["reason"])

    if taken(request, form, write):
        return done(
            request, _("The team is asked. Until it accepts, the case stays with you."), address(case, "case_team")
        )
    intro = _("The other team accepts, or the centre is told; nobody refuses. Lead and deadlines stay until then.")
    title, button = _("Hand over to another team"), _("Ask the team")
    return simple_form(request, case, form, title=title, button=button, intro=intro, back=address(case, "case_team"))


@staff(Permission.CASE_LEAD)
def grant(request: HopeRequest, number: str) -> HttpResponseBase:
    """One colleague outside the team sees this case until a day; a post with `withdraw` ends it."""
    case = read_case(request.viewer, number)
    where = address(case, "case_team")
    form = GrantForm(request.POST or None, initial={"until": clock.add_working_days(clock.today(), 20)})
    _choose(form, "user", choices.outside(case))
    if request.method == "POST" and "withdraw" in request.POST:
        short = MemberForm(request.POST)
        _choose(short, "user", choices.outside(case))
        if taken(request, short, lambda: leads.withdraw_access(by=request.viewer, number=number, **short.cleaned_data)):
            return done(request, _("The access has ended."), where)
    if request.method == "POST" and "notes" in request.POST:
        return _notes(request, case)
    if taken(request, form, lambda: leads.grant_access(by=request.viewer, number=number, **form.cleaned_data)):
        said = _("%(name)s may see this case now.") % {"name": form.cleaned_data["user"].name}
        return done(request, said, where)
    intro = _("The colleague sees this case only, until the day you say. Every look stands in “who looked”.")
    title, button = _("Let a colleague see the case"), _("Let them see it")
    return simple_form(request, case, form, title=title, button=button, intro=intro, back=where)


def _notes(request: HopeRequest, case: Case) -> HttpResponseBase:
    """All notes for one who was let in, or again those since that day."""
    grants = access.grants_of(case)
    user = next((one.user for one in grants if str(one.user_id) == request.POST.get("user")), None)
    earlier = request.POST["notes"] == "all"
    if user is not None:
        earlier_notes.for_colleague(by=request.viewer, number=case.number, user=user, earlier=earlier)
    return done(request, notes_said(earlier), address(case, "case_team"))


@staff(Permission.CASE_PLAN)
def member(request: HopeRequest, number: str) -> HttpResponseBase:
    """A colleague of the team by name; a post with `remove` takes one off."""
    case = read_case(request.viewer, number)
    where = address(case, "case_team")
    form = MemberForm(request.POST or None)
    _choose(form, "user", choices.inside(case))
    change = leads.remove_member if "remove" in request.POST else leads.add_member
    if taken(request, form, lambda: change(by=request.viewer, number=number, **form.cleaned_data)):
        return done(request, _("The team is changed."), where)
    return simple_form(request, case, form, title=_("Add a colleague"), button=_("Add"), back=where)
