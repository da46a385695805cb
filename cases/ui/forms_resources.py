"""Forms of the directory and of referrals."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import ResourceSector
from cases.ui.forms_case import DayField, OnceForm, PickField, words_field
from hopecare.kernel import clock


def _hour(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


def _phone(label: Any, **kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "tel", "class": "short"})
    return forms.CharField(label=label, max_length=20, widget=widget, **kwargs)


class OfferingForm(OnceForm):
    def __init__(self, *args: Any, catalogue: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in catalogue.items():
            self.fields[name].offer(rows)  # type: ignore[attr-defined]


class ResourceForm(OfferingForm):
    name = forms.CharField(label=_("What it is"), max_length=80, help_text=_("As people call it."))
    category = PickField(label=_("Category"))
    sector = forms.ChoiceField(label=_("Who gives it"), choices=ResourceSector.choices, widget=forms.RadioSelect)
    owner = PickField(label=_("Organisation"), required=False)
    owner_name = forms.CharField(label=_("or a name that is not on the list"), required=False, max_length=80)
    service = PickField(label=_("Service of the catalogue"), required=False)
    zone = PickField(label=_("Zone"), required=False, empty=_("the whole city"))
    outside_city = forms.BooleanField(label=_("outside the city"), required=False)
    capacity = forms.IntegerField(
        label=_("How much there is"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "tiny"}),
    )
    capacity_words = forms.CharField(
        label=_("of what"), required=False, max_length=40, help_text=_("For example: places, households a month.")
    )
    contact_name = forms.CharField(label=_("Whom to ask for"), required=False, max_length=80)
    phone = _phone(_("Telephone"))
    words = words_field(_("For whom, when, how to ask"), rows=2, most=500)
    confirmed_on = DayField(label=_("Confirmed on"), help_text=_("After ninety days we ask again."))


class GapForm(forms.Form):
    category = PickField(label=_("Category"))
    words = forms.CharField(
        label=_("What is missing"),
        required=False,
        max_length=200,
        help_text=_("Nothing about the person: whoever plans for the city reads this."),
    )

    def __init__(self, *args: Any, categories: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].offer(categories)  # type: ignore[attr-defined]


class AppointmentFields(forms.Form):
    """An appointment may come with the referral, with the yes, or not at all."""

    day = DayField(label=_("Day of the appointment"), required=False)
    hour = _hour(_("Hour"))
    place = forms.CharField(label=_("Where"), required=False, max_length=120)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("day")) != bool(data.get("hour")):
            self.add_error("hour" if data.get("day") else "day", _("An appointment needs a day and an hour."))
        return data

    def at(self) -> datetime | None:
        day, hour = self.cleaned_data.get("day"), self.cleaned_data.get("hour")
        return clock.at(day, hour) if day and hour else None


class ReferralForm(AppointmentFields, OfferingForm):
    person = PickField(label=_("Who"), label_of=lambda person: person.name)
    category = PickField(label=_("Category"))
    service = PickField(label=_("Service of the catalogue"), required=False)
    to_name = forms.CharField(label=_("Where to"), max_length=80)
    to_phone = _phone(_("Telephone there"), required=False)
    outside_city = forms.BooleanField(label=_("outside the city"), required=False)
    words = words_field(
        _("What they are told"),
        required=True,
        rows=2,
        most=300,
        help_text=_("As little as they need to help. Illness, money and kin only where it is about just that."),
    )
    remind = forms.BooleanField(
        label=_("remind the person the day before"),
        required=False,
        help_text=_("By the safe contact; the text says a day and an hour and nothing else."),
    )
    field_order = (
        "person",
        "category",
        "service",
        "to_name",
        "to_phone",
        "outside_city",
        "words",
        "day",
        "hour",
        "place",
    )


class AcceptedForm(AppointmentFields):
    who = forms.CharField(label=_("Who said yes over there"), max_length=80)
    field_order = ("who", "day", "hour", "place")


class BackForm(forms.Form):
    words = forms.CharField(label=_("Why it did not come about"), required=False, max_length=300)
