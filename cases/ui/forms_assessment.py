"""Forms of the assessment beside the grid: a risk, its end, a specialist's advice, somebody around the household."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import PregnancyEnd, TieKind, TieStrength
from cases.rules import complexity as rules
from cases.ui.case_words import in_language
from cases.ui.forms_case import DayField, OnceForm, words_field


def named(row: Any) -> str:
    """The name of a row of data in the reader's language."""
    return in_language({"name_ko": row.name_ko, "name_en": row.name_en}, "name")


class RiskForm(forms.Form):
    kind = forms.ChoiceField(label=_("What did you notice?"), widget=forms.RadioSelect)
    person = forms.TypedChoiceField(label=_("Whom does it concern?"), required=False, coerce=int, empty_value=None)
    words = words_field(_("What makes you think so"), help_text=_("What you saw or heard, not what you suspect."))
    check_on = DayField(label=_("Look again by"), required=False, help_text=_("Empty: after the days of its kind."))

    def __init__(
        self, *args: Any, kinds: Sequence[rules.RiskKind], people: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [(one.code, named(one)) for one in kinds]
        person: Any = self.fields["person"]
        person.choices = [("", _("the whole household")), *people]


class PregnancyForm(forms.Form):
    """What they told, and one day how it ended; nobody is asked more than that."""

    expected_on = DayField(label=_("Birth expected"))
    since = DayField(label=_("Since"), required=False, help_text=_("Empty: reckoned from the expected day."))
    ended_on = DayField(
        label=_("Over since"), required=False, help_text=_("The day of the birth, or the day it ended.")
    )
    ended_as = forms.ChoiceField(label=_("How it is now"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ended: Any = self.fields["ended_as"]
        ended.choices = [("", _("it goes on")), *PregnancyEnd.choices]


class RiskOverForm(forms.Form):
    words = words_field(_("How do you know that it is over?"), required=True, most=1000)


class AdviceForm(OnceForm):
    specialist = forms.ChoiceField(label=_("Whom to ask"), widget=forms.RadioSelect)
    question = words_field(
        _("What we want to know"),
        rows=3,
        required=True,
        help_text=_("Without a name, unless the person agreed that it may be told."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        specialist: Any = self.fields["specialist"]
        specialist.choices = [(code, named(row)) for code, row in rules.specialists().items()]


class AnswerForm(forms.Form):
    adviser = forms.CharField(label=_("Whose advice (name, house)"), max_length=80, required=False)
    answer = words_field(_("The advice"), rows=4, most=4000)
    not_taken = forms.CharField(label=_("Or: why none was taken"), max_length=300, required=False)


class TieForm(OnceForm):
    name = forms.CharField(label=_("Who or what"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=TieKind.choices)
    strength = forms.ChoiceField(label=_("How close"), choices=TieStrength.choices, initial=TieStrength.ORDINARY)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
