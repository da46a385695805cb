"""Forms that change what is known of people and homes; each carries marks of what it showed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.rules import details as rules
from cases.services.details import DIED, MOVED_OUT, SEPARATED, Newcomer, Sent
from cases.ui.forms_case import DayField, OnceForm, words_field
from cases.ui.forms_opening import RELATIONS, SEXES, BirthField
from hopecare.kernel import phones
from hopecare.kernel.models import CoverageClass, Relation, Town

BORN, MOVED_IN = "born", "moved_in"
HOW_CAME = [(BORN, _("Born")), (MOVED_IN, _("Moved in"))]
HOW_LEFT = [(MOVED_OUT, _("Moved out")), (SEPARATED, _("Separated")), (DIED, _("Died"))]
COVERAGES = [
    (CoverageClass.BASIC_RECIPIENT, _("Basic livelihood")),
    (CoverageClass.NEAR_POVERTY, _("Near poverty")),
    (CoverageClass.LOW_INCOME, _("Low income")),
    (CoverageClass.OTHER, _("Other")),
]


def _phone_field(label: Any, **kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "short"})
    return forms.CharField(label=label, max_length=30, required=False, widget=widget, **kwargs)


class SeenForm(forms.Form):
    """`now`: what stands, as words by field. A field whose name ends like a number is shown the Korean way."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)

    def __init__(self, *args: Any, now: Mapping[str, str], **kwargs: Any) -> None:
        self.names = list(now)
        shown = {name: phones.shown(value) if name in {"number", "phone"} else value for name, value in now.items()}
        kwargs["initial"] = {**shown, "seen": rules.marks(now), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def sent(self) -> Sent:
        values = {name: self._words(name) for name in self.names}
        return Sent(values, rules.marks_in(self.cleaned_data.get("seen", "")))

    def _words(self, name: str) -> str:
        value = self.cleaned_data.get(name)
        if isinstance(value, bool):
            return "yes" if value else ""
        return rules.born_words(*value) if isinstance(value, tuple) else " ".join(str(value or "").split())

    def refresh(self, now: Mapping[str, str]) -> None:
        """After a conflict: what the other wrote counts as seen, what was typed stays."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["seen"] = rules.marks(now)
        self.data = data


class ReachForm(SeenForm):
    """How one adult may be reached without danger (D4)."""

    phone_ok = forms.BooleanField(label=_("We may ring"), required=False)
    from_hour = forms.IntegerField(
        label=_("from (hour)"), min_value=0, max_value=23, widget=forms.NumberInput(attrs={"class": "tiny"})
    )
    to_hour = forms.IntegerField(
        label=_("to (hour)"), min_value=1, max_value=24, widget=forms.NumberInput(attrs={"class": "tiny"})
    )
    sms_ok = forms.BooleanField(
        label=_("We may send texts"), required=False, help_text=_("Without this mark nobody is ever sent a text.")
    )
    letter_ok = forms.BooleanField(label=_("We may send letters"), required=False)
    number = _phone_field(_("Another number that is safe"))
    neutral_sender = forms.BooleanField(label=_("Never say the word welfare"), required=False)
    note = forms.CharField(label=_("What else to keep in mind"), max_length=200, required=False)

    def _words(self, name: str) -> str:
        return str(self.cleaned_data[name]) if name in rules.CONTACT_HOURS else super()._words(name)


class CorrectForm(SeenForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    birth = BirthField(
        label=_("Born"), max_length=12, required=False, help_text=_("1948-03-02, or the year alone: 1948")
    )
    phone = _phone_field(_("Telephone"))
    reason = words_field(_("Why"), required=True, most=300)


class HomeForm(SeenForm):
    """Empty but for the town: what led to the earlier home must not lead anybody to the new one."""

    town = forms.ChoiceField(label=_("Town"))
    line = forms.CharField(label=_("Address"), max_length=200, required=False)
    directions = forms.CharField(label=_("How to get there, in words"), max_length=200, required=False)
    since = DayField(label=_("Since"))

    def __init__(self, *args: Any, towns: Iterable[Town], **kwargs: Any) -> None:
        kwargs["initial"] = {"line": "", "directions": "", **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["town"].choices = [(town.code, town.name) for town in towns]  # type: ignore[attr-defined]


class CoverageForm(SeenForm):
    coverage_class = forms.ChoiceField(label=_("Coverage class"), choices=COVERAGES, widget=forms.RadioSelect)
    since = DayField(label=_("Since"))


class CameForm(OnceForm):
    how = forms.ChoiceField(label=_("How"), choices=HOW_CAME, widget=forms.RadioSelect)
    since = DayField(label=_("Since"))
    name = forms.CharField(label=_("Name"), max_length=80)
    birth = BirthField(
        label=_("Born"), max_length=12, required=False, help_text=_("1948-03-02, or the year alone: 1948")
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, initial="U")
    relation = forms.ChoiceField(label=_("Relation"), choices=RELATIONS, initial=Relation.OTHER)
    phone = _phone_field(_("Telephone"))

    def newcomer(self) -> Newcomer:
        """Whoever was born is as old as they belong to the household."""
        data = self.cleaned_data
        born = data["birth"] or ((data["since"], False) if data["how"] == BORN else (None, False))
        return Newcomer(
            name=data["name"],
            since=data["since"],
            how=data["how"],
            relation=data["relation"],
            sex=data["sex"],
            birth_date=born[0],
            birth_year_only=born[1],
            phone=data["phone"],
        )


class LeftForm(OnceForm):
    how = forms.ChoiceField(label=_("How"), choices=HOW_LEFT, widget=forms.RadioSelect)
    on = DayField(label=_("Day"))
    words = words_field(_("Words about it"), most=300)
