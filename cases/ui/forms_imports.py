"""Bring a file, correct a row, say why one is left out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.rules.imports import LONGEST, MappingOf
from cases.ui.import_words import field_words, known_words, mapping_name, problem_words


class BringForm(forms.Form):
    mapping = forms.ChoiceField(label=_("What stands in it"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX or JSON, up to 10 MB; the first line holds the headings."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.json"}),
    )

    def __init__(self, *args: Any, ways: dict[str, MappingOf], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mapping"].choices = [(code, mapping_name(way)) for code, way in ways.items()]  # type: ignore[attr-defined]


class CorrectForm(forms.Form):
    """One text for each field that the file can fill; problems of the row stand at their fields."""

    def __init__(self, *args: Any, way: MappingOf, problems: list[list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        troubled = {name for name, _code in problems}
        for name in way.columns:
            if name == "resident_number" and name not in troubled:
                continue  # never shown again; it stays as it came
            known = known_words(way, name)
            help_text = _("such as %(words)s") % {"words": known} if known else ""
            self.fields[name] = forms.CharField(
                label=field_words(name), required=False, max_length=LONGEST.get(name, 300), help_text=help_text,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip
        self.of_row = [(name if name in self.fields else None, problem_words(code)) for name, code in problems]

    def say(self) -> "CorrectForm":
        """Show what is wrong with the row at its fields, before anybody typed."""
        self.full_clean()
        for name, words in self.of_row:
            self.add_error(name, words)
        return self


class LeaveForm(forms.Form):
    words = forms.CharField(label=_("Why it is left out"), max_length=300, required=False)
