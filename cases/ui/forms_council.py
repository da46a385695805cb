"""Forms of groups: founding one, seating a member, raising an issue, a decision, a promise."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Council, CouncilKind, CouncilSector
from cases.ui.forms_case import DayField, OnceForm, PickField, words_field
from hopecare.kernel import clock
from hopecare.kernel.models import Category, Organisation, Zone


class FoundForm(forms.Form):
    name = forms.CharField(label=_("Name of the group"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("What kind"), choices=CouncilKind.choices, widget=forms.RadioSelect)
    zone = PickField(label=_("Zone"), required=False, empty=_("the whole city"), label_of=lambda zone: zone.name)
    purpose = forms.CharField(label=_("What for"), max_length=300, required=False)

    def __init__(self, *args: Any, zones: Iterable[Zone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].offer(zones)  # type: ignore[attr-defined]


class MeetingForm(forms.Form):
    day = DayField(label=_("Day"), required=False, help_text=_("Empty: nothing is planned."))
    hour = forms.TimeField(
        label=_("Hour"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    place = forms.CharField(label=_("Where"), max_length=120, required=False)

    def at(self) -> datetime | None:
        """The moment that was typed; ten o'clock where only a day was."""
        day, hour = self.cleaned_data["day"], self.cleaned_data["hour"]
        return clock.at(day, hour or time(10)) if day else None


class SeatForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    house = forms.CharField(label=_("Where from"), max_length=80, required=False)
    sector = forms.ChoiceField(label=_("Sits in for"), choices=CouncilSector.choices, widget=forms.RadioSelect)
    starts_on = DayField(label=_("From"), required=False)
    ends_on = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = clock.today()
        kwargs["initial"] = {"starts_on": today, "ends_on": today + timedelta(days=2 * 365)}
        super().__init__(*args, **kwargs)


class IssueForm(OnceForm):
    council = PickField(label=_("For which group"), label_of=lambda row: row.name)
    title = forms.CharField(label=_("In short"), max_length=120, required=False)
    words = words_field(
        _("What should be talked about"),
        rows=4,
        help_text=_("How things go between us, never who somebody is: no names, no case numbers."),
    )
    category = PickField(label=_("Category"), required=False, label_of=lambda row: row.name)

    def __init__(self, *args: Any, groups: Iterable[Council], categories: Iterable[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["council"].offer(groups)  # type: ignore[attr-defined]
        self.fields["category"].offer(categories)  # type: ignore[attr-defined]


class VerdictForm(OnceForm):
    words = words_field(_("What was decided"), rows=3)
    why = words_field(_("What weighed most"), most=1000)
    dissent = words_field(_("Who saw it otherwise, in their words"))
    dissenters = forms.CharField(label=_("Names of those who saw it otherwise"), max_length=200, required=False)
    review_on = DayField(label=_("Looked at again on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"review_on": clock.today() + timedelta(days=182)}, **kwargs)


class PromiseForm(OnceForm):
    words = forms.CharField(label=_("What will be done"), max_length=200, required=False)
    owner = PickField(label=_("Organisation"), label_of=lambda row: row.name)
    due_on = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, houses: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer(houses)  # type: ignore[attr-defined]
