"""The form for a registered reporter."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.rules.reports import reporter_kinds


def kind_choices() -> list[tuple[str, str]]:
    """Those whom the law puts under a duty to report."""
    korean = (get_language() or "ko").startswith("ko")
    return [(kind["code"], kind["name_ko" if korean else "name_en"]) for kind in reporter_kinds() if kind["duty"]]


class ReporterForm(forms.Form):
    kind = forms.ChoiceField(label=_("Who reports"))
    body = forms.CharField(label=_("For whom they make their rounds"), max_length=120, required=False)
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "–"), *kind_choices()]  # type: ignore[attr-defined]
