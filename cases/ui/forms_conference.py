"""Forms of a conference: calling it, what was decided, who promised what, how it went; and of the line of approval."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import ClientWish, ConferencePurpose, ConferenceSeat, Sector, Track
from cases.rules.whose import NOT_HERE
from cases.selectors.colleagues import Colleague
from cases.services.conferences import Called, Seat
from cases.services.plans import Wanted
from cases.ui.forms_case import AboutOne, DayField, OnceForm, PickField, words_field
from hopecare.kernel import clock

_GUESTS = 3


def _house(one: Colleague) -> str:
    """Everybody at the table reads the sheet: a house whose name alone tells is left out (D17)."""
    return "" if one.tells else one.organisation


class CallForm(OnceForm):
    """When, where, what about, who; the person is asked whether they wish to come."""

    purpose = forms.ChoiceField(label=_("What for"), choices=ConferencePurpose.choices)
    day = DayField(label=_("Day"))
    hour = forms.TimeField(
        label=_("Hour"), widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")
    )
    place = forms.CharField(label=_("Where it meets"), max_length=120)
    agenda = words_field(
        _("Agenda"), rows=4, help_text=_("One point a line. Points about one person alone are added afterwards.")
    )
    client_wish = forms.ChoiceField(label=_("Does the person wish to come?"), choices=ClientWish.choices)
    client_words = words_field(_("What they want to be said there"))
    seats = forms.TypedMultipleChoiceField(
        label=_("Colleagues"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, team: Sequence[Colleague], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = {one.user_id: one for one in team}
        seats: Any = self.fields["seats"]
        seats.choices = [(one.user_id, f"{one.name} ({one.organisation})") for one in team]
        for place in range(1, _GUESTS + 1):
            self.fields[f"guest_{place}"] = forms.CharField(label=_("Name"), max_length=80, required=False)
            self.fields[f"sector_{place}"] = forms.ChoiceField(
                label=_("Part"), choices=Sector.choices, required=False, initial=Sector.CLIENT
            )

    @property
    def guests(self) -> list[tuple[Any, Any]]:
        return [(self[f"guest_{place}"], self[f"sector_{place}"]) for place in range(1, _GUESTS + 1)]

    def called(self) -> Called:
        data = self.cleaned_data
        seats = [
            Seat(one.name, Sector.PUBLIC if one.is_public else Sector.PRIVATE, _house(one), one.user_id)
            for one in (self.team[user_id] for user_id in data["seats"])
        ]
        seats += [
            Seat(data[f"guest_{place}"].strip(), data[f"sector_{place}"] or Sector.CLIENT)
            for place in range(1, _GUESTS + 1)
            if data[f"guest_{place}"].strip()
        ]
        return Called(
            at=_moment(data),
            place=data["place"],
            agenda=data["agenda"],
            purpose=data["purpose"],
            client_wish=data["client_wish"],
            client_words=data["client_words"],
            seats=seats,
            token=data["token"],
        )


def _moment(data: Mapping[str, Any]) -> datetime | None:
    return clock.at(data["day"], data["hour"]) if data.get("day") and data.get("hour") else None


class PointForm(AboutOne):
    """Something to talk about that is one person's alone."""

    words = forms.CharField(label=_("What is to be talked about"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "person" in self.fields:
            person: Any = self.fields["person"]
            person.required, person.help_text = True, ""
            person.choices = [("", "–"), *person.choices[1:]]

    def clean(self) -> dict[str, Any] | None:
        if "person" in self.fields:
            return super().clean()
        self.add_error(None, NOT_HERE)
        return self.cleaned_data


class DecisionForm(AboutOne):
    field_order = ("words", "person", "dissent", "dissenters")
    said_by_all = True
    words = words_field(_("What was decided"), required=True)
    dissent = words_field(_("What was said against it"))
    dissenters = forms.CharField(label=_("By whom"), max_length=200, required=False)


class PromiseForm(AboutOne):
    """A colleague, or a house; until when."""

    field_order = ("title", "person")
    title = forms.CharField(label=_("What is promised"), max_length=200)
    category = PickField(label=_("Category"))
    owner = PickField(label=_("Colleague"), required=False)
    owner_organisation = PickField(label=_("or another house"), required=False)
    due_on = DayField(label=_("Due"))

    def __init__(self, *args: Any, catalogue: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("category", "owner", "owner_organisation"):
            field: Any = self.fields[name]
            field.offer(catalogue[name])

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        house = data["owner_organisation"]
        return Wanted(
            title=data["title"],
            category=data["category"],
            owner_kind="partner" if house else "staff",
            owner=None if house else data["owner"],
            owner_organisation=house,
            due_on=data["due_on"],
            token=data["token"],
            person=data.get("person"),
        )


class HeldForm(forms.Form):
    present = forms.TypedMultipleChoiceField(
        label=_("Who was there"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    client_wish = forms.ChoiceField(label=_("The person's part"), choices=ClientWish.choices)
    client_words = words_field(_("What they said"))
    track = forms.ChoiceField(label=_("Kind of help"), choices=Track.choices)
    summary = words_field(
        _("In short"), rows=3, help_text=_("About all of them. What is about one alone is a decision about that one.")
    )

    def __init__(self, *args: Any, seats: Sequence[ConferenceSeat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present: Any = self.fields["present"]
        present.choices = [(seat.pk, f"{seat.name} ({seat.get_sector_display()})") for seat in seats]


class ApprovalForm(forms.Form):
    words = words_field(_("Words about it"))


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[("approved", _("Approved")), ("returned", _("Returned, to be changed"))],
    )
    words = words_field(_("Words about it"))


class LinkForm(OnceForm):
    category = PickField(label=_("Category"))
    service = PickField(label=_("Service"), required=False)
    organisation = PickField(label=_("House that helps"))
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    due_on = DayField(label=_("Due"))

    def __init__(self, *args: Any, catalogue: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, source in (("category", "category"), ("service", "service"), ("organisation", "owner_organisation")):
            field: Any = self.fields[name]
            field.offer(catalogue[source])
