"""Forms of partners: who gives together, what they give again and again, and a minor of their group."""

from datetime import date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from volunteers.facts import Gift, PartnerTold, PupilTold
from volunteers.models import PartnerKind, Per, Place
from volunteers.selectors import catalogue
from volunteers.selectors.partners import NTH


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=False, widget=widget)


def _hour(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


class GiftForm(forms.Form):
    """What is given again and again. The service finds all problems at once, so that everything is optional here."""

    service = forms.ChoiceField(label=_("What do they give?"), required=False)
    capacity = forms.IntegerField(label=_("How many people or houses"), required=False, min_value=0, max_value=999)
    per = forms.ChoiceField(label=_("So many"), choices=Per.choices, required=False, initial=Per.DAY)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days?"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    nth = forms.TypedMultipleChoiceField(
        label=_("Which of them in a month?"),
        help_text=_("Nothing picked: every week."),
        choices=list(NTH.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    starts = _hour(_("From what hour?"))
    ends = _hour(_("Until what hour?"))
    place = forms.ChoiceField(
        label=_("Where?"), choices=Place.choices, widget=forms.RadioSelect, required=False, initial=Place.THEIRS
    )
    paper_kind = forms.ChoiceField(label=_("Paper you saw, where one is wanted"), required=False)
    paper_until = _day(_("Its last day"))
    pupils = forms.BooleanField(
        label=_("Minors come along"),
        help_text=_("Always in a group with a grown-up, for easy work, each with a guardian's consent."),
        required=False,
    )
    adult_name = forms.CharField(label=_("Grown-up who comes along"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = [(one.code, one.name) for one in catalogue.services_of_volunteers()]
        self.fields["service"].choices = [("", _("Choose")), *services]  # type: ignore[attr-defined]
        self.fields["paper_kind"].choices = [("", _("None is wanted")), *catalogue.papers()]  # type: ignore[attr-defined]

    def gift(self) -> Gift:
        data = self.cleaned_data
        return Gift(
            service=data.get("service", ""),
            weekdays=tuple(data.get("weekdays") or ()),
            nth=tuple(data.get("nth") or ()),
            starts=data.get("starts"),
            ends=data.get("ends"),
            capacity=data.get("capacity"),
            per=data.get("per") or Per.DAY.value,
            place=data.get("place") or Place.THEIRS.value,
            pupils=bool(data.get("pupils")),
            adult_name=data.get("adult_name", ""),
            paper_kind=data.get("paper_kind", ""),
            paper_until=data.get("paper_until"),
        )


class PartnerForm(GiftForm):
    kind = forms.ChoiceField(
        label=_("Who gives?"), choices=PartnerKind.choices, widget=forms.RadioSelect, required=False
    )
    name = forms.CharField(label=_("Name of the shop, school or group"), max_length=80, required=False)
    contact_name = forms.CharField(label=_("Whom we speak with"), max_length=80, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    town = forms.ChoiceField(label=_("In which town?"), required=False)
    agreed = forms.BooleanField(
        label=_("They agree that name and number are kept and that we write or ring before each day."), required=False
    )
    sms_ok = forms.BooleanField(label=_("By text message; else we ring."), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = [(town.code, town.name) for town in catalogue.towns()]
        self.fields["town"].choices = [("", _("Choose")), *towns]  # type: ignore[attr-defined]
        self.fields["phone"].widget.input_type = "tel"

    def told(self) -> PartnerTold:
        data = self.cleaned_data
        return PartnerTold(
            name=data.get("name", ""),
            kind=data.get("kind", ""),
            contact_name=data.get("contact_name", ""),
            phone=data.get("phone", ""),
            town=data.get("town", ""),
            agreed=bool(data.get("agreed")),
            sms_ok=bool(data.get("sms_ok")),
        )


class PupilForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    birth_year = forms.IntegerField(label=_("Year of birth"), required=False)
    guardian_name = forms.CharField(label=_("Name of a parent or guardian"), max_length=80, required=False)
    guardian_phone = forms.CharField(label=_("Their telephone"), max_length=40, required=False)
    consent_on = _day(_("Day of their written consent"), _("It holds for one year."))

    def told(self) -> PupilTold:
        data = self.cleaned_data
        consent: date | None = data.get("consent_on")
        return PupilTold(
            name=data.get("name", ""),
            birth_year=data.get("birth_year"),
            guardian_name=data.get("guardian_name", ""),
            guardian_phone=data.get("guardian_phone", ""),
            consent_on=consent,
        )
