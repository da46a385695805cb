"""Forms of the volunteers' pages: how problems of services find their field, and the sign-up."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem
from volunteers.facts import SignUp
from volunteers.models import HeardFrom
from volunteers.selectors import catalogue
from volunteers.services.requests import Wishes

#: What the picture shows, by service code; other services have their word alone.
PICTURES = {
    "companionship": "self",
    "housekeeping": "lamp",
    "laundry": "other",
    "meals": "meal",
    "culture": "calendar",
    "dining": "today",
}
_WORKDAYS, _WEEKEND = range(5), (5, 6)
_MORNING, _AFTERNOON, _EVENING = (time(9), time(12)), (time(13), time(18)), (time(18), time(21))
TIMES = {
    "workday_morning": (_("Weekday mornings, 9 to 12"), _WORKDAYS, _MORNING),
    "workday_afternoon": (_("Weekday afternoons, 1 to 6"), _WORKDAYS, _AFTERNOON),
    "workday_evening": (_("Weekday evenings, 6 to 9"), _WORKDAYS, _EVENING),
    "weekend_morning": (_("Weekend mornings, 9 to 12"), _WEEKEND, _MORNING),
    "weekend_afternoon": (_("Weekend afternoons, 1 to 6"), _WEEKEND, _AFTERNOON),
}


def place_problems(form: forms.Form, problems: tuple[Problem, ...]) -> None:
    """Each problem beside its field, the others on top."""
    for problem in problems:
        form.add_error(problem.field if problem.field in form.fields else None, str(problem.words))


class SignUpForm(forms.Form):
    """Picks and five short fields. Everything is optional to Django: the service finds all problems at once."""

    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    phone = forms.CharField(label=_("Mobile telephone"), max_length=40, required=False)
    birth_year = forms.CharField(
        label=_("Year of birth"), help_text=_("Four figures, such as 1962"), max_length=10, required=False
    )
    town = forms.ChoiceField(label=_("Where do you live?"), required=False)
    services = forms.MultipleChoiceField(
        label=_("What would you like to do?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    times = forms.MultipleChoiceField(
        label=_("When have you time?"),
        help_text=_("Everything that is possible. You are asked each time and may always say no."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    sms_ok = forms.BooleanField(label=_("You may ask me by text message."), required=False, initial=True)
    no_links = forms.BooleanField(label=_("Please put no links into the messages."), required=False)
    consent = forms.BooleanField(
        label=_("I agree that my name, number, year of birth and town are kept to ask me for help."),
        help_text=_("Until you leave. You may take it back at any time by telephone."),
        required=False,
    )
    guardian_name = forms.CharField(label=_("Name of a parent or guardian"), max_length=80, required=False)
    guardian_phone = forms.CharField(label=_("Their telephone"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = [(town.code, town.name) for town in catalogue.towns()]
        self.fields["town"].choices = [("", _("Choose")), *towns]  # type: ignore[attr-defined]
        choices = [(service.code, service.name) for service in catalogue.services_for_everybody()]
        self.fields["services"].choices = choices  # type: ignore[attr-defined]
        self.fields["times"].choices = [(key, words) for key, (words, _d, _h) in TIMES.items()]  # type: ignore[attr-defined]
        for name, kind in (("name", "name"), ("phone", "tel"), ("birth_year", "bday-year")):
            self.fields[name].widget.attrs["autocomplete"] = kind
        for name in ("phone", "guardian_phone"):
            self.fields[name].widget.input_type = "tel"
        self.fields["birth_year"].widget.attrs["inputmode"] = "numeric"

    def told(self) -> SignUp:
        data = self.cleaned_data
        year = data.get("birth_year", "").strip()
        windows = [
            (weekday, *hours) for key in data.get("times", []) for weekday in TIMES[key][1] for hours in [TIMES[key][2]]
        ]
        return SignUp(
            name=data.get("name", ""),
            phone=data.get("phone", ""),
            birth_year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else (0 if year else None),
            town=data.get("town", ""),
            services=tuple(data.get("services", ())),
            windows=tuple(windows),
            consent=bool(data.get("consent")),
            sms_ok=bool(data.get("sms_ok")),
            links=not data.get("no_links"),
            language="ko" if (get_language() or "ko").startswith("ko") else "en",
        )


class AskForm(forms.Form):
    """How volunteers are asked."""

    seats = forms.IntegerField(label=_("How many people"), min_value=1, max_value=6, initial=1)
    with_minor = forms.BooleanField(
        label=_("Somebody under 18 is there"), help_text=_("Then two go together, never one alone."), required=False
    )
    urgent = forms.BooleanField(
        label=_("Urgent"), help_text=_("Three are asked at once, one hour to answer."), required=False
    )

    later = forms.BooleanField(
        label=_("Wait for the week's plan"), help_text=_("Nobody is asked before it is published."), required=False
    )
    car = forms.BooleanField(label=_("A car is needed"), required=False)
    gender = forms.ChoiceField(
        label=_("The person asks for"),
        choices=[("", _("anybody")), ("F", _("a woman")), ("M", _("a man"))],
        required=False,
    )
    critical = forms.BooleanField(
        label=_("Somebody depends on this visit"),
        help_text=_(
            "Medicine, the only meal, home from hospital. Name who goes when nobody has promised a day before."
        ),
        required=False,
    )
    backup_name = forms.CharField(label=_("Who goes instead"), max_length=80, required=False)
    backup_phone = forms.CharField(label=_("Their telephone"), max_length=20, required=False)
    first = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def told(self) -> dict[str, Any]:
        """As `services.requests.open_request` takes it."""
        data = self.cleaned_data
        wishes = Wishes(
            gender=data["gender"],
            car=data["car"],
            critical=data["critical"],
            backup_name=data["backup_name"],
            backup_phone=data["backup_phone"],
        )
        plain = {name: data[name] for name in ("with_minor", "urgent", "later", "first")}
        return {**plain, "seats": data["seats"], "wishes": wishes}


class ConfirmForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes of help"), min_value=1, max_value=720)
    heard_from = forms.ChoiceField(
        label=_("How do you know?"), choices=HeardFrom.choices, widget=forms.RadioSelect, required=False
    )

    def clean_heard_from(self) -> str:
        return self.cleaned_data["heard_from"] or HeardFrom.STAFF.value


class CorrectForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes of help"), min_value=0, max_value=720)
    reason = forms.CharField(label=_("Why is it corrected?"), max_length=200, required=False)
