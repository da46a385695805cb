"""Forms of a case: what is typed becomes typed values; rules and services judge them."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import AftercareResult, CloseReason, Goal, OverlapReason, OwnerKind, Phase, Track, Unsigned
from cases.rules import needs as rules
from cases.rules.conferences import reasons_on
from cases.rules.whose import NOT_HERE
from hopecare.kernel import clock, errors
from hopecare.kernel.models import Category, Person, User

NEED_CHOICES = [
    ("unasked", _("Not asked")),
    ("none", _("None")),
    *((str(number), str(number)) for number in range(5)),
    ("private", _("Would rather not say")),
]

#: Rules speak of one moment, the form asks for a day and an hour.
_ASKED_AS = {"at": "day"}


def add_problems(form: forms.Form, refusal: errors.Impossible, *, prefix: str = "") -> None:
    """Each problem goes to its field, or to the top when the form has no such field."""
    for problem in refusal.problems:
        field = _ASKED_AS.get(problem.field, problem.field)
        name = f"{prefix}{field}" if f"{prefix}{field}" in form.fields else field
        form.add_error(name if name in form.fields else None, problem.words)


class WonField(forms.IntegerField):
    """Won as people write them: "1,310,000", "1310000원"."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=10_000_000_000, **kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "class": "short"})

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").replace(",", "").replace("원", "").replace(" ", "")
        return super().to_python(text)


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **kwargs)


class PickField(forms.ChoiceField):
    """One of the rows given to the form: reads them once, and cleans to the row itself (None when left empty)."""

    def __init__(self, *, empty: Any = "–", label_of: Callable[[Any], str] = str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.empty, self.label_of = empty, label_of
        self.rows: dict[str, Any] = {}

    def offer(self, rows: Iterable[Any]) -> None:
        self.rows = {str(row.pk): row for row in rows}
        self.choices = [("", self.empty), *((key, self.label_of(row)) for key, row in self.rows.items())]

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "pk", value)

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))


def words_field(label: Any, *, rows: int = 2, required: bool = False, help_text: Any = "", most: int = 2000) -> Any:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class OnceForm(forms.Form):
    """Carries a one-time token, so that a form sent twice counts once."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": secrets.token_urlsafe(16), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class AboutOne(OnceForm):
    """About the whole household, or about one of them alone; where somebody lives alone nobody is asked (D4)."""

    person = PickField(
        label=_("About whom"),
        required=False,
        empty=_("the whole household"),
        label_of=lambda person: person.name,
        help_text=_("What is about another adult is read by another organisation only once that adult agreed to it."),
        error_messages={"invalid_choice": NOT_HERE},
    )

    #: Whether the page always sends a choice, if only that of the household.
    said_by_all = False
    is_one_tap = False

    def __init__(self, *args: Any, people: Iterable[Person] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(people)
        if len(offered) > 1:
            self.fields["person"].offer(offered)  # type: ignore[attr-defined]
        else:
            del self.fields["person"]

    @property
    def person_id(self) -> int | None:
        """Whom alone it is about, once the form is clean."""
        person = self.cleaned_data.get("person")
        return person.pk if person else None

    def clean(self) -> dict[str, Any] | None:
        """Who was chosen and is not offered any more, as by a kept draft: it never becomes the household's unseen."""
        name = self.add_prefix("person")
        if "person" not in self.fields and self.data.get(name):
            self.add_error(None, NOT_HERE)
        if "person" in self.fields and self.said_by_all and name not in self.data and not self.is_one_tap:
            self.add_error("person", _("Please choose whom this is about."))
        return super().clean()


class NeedFields(OnceForm):
    """The eight as fields `need_<code>`, with what the form showed, so that conflicts are found cell by cell."""

    def __init__(
        self, *args: Any, categories: Iterable[Category], cells: Mapping[str, rules.Cell], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.categories, self.cells = list(categories), cells
        for category in self.categories:
            cell = cells.get(category.code, rules.Cell())
            self.fields[f"need_{category.code}"] = forms.ChoiceField(
                label=category.name,
                choices=NEED_CHOICES,
                widget=forms.RadioSelect,
                required=False,
                initial=cell.value,
            )
            self._hidden(f"seen_{category.code}", str(cell.answer_id))
            self._hidden(f"before_{category.code}", cell.value)

    def _hidden(self, name: str, value: str) -> None:
        self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput, initial=value, max_length=20)

    def need_fields(self) -> list[Any]:
        return [self[f"need_{category.code}"] for category in self.categories]

    def values(self) -> dict[str, str]:
        return {c.code: self.cleaned_data.get(f"need_{c.code}") or rules.UNASKED for c in self.categories}

    def seen(self) -> dict[str, int]:
        found = {c.code: self.cleaned_data.get(f"seen_{c.code}") or "0" for c in self.categories}
        return {code: int(text) if text.isdecimal() else 0 for code, text in found.items()}

    def before(self) -> dict[str, str]:
        return {c.code: self.cleaned_data.get(f"before_{c.code}") or rules.UNASKED for c in self.categories}

    def refresh(self, cells: Mapping[str, rules.Cell]) -> None:
        """After a conflict: what the others wrote counts as seen, what was typed stays."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        for code, cell in cells.items():
            data[self.add_prefix(f"seen_{code}")] = str(cell.answer_id)
            data[self.add_prefix(f"before_{code}")] = cell.value
        self.data = data


class NeedsForm(NeedFields):
    """One visit with one person, or with the household as a whole."""

    phase = forms.ChoiceField(label=_("When"), choices=[c for c in Phase.choices if c[0] != Phase.CLOSE])
    own_words = words_field(_("In their own words"), help_text=_("As it was said, without correcting it."))
    offer = words_field(_("What they can offer others"))
    private_note = words_field(
        _("Private note"), help_text=_("Stays apart: never on the household's print, never shown to kin.")
    )
    money = forms.ChoiceField(
        label=_("Does anyone else use your money, card or seal?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", _("not asked")),
            ("fine", _("no, or only as I wish")),
            ("worry", _("yes, and it worries")),
            ("private", _("would rather not say")),
        ],
    )


class MeansForm(forms.Form):
    monthly_income_won = WonField(label=_("Income a month, in won"))
    household_size = forms.IntegerField(
        label=_("People who live on it"), min_value=1, max_value=30, widget=forms.NumberInput(attrs={"class": "tiny"})
    )


class GoalForm(forms.Form):
    goal = forms.ChoiceField(label=_("Goal"), choices=Goal.choices, widget=forms.RadioSelect)
    words = words_field(_("What that means here"), most=1000)
    track = forms.ChoiceField(label=_("Kind of help"), choices=Track.choices)


class SignForm(forms.Form):
    herself = forms.ChoiceField(
        label=_("Agreement"),
        widget=forms.RadioSelect,
        choices=[("yes", _("agreed at the visit, herself or himself")), ("no", _("not agreed, for this reason:"))],
    )
    signed_on = DayField(label=_("Day"), required=False)
    unsigned_reason = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *Unsigned.choices[1:]], required=False)
    words = words_field(_("Words about it"), most=1000)


class ActionForm(AboutOne):
    """A task: what, who, until when; for a volunteer also day, hour, minutes and the quarter."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    category = PickField(label=_("Category"))
    service = PickField(label=_("Service"), required=False)
    owner_kind = forms.ChoiceField(label=_("Who does it"), choices=OwnerKind.choices, widget=forms.RadioSelect)
    owner = PickField(label=_("Colleague"), required=False)
    owner_organisation = PickField(label=_("Organisation"), required=False)
    due_on = DayField(label=_("Due"), required=False)
    day = DayField(label=_("Day of the visit"), required=False)
    hour = forms.TimeField(
        label=_("Hour"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=1, widget=forms.NumberInput(attrs={"class": "tiny"})
    )
    weekly = forms.BooleanField(label=_("every week"), required=False)
    quarter = forms.CharField(
        label=_("Where, as a stranger may know it"),
        required=False,
        max_length=40,
        help_text=_("A quarter or a landmark; never the address, never a name."),
    )
    stairs = forms.BooleanField(label=_("stairs without a lift"), required=False)
    despite = forms.BooleanField(label=_("It is given already, and the task is right all the same"), required=False)
    seen_at = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, catalogue: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in catalogue.items():
            self.fields[name].offer(rows)  # type: ignore[attr-defined]

    def at(self) -> datetime | None:
        day, hour = self.cleaned_data.get("day"), self.cleaned_data.get("hour")
        return clock.at(day, hour) if day and hour else None


class ServiceForm(OnceForm):
    service = PickField(label=_("What was given"))
    category = PickField(label=_("Category"))
    person = PickField(
        label=_("To whom"), required=False, empty=_("the whole household"), label_of=lambda person: person.name
    )
    provider_kind = PickField(label=_("Given by"))
    provider = PickField(label=_("Organisation"))
    given_on = DayField(label=_("Day"))
    until = DayField(label=_("Until"), required=False)
    amount_won = WonField(label=_("Amount in won"), required=False)
    fund_source = PickField(label=_("From which money"), required=False, empty=_("no money"))
    note = forms.CharField(label=_("Note"), required=False, max_length=500)
    finish = forms.BooleanField(label=_("With this the task is done"), required=False)
    overlap_reason = forms.ChoiceField(
        label=_("Why is it right all the same?"), required=False, choices=[("", "–"), *OverlapReason.choices]
    )
    overlap_words = forms.CharField(label=_("In your own words"), required=False, max_length=300)

    def __init__(self, *args: Any, catalogue: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in catalogue.items():
            self.fields[name].offer(rows)  # type: ignore[attr-defined]


class ContactForm(AboutOne):
    field_order = ("way", "words", "person")
    said_by_all = True
    way = forms.ChoiceField(
        label=_("How"),
        widget=forms.RadioSelect,
        choices=[
            ("called", _("I rang")),
            ("called_us", _("They rang")),
            ("visited", _("I was there")),
            ("no_answer", _("No answer")),
            ("letter", _("Letter")),
            ("note", _("Note only")),
        ],
    )
    words = words_field(_("What was said"), rows=3, most=4000)

    @property
    def is_one_tap(self) -> bool:  # type: ignore[override]
        """Nobody was reached: there is nothing about anybody."""
        return self.data.get("way") == "no_answer"

    def noted(self) -> dict[str, Any]:
        """For `cases.services.notes.record_contact`."""
        data = self.cleaned_data
        return {"way": data["way"], "words": data["words"], "token": data["token"], "person_id": self.person_id}


class CloseForm(NeedFields):
    reason = forms.ChoiceField(label=_("Why the case ends"), widget=forms.RadioSelect)
    words = words_field(_("In their own words"), help_text=_("What is different now, as they say it."))
    erase = forms.BooleanField(
        label=_("They cared for kin when young, and wish that this file be destroyed"),
        required=False,
        help_text=_("Names, words and papers are gone within the day and cannot be brought back. Nobody rings later."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason: Any = self.fields["reason"]
        reason.choices = [(code, CloseReason(code).label) for code in reasons_on(clock.today())]


class ReasonForm(OnceForm):
    reason = words_field(_("Why"), required=True, most=500)


class AftercareForm(OnceForm):
    done_on = DayField(label=_("Day"))
    result = forms.ChoiceField(label=_("Result"), choices=AftercareResult.choices, widget=forms.RadioSelect)
    words = words_field(_("How they are"), rows=3, required=True)


class LifeForm(OnceForm):
    state = forms.ChoiceField(
        label=_("What has happened?"),
        widget=forms.RadioSelect,
        choices=[
            ("hospital", _("in hospital")),
            ("moved", _("moved away")),
            ("died", _("has died")),
            ("here", _("at home again")),
        ],
    )
    since = DayField(label=_("Since"))
    words = words_field(_("Words for the team"), help_text=_("Colleagues read this before they ring or visit."))


class LeadForm(forms.Form):
    to = forms.ModelChoiceField(label=_("New lead"), queryset=User.objects.none())
    reason = words_field(_("Words about it"), most=500)


def earlier_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("May also read earlier notes"),
        required=False,
        help_text=_("Without it: notes from today on, and what they wrote themselves. Warnings are always read."),
    )


class GrantForm(forms.Form):
    user = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none())
    until = DayField(label=_("Until"))
    reason = forms.CharField(label=_("Why"), max_length=200)
    earlier = earlier_field()


class MemberForm(forms.Form):
    user = forms.ModelChoiceField(label=_("Colleague of the team"), queryset=User.objects.none())
