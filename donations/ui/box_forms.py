"""Forms of the money boxes. What is missing is told by the service, all at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.models import BoxTrip, HolderKind
from donations.ui.forms import WonField


class RegisterForm(forms.Form):
    many = forms.IntegerField(label=_("How many new boxes"), required=False, initial=10)


class IssueForm(forms.Form):
    holder_kind = forms.ChoiceField(
        label=_("Where will it stand?"), choices=HolderKind.choices, widget=forms.RadioSelect, required=False
    )
    holder_name = forms.CharField(
        label=_("Who takes it"), help_text=_("The person who answers for the box."), max_length=80, required=False
    )
    holder_phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    place = forms.CharField(
        label=_("Where exactly"), help_text=_("Beside the till, say."), max_length=120, required=False
    )
    ask_back_on = forms.DateField(
        label=_("We ask for it back on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder_phone"].widget.input_type = "tel"


class CountForm(forms.Form):
    """One figure a box, in the order they lie on the table."""

    def __init__(self, *args: Any, trips: list[BoxTrip], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for trip in trips:
            field = WonField(label=f"{trip.box.shown}", required=False)
            field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
            self.fields[f"won_{trip.pk}"] = field
        self.trips = trips

    def amounts(self) -> dict[int, int | None]:
        return {trip.pk: self.cleaned_data.get(f"won_{trip.pk}") for trip in self.trips}

    def rows(self) -> list[tuple[BoxTrip, forms.BoundField]]:
        return [(trip, self[f"won_{trip.pk}"]) for trip in self.trips]


class ExplainForm(forms.Form):
    explanation = forms.CharField(
        label=_("Why the bank shows another sum"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
