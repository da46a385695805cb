"""The form of a nurse's or doctor's visit: what is measured comes from data/health.yaml, each kind asks its own."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Action, Medicines, OverlapReason
from cases.rules import health as rules
from cases.ui.forms_case import DayField, OnceForm, PickField, words_field
from hopecare.kernel.templatetags import hope_formats as formats

_YES_NO = [("", _("not said")), ("yes", _("yes")), ("no", _("no"))]


def _task_words(row: Action) -> str:
    whose = [row.person.name] if row.person else []
    return " · ".join([row.title, *whose, formats.day_short(row.due_on)])


class MeasureField(forms.DecimalField):
    """A number as it stands on the device: "36.5", "36,5"."""

    widget = forms.TextInput

    def __init__(self, value: rules.Value) -> None:
        label = f"{value.name} ({value.unit})" if value.unit else value.name
        super().__init__(label=label, required=False, max_digits=5, decimal_places=value.decimals)
        mode = "decimal" if value.decimals else "numeric"
        self.widget.attrs.update({"inputmode": mode, "autocomplete": "off", "class": "short"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override] # the stubs know whole numbers alone
        return super().to_python(str(value or "").strip().replace(",", "."))


class VisitForm(OnceForm):
    """Names of fields are those of the rules, so that each problem stands at its field."""

    person = PickField(label=_("To whom"), label_of=lambda person: person.name)
    given_on = DayField(label=_("Day"))
    visitor = forms.CharField(label=_("Who visited"), max_length=80)
    provider_kind = PickField(label=_("Given by"))
    provider = PickField(label=_("Organisation"))
    fasting = forms.ChoiceField(
        label=_("Blood glucose was taken"),
        required=False,
        choices=[("", _("not measured")), ("yes", _("fasting")), ("no", _("after eating"))],
    )
    sure = forms.BooleanField(label=_("Measured again: the rare value is right"), required=False)
    medicines = forms.ChoiceField(
        label=_("Medicines taken as told"), required=False, choices=[("", _("not asked")), *Medicines.choices]
    )
    done = forms.MultipleChoiceField(label=_("Done at the visit"), required=False, widget=forms.CheckboxSelectMultiple)
    found = words_field(_("What was found"), rows=4)
    advice = words_field(_("Advice"), rows=3)
    prescription = forms.ChoiceField(label=_("Prescription"), required=False, choices=_YES_NO)
    referred_to = forms.CharField(label=_("Referred to which clinic"), required=False, max_length=120)
    signs = forms.MultipleChoiceField(
        label=_("Signs that cannot wait"), required=False, widget=forms.CheckboxSelectMultiple
    )
    told_whom = forms.CharField(
        label=_("Who was told of it, and how"),
        required=False,
        max_length=200,
        help_text=_("119, the clinic, the lead, family where that is safe; with the hour."),
    )
    next_on = DayField(
        label=_("Next visit"), required=False, help_text=_("It stands on your day until it is recorded.")
    )
    task = PickField(label=_("Which task this was"), required=False, empty=_("none of them"))
    overlap_reason = forms.ChoiceField(
        label=_("Why is it right all the same?"), required=False, choices=[("", "–"), *OverlapReason.choices]
    )
    overlap_words = forms.CharField(label=_("In your own words"), required=False, max_length=300)

    def __init__(
        self, *args: Any, kind: rules.Kind, offered: Mapping[str, Iterable[Any]], tasks: list[Action], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asks_again = False  # whether a value is rare, so that somebody says it was measured again
        for name in ("person", "provider_kind", "provider"):
            self._pick(name).offer(offered[name])
        for value in rules.values().values():
            self.fields[value.code] = MeasureField(value)
        for name in ("done", "signs"):
            self.fields[name].choices = rules.choices(name)  # type: ignore[attr-defined]
        for name in {"medicines", "done", "found", "advice", "prescription", "referred_to"} - set(kind.asks):
            del self.fields[name]
        if tasks:
            self._pick("task").label_of = _task_words
            self._pick("task").offer(tasks)
            theirs = [row.pk for row in tasks if row.person_id in {None, self.initial.get("person")}]
            self.initial.setdefault("task", theirs[0] if theirs else "")
        else:
            del self.fields["task"]

    def _pick(self, name: str) -> Any:
        return self.fields[name]

    def measured_fields(self) -> list[Any]:
        return [self[code] for code in rules.values()]

    def measured(self) -> dict[str, Decimal]:
        found = {code: self.cleaned_data.get(code) for code in rules.values()}
        return {code: number for code, number in found.items() if number is not None}

    def said(self, name: str) -> bool | None:
        """A yes, a no, or nothing said."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get(name, ""))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.asks_again = bool(rules.rare(self.measured()))
        return cleaned
