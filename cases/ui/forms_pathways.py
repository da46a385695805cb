"""Forms of longer help: begin, the next step, how it is, pictures of rooms."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import CheckOutcome, PhotoMoment, Resource
from cases.rules.pathways import STOPPED, Earned, Kind
from cases.ui.forms_case import DayField, OnceForm, PickField, WonField, words_field


class _Earns(forms.Form):
    """What is earned, where somebody works and whoever writes may read it (R79)."""

    wage_won = WonField(
        label=_("Wage a month, won"),
        required=False,
        help_text=_("Before taxes, as they tell it. No proof is needed; it may stay empty."),
    )
    weekly_hours = forms.IntegerField(
        label=_("Hours a week"), required=False, widget=forms.NumberInput(attrs={"class": "tiny"})
    )

    def keep_wages(self, keep: bool) -> None:
        for name in () if keep else ("wage_won", "weekly_hours"):
            del self.fields[name]

    @property
    def told(self) -> dict[str, Any]:
        """What was typed, wage and hours as one."""
        data = dict(self.cleaned_data)
        data["earned"] = Earned(data.pop("wage_won", None), data.pop("weekly_hours", None))
        return data


class _Told(forms.Form):
    on = DayField(label=_("Day"))
    amount_won = WonField(label=_("Amount"), required=False)
    place = PickField(label=_("Where"), required=False, label_of=lambda row: f"{row.owner_words} · {row.name}")
    room = forms.IntegerField(
        label=_("Room number"),
        required=False,
        min_value=1,
        max_value=999,
        widget=forms.NumberInput(attrs={"class": "tiny"}),
    )
    words = words_field(_("In a few words"), most=300)

    def suit(self, kind: Kind, places: Iterable[Resource]) -> None:
        """Only what belongs to this kind is asked."""
        if kind.amount:
            self.fields["amount_won"].label = kind.amount
        else:
            del self.fields["amount_won"]
        if kind.place:
            self.fields["place"].label = kind.place
            self.fields["place"].offer(places)  # type: ignore[attr-defined]
        else:
            del self.fields["place"]
        if not kind.lived_in:
            del self.fields["room"]


class BeginForm(_Told, OnceForm):
    person = PickField(label=_("Who"), label_of=lambda person: person.name)
    grounds = forms.MultipleChoiceField(
        label=_("Looked at beforehand: what holds?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("person", "on", "grounds", "amount_won", "place", "words")

    def __init__(
        self, *args: Any, kind: Kind, people: Iterable[Any], places: Iterable[Resource], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(people)  # type: ignore[attr-defined]
        self.suit(kind, places)
        self.fields.pop("room", None)
        if kind.grounds:
            self.fields["grounds"].choices = kind.grounds  # type: ignore[attr-defined]
            self.fields["grounds"].help_text = _("One is enough. Without any, ask there all the same: they decide.")
        else:
            del self.fields["grounds"]


class StepForm(_Earns, _Told):
    step = forms.ChoiceField(label=_("What has happened?"), widget=forms.RadioSelect)
    field_order = ("step", "on", "amount_won", "place", "room", "wage_won", "weekly_hours", "words")

    def __init__(
        self, *args: Any, kind: Kind, before: str, places: Iterable[Resource], wages: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.keep_wages(wages and any(kind.earns(step) for step in kind.after(before)))
        choices = [(step, kind.step_words(step)) for step in (*kind.after(before), STOPPED)]
        self.fields["step"].choices = choices  # type: ignore[attr-defined]
        self.suit(kind, places)


class AnswerForm(_Earns):
    outcome = forms.ChoiceField(label=_("How is it?"), choices=CheckOutcome.choices, widget=forms.RadioSelect)
    words = words_field(_("In a few words"), most=300)
    field_order = ("outcome", "wage_won", "weekly_hours", "words")

    def __init__(self, *args: Any, wages: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keep_wages(wages)


class PhotoForm(forms.Form):
    moment = forms.ChoiceField(label=_("Taken"), choices=PhotoMoment.choices, widget=forms.RadioSelect)
    rooms_only = forms.BooleanField(label=_("Rooms only: nobody is in the picture, no face, no name"), required=False)
