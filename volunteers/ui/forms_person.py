"""Forms of one volunteer's page: a paper, the insurance, a rest; and what went wrong."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from volunteers.models import IncidentKind, Insurer, Side
from volunteers.selectors import catalogue


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=False, widget=widget)


class PaperForm(forms.Form):
    kind = forms.ChoiceField(label=_("Which paper?"))
    body = forms.CharField(
        label=_("Who issued it"), help_text=_("And whom you asked whether it is true."), max_length=120, required=False
    )
    number = forms.CharField(label=_("Its number"), max_length=60, required=False)
    valid_until = _day(_("Valid until"), _("Empty: for good."))
    renewing = forms.BooleanField(
        label=_("Its renewal is handed in"), help_text=_("Then the days of grace count."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Choose")), *catalogue.papers()]  # type: ignore[attr-defined]


class InsuranceForm(forms.Form):
    insurer = forms.ChoiceField(label=_("Insured by"), choices=Insurer.choices)
    number_1365 = forms.CharField(label=_("Number in 1365"), max_length=40, required=False)
    valid_until = _day(_("Insured until"))


class ToldForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is it about?"), choices=IncidentKind.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What happened?"),
        help_text=_("Read by the lead and by the centre's volunteering desk alone. The other side never sees it."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
    )


class IncidentForm(ToldForm):
    told_by = forms.ChoiceField(label=_("Who tells it?"), choices=Side.choices, widget=forms.RadioSelect)
    rests = forms.BooleanField(
        label=_("The volunteer rests until it is settled"),
        help_text=_("Nobody asks them; what they promised is looked for elsewhere, without a reason."),
        required=False,
    )


class OutcomeForm(forms.Form):
    outcome = forms.CharField(
        label=_("What was done about it?"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000
    )


class DaysForm(forms.Form):
    first = _day(_("Not on this day"))
    last = _day(_("To this day"), _("Empty: that day alone."))


class RestForm(forms.Form):
    days = forms.IntegerField(label=_("Days of rest"), min_value=1, max_value=366, initial=30)
