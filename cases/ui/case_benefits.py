"""What this household does not receive yet: the rules run on what the case knows, what is missing is asked (R5)."""

from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import BenefitRun, Case
from cases.selectors import benefits as selectors
from cases.selectors.benefits import Received
from cases.selectors.case_page import Member, read_case
from cases.services import benefits as services
from cases.ui.case_frame import address, done, frame, page
from cases.ui.checks_words import turned_lines
from cases.ui.forms_case import WonField
from eligibility.selectors import rules_version
from hopecare.kernel import errors, panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

_MONEY: dict[str, Any] = {
    "earned_income": gettext_lazy("wages a month"),
    "business_income": gettext_lazy("own business a month"),
    "public_pension_income": gettext_lazy("public pension a month"),
    "transfer_income": gettext_lazy("from family a month"),
    "property_income": gettext_lazy("rent from tenants a month"),
    "deposit": gettext_lazy("deposit of the home"),
    "monthly_rent": gettext_lazy("rent of the home"),
    "home_value": gettext_lazy("value of the own home"),
    "financial_assets": gettext_lazy("bank accounts and savings"),
    "other_property": gettext_lazy("other property"),
    "debt": gettext_lazy("debts"),
    "car_value": gettext_lazy("value of the car (none: 0)"),
}
_WORDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "tenure": (
        gettext_lazy("how they live"),
        {
            "monthly_rent": gettext_lazy("monthly rent"),
            "jeonse": gettext_lazy("jeonse"),
            "owned": gettext_lazy("own home"),
            "free": gettext_lazy("free"),
        },
    ),
    "crisis": (
        gettext_lazy("something sudden in the last year"),
        {
            "none": gettext_lazy("no"),
            "job_loss": gettext_lazy("lost work"),
            "illness": gettext_lazy("illness"),
            "death": gettext_lazy("death of the earner"),
            "divorce": gettext_lazy("divorce"),
            "fire": gettext_lazy("fire or flood"),
            "abuse": gettext_lazy("violence or neglect"),
            "eviction": gettext_lazy("had to leave the home"),
            "utility_cut": gettext_lazy("electricity or water cut off"),
            "other": gettext_lazy("something else"),
        },
    ),
    "disability": (
        gettext_lazy("registered disability"),
        {"none": gettext_lazy("no"), "mild": gettext_lazy("not severe"), "severe": gettext_lazy("severe")},
    ),
    "illness": (
        gettext_lazy("illness"),
        {
            "none": gettext_lazy("no"),
            "chronic": gettext_lazy("lasting"),
            "rare_or_severe": gettext_lazy("rare or very serious"),
        },
    ),
}
_OF_PERSONS = (
    "earned_income",
    "business_income",
    "public_pension_income",
    "transfer_income",
    "property_income",
    "disability",
    "illness",
)
_OF_HOMES = (
    "tenure",
    "deposit",
    "monthly_rent",
    "home_value",
    "financial_assets",
    "other_property",
    "debt",
    "car_value",
    "crisis",
)


class BenefitsForm(forms.Form):
    """Everything that can be asked; the page shows what could change a verdict, and what was answered."""

    def __init__(self, data: Any = None, *, people: dict[str, Member]) -> None:
        super().__init__(data)
        self.paths: dict[str, str] = {}
        for key, member in people.items():
            for name in _OF_PERSONS:
                self._add(f"persons.{key}.{name}", name, f"{member.person.name}: ")
        for name in _OF_HOMES:
            self._add(f"household.{name}", name, "")

    def _add(self, path: str, name: str, whose: str) -> None:
        field = path.replace(".", "__")
        self.paths[field] = path
        if name in _MONEY:
            self.fields[field] = WonField(label=f"{whose}{_MONEY[name]}", required=False)
        else:
            label, choices = _WORDS[name]
            options = [("", _("not asked")), *choices.items()]
            self.fields[field] = forms.ChoiceField(label=f"{whose}{label}", choices=options, required=False)

    @classmethod
    def filled(cls, told: dict[str, Any], *, people: dict[str, Member]) -> "BenefitsForm":
        """With answers given before; empty and unbound when there are none."""
        blank = cls(people=people)
        data = {field: str(told[path]) for field, path in blank.paths.items() if path in told}
        return cls(data, people=people) if data else blank

    def told(self) -> dict[str, Any]:
        """Path → value of everything answered; empty is not asked."""
        values = {path: self.cleaned_data.get(field) for field, path in self.paths.items()}
        return {path: value for path, value in values.items() if value not in (None, "")}

    def shown(self, asked: frozenset[str]) -> list[forms.BoundField]:
        return [
            self[field]
            for field, path in self.paths.items()
            if path in asked or (self.is_bound and (self[field].value() or self[field].errors))
        ]


@staff(Permission.SECTION_MEANS)
@require_http_methods(["GET", "HEAD", "POST"])
def benefits(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    people, without = selectors.people_of(request.viewer, case)
    kept, before = selectors.kept(request.viewer, case), None
    if request.method == "POST":
        form = BenefitsForm(request.POST, people=people)
    else:
        before = selectors.told_before(request.viewer, case, kept, people)
        form = BenefitsForm.filled(before.told if before else {}, people=people)
    told = form.told() if form.is_bound and form.is_valid() else {}
    language, run = get_language() or "ko", None
    received = selectors.received(request.viewer, case, language=language)
    try:
        run = selectors.run(request.viewer, case, told, drawn=_drawn(received), language=language)
    except errors.Impossible as refusal:
        if form.is_bound:
            for problem in refusal.problems:
                form.add_error(None, str(problem.words))
    if run is not None and form.is_bound and not form.errors and request.POST.get("go") == "keep":
        services.keep_run(by=request.viewer, number=number, simulation=run.simulation, facts=run.facts)
        return done(request, _("Kept on the timeline, with the version of the rules."), address(case))
    shown = _shown(case, form, run, without, kept, received)
    return page(request, "benefits", {**shown, "before": before if form.is_bound else None}, form)


def _drawn(received: list[Received]) -> set[str]:
    return {one.programme for one in received if one.runs}


def _shown(
    case: Case,
    form: BenefitsForm,
    run: selectors.Run | None,
    without: list[Member],
    kept: BenefitRun | None,
    received: list[Received],
) -> dict[str, Any]:
    asked = run.asked if run else frozenset(form.paths.values())
    results = run.simulation.results if run else ()
    groups = [
        (_("Likely"), "acc", [one for one in results if one.verdict == "likely"]),
        (_("Possible: ask one thing more"), "dim", [one for one in results if one.verdict == "possible"]),
        (_("Close to the line: apply together"), "amb", [one for one in results if one.near_miss]),
    ]
    return {
        **frame(case, _("What they may receive")),
        "form": form,
        "fields": form.shown(asked),
        "run": run,
        "groups": [group for group in groups if group[2]],
        "rest": [one for one in results if one.verdict == "unlikely" and not one.near_miss],
        "without": without,
        "received": received,
        "paid": _drawn(received),
        "kept": kept,
        "turned": turned_lines(kept) if kept and kept.is_turned else [],
    }


@staff(Permission.SECTION_MEANS)
@require_POST
def looked(request: HopeRequest, number: str) -> HttpResponseBase:
    """Somebody takes on what other rules changed."""
    services.look_at(by=request.viewer, number=number)
    return done(request, _("Thank you. It is off the list."), reverse("rule_changes"))


@staff(Permission.SECTION_MEANS)
@require_safe
def rule_changes(request: HopeRequest) -> HttpResponseBase:
    """Kept results that other rules read otherwise, until somebody has looked at each."""
    rows = [(run, turned_lines(run)) for run in selectors.turned(request.viewer)]
    return render(request, "cases/checks/rule_changes.html", {"rows": rows, "version": rules_version()})


def link(viewer: Viewer, subject: Any) -> panels.Panel | None:
    """The way to this page from the case."""
    if not viewer.may(Permission.SECTION_MEANS) or not isinstance(subject, Case):
        return None
    return panels.Panel("cases/case/benefits_link.html", {"url": address(subject, "case_benefits")})


panels.register("case.actions", 5, link)
