"""Forms of shops and schools: the agreement, a month's sales, a collection by class."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.models import Fund
from donations.rules.partners import ClassTold
from donations.ui.forms import WonField

ROWS, MOST_ROWS = 6, 40
#: Instead of a standing fund: the school's own, made with its agreement.
OWN_FUND = "school"


class AgreementForm(forms.Form):
    name = forms.CharField(label=_("Name of the shop or school"), max_length=80, required=False)
    percent = forms.DecimalField(
        label=_("Share of the sales, in per cent"), help_text=_("For example 1.5"), required=False, decimal_places=2
    )
    fund = forms.ChoiceField(label=_("What it is for"), required=False)
    contact_name = forms.CharField(label=_("Whom we speak with"), max_length=80, required=False)
    contact_phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    may_be_named = forms.BooleanField(label=_("May be named on the public page"), required=False)
    signed = forms.BooleanField(
        label=_("The agreement is signed on paper and kept at the centre."),
        required=False,
    )

    def __init__(self, *args: Any, funds: list[Fund], shop: bool, points: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [] if shop or points else [(OWN_FUND, _("pupils of this school who need help"))]
        choices = [*own, *((str(fund.pk), fund.name) for fund in funds)]
        self.fields["fund"].choices = choices  # type: ignore[attr-defined]
        self.fields["contact_phone"].widget.input_type = "tel"
        self.fields["percent"].widget.attrs["inputmode"] = "decimal"
        if points:
            self.fields["name"].label = _("Name of the company or platform")
            self.fields["percent"].label = _("Won for 100 points")
            self.fields["percent"].help_text = _("100 where won are collected. Another rate is another agreement.")
        elif not shop:
            del self.fields["percent"]


class MonthForm(forms.Form):
    """Which month is told; `month` in cleaned data is its first day, or None."""

    month = forms.ChoiceField(label=_("Month"), required=False)

    def __init__(self, *args: Any, months: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [(day.isoformat(), f"{day:%Y-%m}") for day in months]  # type: ignore[attr-defined]

    def clean_month(self) -> date | None:
        typed = self.cleaned_data.get("month")
        return date.fromisoformat(typed) if typed else None


class SalesForm(MonthForm):
    sales = WonField(label=_("Sales of this month, in won"), required=False)

    def __init__(self, *args: Any, points: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if points:
            self.fields["sales"].label = _("Points of this month (or won, where won are collected)")
        self.fields["sales"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}


class ClassesForm(MonthForm):
    """A row for each class: totals and numbers, no field for a name."""

    attested = forms.BooleanField(
        label=_("Our school holds a guardian's written consent for each pupil who gave."), required=False
    )
    COLUMNS = (
        ("grade", _("Grade")),
        ("room", _("Class")),
        ("won", _("Won")),
        ("givers", _("Pupils who gave")),
        ("guardians", _("Guardians' consents")),
    )

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.many = rows
        for number in range(1, rows + 1):
            for name, label in self.COLUMNS:
                kind = WonField if name == "won" else forms.IntegerField
                field = kind(label=label, required=False)
                field.widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
                self.fields[f"{name}_{number}"] = field

    def rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"{name}_{number}"] for name, _label in self.COLUMNS] for number in range(1, self.many + 1)]

    def classes(self) -> list[ClassTold]:
        """The rows in which something was typed."""
        found = []
        for number in range(1, self.many + 1):
            values = {name: self.cleaned_data.get(f"{name}_{number}") for name, _label in self.COLUMNS}
            if any(value is not None for value in values.values()):
                found.append(ClassTold(**values))
        return found


def rows_wanted(text: str) -> int:
    return min(MOST_ROWS, max(ROWS, int(text))) if text.isdigit() and len(text) < 4 else ROWS
