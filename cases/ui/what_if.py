"""What another line would change for the city's care targets: a question, its progress, its answer in sums (R22)."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import WhatIfRun
from cases.selectors import what_if as selectors
from cases.selectors.care_targets import NO_CLASS
from cases.services import what_if as services
from cases.ui.case_frame import taken
from eligibility.facts import Lever
from eligibility.selectors import levers, rules_version
from hopecare.kernel import clock, errors
from hopecare.kernel.models import CoverageClass, LifeStage, Zone
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags.hope_formats import won_words
from hopecare.kernel.web import HopeRequest, staff

HALF = 120  # length of the longest bar, in units of the picture


class WhatIfForm(forms.Form):
    """Which line, and where it should stand."""

    def __init__(self, data: Any = None, *, known: list[Lever]) -> None:
        super().__init__(data)
        choices = [(one.code, _("%(name)s: %(line)s today") % _line(one, one.today)) for one in known]
        self.fields["lever"] = forms.ChoiceField(label=_("Which line"), choices=choices)
        self.fields["figure"] = forms.IntegerField(
            label=_("Where it should stand"),
            help_text=_("In percent of the median income; a line that is a sum of money in units of 10,000 won."),
            min_value=1,
            max_value=max(allowed.stop for allowed in services.RANGES.values()) - 1,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )


def _line(lever: Lever | None, figure: int) -> dict[str, str]:
    """A lever's name and a figure of it in words; a lever that is gone was told in percent."""
    unit = lever.unit if lever else "percent"
    words = won_words(figure * 10_000) if unit == "man_won" else f"{figure} %"
    return {"name": lever.name if lever else "", "line": words}


def _turn(run: WhatIfRun, levers: dict[str, Lever]) -> tuple[str, str, str]:
    """What a run is called, where the line stood and where it was put."""
    lever = levers.get(run.lever)
    before, after = (_line(lever, figure)["line"] for figure in (run.today_figure, run.figure))
    return lever.name if lever else run.lever, before, after


@dataclass(frozen=True)
class Bar:
    """One code of a group in words, with its figures and the two halves of its bar."""

    name: str
    gained: int | None
    lost: int | None
    won: int | None
    gained_width: float
    lost_width: float

    @property
    def lost_from(self) -> float:
        return HALF - self.lost_width


@staff(Permission.WHAT_IF)
@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: HopeRequest) -> HttpResponseBase:
    """The question, and what was asked before."""
    known = _levers()
    form = WhatIfForm(request.POST if request.method == "POST" else None, known=known)
    asked: list[WhatIfRun] = []

    def ask() -> None:
        told = form.cleaned_data
        asked.append(services.ask(by=request.viewer, lever=told["lever"], figure=told["figure"]))

    if taken(request, form, ask):
        return HttpResponseRedirect(reverse("what_if_run", args=[asked[0].pk]))
    by_code = {one.code: one for one in known}
    context = {
        "form": form,
        "rows": [(run, *_turn(run, by_code)) for run in selectors.recent(request.viewer)],
        "version": rules_version(),
    }
    return render(request, "cases/what_if/ask.html", context, status=422 if form.errors else 200)


@staff(Permission.WHAT_IF)
@require_safe
def what_if_run(request: HopeRequest, run_id: int) -> HttpResponse:
    """How far it is, then the answer: sums, a picture and its table for zone, class and stage of life."""
    run = selectors.run(request.viewer, run_id)
    if run is None:
        raise errors.NotFound("what_if", str(run_id))
    by_code = {one.code: one for one in _levers()}
    lever = by_code.get(run.lever)
    name, before, after = _turn(run, by_code)
    context = {
        "run": run,
        "name": name,
        "before": before,
        "after": after,
        "unit": lever.unit if lever else "percent",
        "pays": lever.pays if lever else False,
        "note": lever.note if lever else "",
        "groups": _groups(run),
        "old": run.rules_version != rules_version(),
    }
    return render(request, "cases/what_if/run.html", context)


def _levers() -> list[Lever]:
    return levers(on=clock.today(), language=get_language() or "ko")


def _groups(run: WhatIfRun) -> list[tuple[str, str, list[Bar]]]:
    """(code, words, bars) of each way to look at the households; codes without anybody are left out."""
    cells = run.answer.get("cells", [])
    longest = max((cell[name] or 0 for cell in cells for name in ("gained", "lost")), default=0) or 1
    words = _words()
    return [
        (group, title, [_bar(cell, names, longest) for cell in cells if cell["group"] == group])
        for group, (title, names) in words.items()
        if run.answer
    ]


def _words() -> dict[str, tuple[str, dict[str, str]]]:
    classes = {
        CoverageClass.BASIC_RECIPIENT: _("Basic livelihood"),
        CoverageClass.NEAR_POVERTY: _("Near poverty"),
        CoverageClass.LOW_INCOME: _("Low income"),
        CoverageClass.OTHER: _("Other"),
        NO_CLASS: _("No class written down"),
    }
    return {
        "zone": (_("By zone"), {zone.code: zone.name for zone in Zone.objects.order_by("pk")}),
        "coverage": (_("By coverage class"), {str(code): name for code, name in classes.items()}),
        "stage": (_("By stage of life of the main person"), {one.code: one.name for one in LifeStage.objects.all()}),
    }


def _bar(cell: dict[str, Any], names: dict[str, str], longest: int) -> Bar:
    gained, lost = (round(HALF * (cell[name] or 0) / longest, 1) for name in ("gained", "lost"))
    name = names.get(cell["code"], cell["code"])
    return Bar(name, cell["gained"], cell["lost"], cell["won_a_year"], gained, lost)
