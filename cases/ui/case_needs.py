"""Asking about the eight: each adult on a page of their own (D4), the household on another, income on a third."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.models import VoiceKind
from cases.selectors.case_page import members_of, read_case
from cases.selectors.catalogue import categories
from cases.selectors.pregnancies import expected_in
from cases.selectors.work import cells_of, first_phase, means_of, newest_cells, person_of, voices_of
from cases.services.needs import Asked, Overtaken, record_answers, record_means
from cases.ui import case_drafts
from cases.ui import case_words as words
from cases.ui.case_frame import address, done, frame, page, simple_form, taken
from cases.ui.forms_case import MeansForm, NeedsForm, add_problems
from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_ASSESS)
def needs(request: HopeRequest, number: str) -> HttpResponse:
    """Whom to ask: one step for each adult, one for the household, one for the income."""
    case = read_case(request.viewer, number)
    steps: list[dict[str, Any]] = []
    asked, expected = newest_cells(request.viewer, case), expected_in(request.viewer, case)
    for member in members_of(request.viewer, case):
        steps.append(
            {
                "name": member.person.name,
                "note": words.member_note(member, case, expected.get(member.person.pk)),
                "asked": len(asked.get(member.person.pk, {})),
                "alone": member.is_adult,
                "url": address(case, "case_needs_person", person_id=member.person.pk),
            }
        )
    steps.append(
        {
            "name": _("Whole household"),
            "note": _("what they share: the home, the heating, the debts"),
            "asked": len(asked.get(None, {})),
            "alone": False,
            "url": address(case, "case_needs_household"),
        }
    )
    context = {**frame(case, _("Ask about the eight")), "steps": steps, "all": len(categories())}
    return render(request, "cases/case/needs.html", context)


@staff(Permission.CASE_ASSESS)
def ask(request: HopeRequest, number: str, person_id: int | None = None) -> HttpResponseBase:
    """The eight of one person or of the household; typed words survive conflicts and errors."""
    viewer = request.viewer
    case = read_case(viewer, number)
    person = person_of(viewer, case, person_id) if person_id else None
    cells = cells_of(viewer, case, person_id)
    voices = voices_of(viewer, case, person_id)
    initial = {
        "phase": first_phase(case, cells),
        "own_words": voices.get(VoiceKind.OWN_WORDS, ""),
        "offer": voices.get(VoiceKind.OFFER, ""),
        "private_note": voices.get(VoiceKind.PRIVATE, ""),
    }
    form = NeedsForm(request.POST or None, categories=categories(), cells=cells, initial=initial)
    if person is None:
        for name in ("private_note", "money"):
            del form.fields[name]
    overtaken: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid() and _recorded(request, number, person_id, form, overtaken):
        case_drafts.sent(request)
        return done(request, _("Written down."), address(case))
    title = person.name if person else _("Whole household")
    context = {**frame(case, title), "form": form, "person": person, "overtaken": overtaken}
    context["draft"] = f"needs-{person_id or 'household'}"
    return page(request, "ask", context, form)


def _recorded(
    request: HopeRequest, number: str, person_id: int | None, form: NeedsForm, overtaken: list[dict[str, str]]
) -> bool:
    asked = Asked(
        values=form.values(),
        seen=form.seen(),
        before=form.before(),
        own_words=form.cleaned_data.get("own_words", ""),
        offer=form.cleaned_data.get("offer", ""),
        private_note=form.cleaned_data.get("private_note", ""),
        money=form.cleaned_data.get("money", ""),
        token=form.cleaned_data.get("token", ""),
    )
    phase = form.cleaned_data["phase"]
    try:
        record_answers(by=request.viewer, number=number, person_id=person_id, phase=phase, asked=asked)
    except errors.Impossible as refusal:
        add_problems(form, refusal, prefix="need_")
        if isinstance(refusal, Overtaken):
            form.refresh(refusal.cells)
            names = {category.code: category.name for category in categories()}
            overtaken += [
                {"category": names[code], "by": cell.by_name, "value": cell.value}
                for code, cell in refusal.cells.items()
            ]
        return False
    return True


@staff(Permission.SECTION_MEANS)
def means(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    told = means_of(request.viewer, case)
    here = sum(1 for member in members_of(request.viewer, case) if member.lives_here)
    initial = {
        "monthly_income_won": f"{told.monthly_income_won:,}" if told else "",
        "household_size": told.household_size if told else max(here, 1),
    }
    form = MeansForm(request.POST or None, initial=initial)
    if taken(request, form, lambda: record_means(by=request.viewer, number=number, **form.cleaned_data)):
        return done(request, _("Written down."), address(case))
    intro = _("As told. It helps to find what somebody may receive, and refuses nobody.")
    return simple_form(request, case, form, title=_("Income"), button=_("Save"), intro=intro)
