"""One service for a list of people: what everybody received, and which list."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.ui.forms_case import DayField, OnceForm, PickField, WonField, words_field


class BatchForm(OnceForm):
    service = PickField(label=_("What was given"))
    given_on = DayField(label=_("Day"))
    provider_kind = PickField(label=_("Given by"))
    provider = PickField(label=_("Organisation"))
    amount_won = WonField(label=_("Amount for each, in won"), required=False)
    fund_source = PickField(label=_("From which money"), required=False, empty=_("no money"))
    note = forms.CharField(label=_("Note"), required=False, max_length=500)
    scope = forms.ChoiceField(
        label=_("Which list"),
        widget=forms.RadioSelect,
        choices=[("mine", _("my cases")), ("team", _("the team's cases")), ("names", _("names I paste"))],
    )
    who = forms.ChoiceField(
        label=_("Who of a household"),
        required=False,
        choices=[("main", _("main person")), ("all", _("everybody who lives there")), ("children", _("children"))],
        help_text=_("Pasted names find whomever they name."),
    )
    names = words_field(
        _("Names or case numbers, one a line"), rows=3, help_text=_("As on the sheet that was signed."), most=8000
    )

    def __init__(self, *args: Any, catalogue: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in catalogue.items():
            self.fields[name].offer(rows)  # type: ignore[attr-defined]
