"""Forms of the doors: somebody who rings or comes, an answer, a benefit check handed over, a day of the unit."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import IntakeDoor, OutingKind, SeenResult
from cases.rules.reports import reporter_kinds
from cases.services.intake import Arrival
from cases.ui.case_words import in_language
from cases.ui.forms_case import DayField, OnceForm, words_field
from cases.ui.forms_opening import SEXES, BirthField, NumberField
from hopecare.kernel.models import Town, User

_AT_THE_DESK = (IntakeDoor.PHONE, IntakeDoor.COUNTER, IntakeDoor.PARTNER, IntakeDoor.MOBILE_UNIT, IntakeDoor.POPUP)


def towns_field(**kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Town"), **kwargs)


def _towns() -> list[tuple[str, str]]:
    return [("", str(_("not known"))), *((town.code, town.name) for town in Town.objects.all().order_by("pk"))]


class IntakeForm(OnceForm):
    """In the order in which one hears it: who is on the line, for whom, what for."""

    door = forms.ChoiceField(label=_("How they came"), choices=[(d.value, d.label) for d in _AT_THE_DESK])
    for_another = forms.ChoiceField(
        label=_("For whom?"),
        widget=forms.RadioSelect,
        initial="self",
        choices=[("self", _("for themselves")), ("other", _("for somebody else"))],
    )
    caller_name = forms.CharField(label=_("Who is asking (name)"), max_length=80, required=False)
    caller_phone = forms.CharField(label=_("Telephone of who asks"), max_length=30, required=False)
    caller_kind = forms.ChoiceField(label=_("Who they are"), required=False)
    name = forms.CharField(label=_("Name of the person"), max_length=80, required=False)
    birth = BirthField(
        label=_("Born"), max_length=12, required=False, help_text=_("1948-03-02, or the year alone: 1948")
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, initial="U", required=False)
    phone = forms.CharField(label=_("Telephone of the person"), max_length=30, required=False)
    town = towns_field(required=False)
    directions = forms.CharField(label=_("How to get there, in words"), max_length=200, required=False)
    words = words_field(_("What they ask for"), rows=3, help_text=_("As it was said, without correcting it."))
    stop = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31)

    def __init__(self, *args: Any, may_number: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_number:
            self.fields["resident_number"] = NumberField()
        kinds: Any = self.fields["caller_kind"]
        kinds.choices = [("", "–"), *((row["code"], in_language(row, "name")) for row in reporter_kinds())]
        town: Any = self.fields["town"]
        town.choices = _towns()

    def arrival(self) -> Arrival:
        data = self.cleaned_data
        birth = data["birth"] or (None, False)
        other = data["for_another"] == "other"
        names = ("door", "name", "phone", "town", "directions", "words", "caller_kind", "token")
        return Arrival(
            **{name: data[name] for name in names},
            sex=data["sex"] or "U",
            born=birth[0],
            year_only=birth[1],
            caller_name=data["caller_name"] if other else "",
            caller_phone=data["caller_phone"] if other else "",
            for_another=other,
            stop_id=data["stop"],
        )


class AnswerForm(forms.Form):
    answer = words_field(_("What we answered"), rows=3)
    agreed = forms.BooleanField(label=_("That was enough for them; they may come back any time"), required=False)


class HandOverForm(forms.Form):
    """A visitor leaves name and telephone beside the answers they gave; the key is read once."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=200)
    name = forms.CharField(label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(
        label=_("Your telephone"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    town = towns_field(required=False)
    words = forms.CharField(
        label=_("Anything we should know (may stay empty)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consent = forms.BooleanField(
        label=_("The centre may read my answers and ring me. I can take this back at any time.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        town: Any = self.fields["town"]
        town.choices = _towns()


class OutingForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=OutingKind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name of the day"), max_length=120)
    on = DayField(label=_("Day"))
    leaves_at = forms.TimeField(
        label=_("Leaves at"), widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")
    )
    vehicle = forms.CharField(label=_("Vehicle"), max_length=80, required=False)
    start = forms.ModelChoiceField(label=_("Starts in"), queryset=Town.objects.all().order_by("pk"), empty_label="–")
    crew = forms.TypedMultipleChoiceField(label=_("Crew"), coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {user.pk: user for user in people}
        crew: Any = self.fields["crew"]
        crew.choices = [(user.pk, user.name) for user in people]


class StopForm(forms.Form):
    town = forms.ModelChoiceField(label=_("Town"), queryset=Town.objects.all().order_by("pk"), empty_label="–")
    place = forms.CharField(label=_("Where the vehicle stands"), max_length=120)
    minutes = forms.IntegerField(label=_("Minutes there"), min_value=5, max_value=480, initial=40)


class SeeForm(forms.Form):
    number = forms.CharField(
        label=_("Case number"), max_length=11, widget=forms.TextInput(attrs={"list": "my-cases", "autocomplete": "off"})
    )
    purpose = forms.CharField(label=_("What for"), max_length=200, required=False)


class SeenForm(forms.Form):
    result = forms.ChoiceField(label=_("What came of it"), choices=SeenResult.choices, widget=forms.RadioSelect)
    words = words_field(_("Words about it"), rows=3)


class UndoForm(forms.Form):
    words = forms.CharField(label=_("Why they are two"), max_length=300)
