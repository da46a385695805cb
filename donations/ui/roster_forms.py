"""A company's list, and the page on which each of its people answers alone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.models import Fund
from donations.ui.forms import MonthlyForm


class BringForm(forms.Form):
    name = forms.CharField(
        label=_("Company, office or school"),
        help_text=_("Its people read this name in the message."),
        max_length=80,
        required=False,
    )
    fund = forms.ChoiceField(label=_("What it is for"), required=False)
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX; the first line holds the headings 이름, 전화번호 and, if you like, 구좌수."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        required=False,
    )
    attested = forms.BooleanField(
        label=_("Each person of this list has agreed that we write to them once."), required=False
    )

    def __init__(self, *args: Any, funds: list[Fund], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = [(str(fund.pk), fund.name) for fund in funds]  # type: ignore[attr-defined]


class JoinForm(MonthlyForm):
    """The number is the one that we wrote to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["phone"]
