"""`/desk/trials/`: what the city tries out, what was expected of it and what came of it (R11)."""

from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import FigureHope, FigureUnit, Pilot, PilotEnd
from cases.selectors import council
from cases.selectors import pilots as found
from cases.services import pilots as services
from cases.ui.case_frame import done, taken
from cases.ui.forms_case import DayField, PickField, words_field
from hopecare.kernel import audit, clock
from hopecare.kernel.models import Zone
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

audit.register_words(
    {
        "pilot_begun": gettext_lazy("began a trial"),
        "pilot_decided": gettext_lazy("decided on a trial"),
        "pilot_figure": gettext_lazy("chose a figure of a trial"),
        "pilot_value": gettext_lazy("wrote down a figure of a trial"),
    }
)


class BeginForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What is tried"), max_length=80)
    expected = words_field(gettext_lazy("What we expect of it"), required=True, most=1000)
    measured_by = words_field(gettext_lazy("How we shall know"), required=True, most=1000)
    house = PickField(label=gettext_lazy("Who tries it"), label_of=lambda house: house.name)
    zone = PickField(
        label=gettext_lazy("Zone"),
        required=False,
        empty=gettext_lazy("the whole city"),
        label_of=lambda zone: zone.name,
    )
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("To"))


class EndForm(forms.Form):
    result = words_field(gettext_lazy("What came of it"), required=True)
    end = forms.ChoiceField(
        label=gettext_lazy("What follows from it"), choices=PilotEnd.choices, widget=forms.RadioSelect
    )
    why = words_field(gettext_lazy("Why"), required=True, most=1000)


class _ValueField(forms.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "autocomplete": "off"})
        super().__init__(max_digits=12, decimal_places=1, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value or "").replace(",", "").strip())


class FigureForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Which figure"), max_length=60)
    unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=FigureUnit.choices, widget=forms.RadioSelect)
    hope = forms.ChoiceField(label=gettext_lazy("What we hope"), choices=FigureHope.choices, widget=forms.RadioSelect)
    before = _ValueField(label=gettext_lazy("Its value before the trial"))
    before_on = DayField(label=gettext_lazy("Of which day"))


class ValueForm(forms.Form):
    value = _ValueField(label=gettext_lazy("Value"))
    on = DayField(label=gettext_lazy("Of which day"))


def _state(row: Pilot) -> tuple[str, str]:
    """Words and tone of its tag."""
    if row.decided_on is not None:
        return str(PilotEnd(row.end).label), "acc" if row.end == PilotEnd.KEEP else "dim"
    if row.ends_on < clock.today():
        return _("over, not decided"), "red"
    return (_("begins soon"), "dim") if row.starts_on > clock.today() else (_("being tried now"), "amb")


@staff(Permission.BOARD_VIEW)
@require_safe
def pilots(request: HopeRequest) -> HttpResponseBase:
    rows = [{"row": row, "state": _state(row)} for row in found.pilots(request.viewer)]
    context = {"rows": rows, "keeps": request.viewer.may(Permission.COUNCIL_KEEP)}
    return render(request, "cases/council/pilots.html", context)


@staff(Permission.COUNCIL_KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest) -> HttpResponseBase:
    form = BeginForm(request.POST or None)
    form.fields["house"].offer(council.houses())  # type: ignore[attr-defined]
    form.fields["zone"].offer(Zone.objects.order_by("pk"))  # type: ignore[attr-defined]
    if taken(request, form, lambda: services.begin(by=request.viewer, trial=services.Trial(**form.cleaned_data))):
        return done(request, _("The trial stands on the list."), reverse("pilots"))
    return render(request, "cases/council/pilot_new.html", {"form": form}, status=422 if form.errors else 200)


@staff(Permission.BOARD_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def pilot(request: HopeRequest, pilot_id: int) -> HttpResponseBase:
    """One trial; whoever keeps the list writes down once what came of it."""
    row = found.pilot(request.viewer, pilot_id)
    form = EndForm(request.POST or None)
    here = reverse("pilot", args=[pilot_id])
    if taken(request, form, lambda: services.end(by=request.viewer, pilot_id=pilot_id, **form.cleaned_data)):
        return done(request, _("Written down. It stays on the list for whoever thinks of the same."), here)
    ends = row.decided_on is None and request.viewer.may(Permission.COUNCIL_KEEP) and row.starts_on <= clock.today()
    context = {
        "row": row,
        "state": _state(row),
        "form": form,
        "ends": ends,
        "figures": found.figures(request.viewer, row),
        "measures": row.decided_on is None and request.viewer.may(Permission.COUNCIL_KEEP),
    }
    return render(request, "cases/council/pilot.html", context, status=422 if form.errors else 200)


@staff(Permission.COUNCIL_KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def figure_new(request: HopeRequest, pilot_id: int) -> HttpResponseBase:
    """Choose a figure with its value from before (R11)."""
    row, form = found.pilot(request.viewer, pilot_id), FigureForm(request.POST or None)
    here = reverse("pilot", args=[pilot_id])

    def choose() -> None:
        services.choose(by=request.viewer, pilot_id=pilot_id, chosen=services.Chosen(**form.cleaned_data))

    if taken(request, form, choose):
        return done(request, _("The figure stands with the trial."), here)
    context = {"row": row, "form": form, "title": _("Choose a figure")}
    return render(request, "cases/council/pilot_figure.html", context, status=422 if form.errors else 200)


@staff(Permission.COUNCIL_KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def figure_value(request: HopeRequest, pilot_id: int, figure_id: int) -> HttpResponseBase:
    """Its value on a day of the trial."""
    figure = found.figure(request.viewer, pilot_id, figure_id)
    form = ValueForm(request.POST or None, initial={"on": clock.today()})

    def write() -> None:
        services.write(by=request.viewer, pilot_id=pilot_id, figure_id=figure_id, **form.cleaned_data)

    if taken(request, form, write):
        return done(request, _("The value stands in the table."), reverse("pilot", args=[pilot_id]))
    context = {"row": figure.pilot, "figure": figure, "form": form, "title": figure.name}
    return render(request, "cases/council/pilot_figure.html", context, status=422 if form.errors else 200)
