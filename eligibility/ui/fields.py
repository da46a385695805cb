"""Fields of the simulator: money in units of 10,000 won as people say it, months of birth, plain choices."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_MAN_WON = 10_000_000  # a hundred billion won: more is a slip of the hand
_PLAIN = re.compile(r"^\d{1,12}(\.\d{1,4})?$")


class ManWon(forms.CharField):
    """ "131" → 1,310,000 won. Takes "131만원" and "1,310,000원", too; a bare million was meant in won: asked again."""

    def __init__(self, **more: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(required=False, max_length=24, widget=forms.TextInput(attrs=attributes), **more)

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        text = re.sub(r"[\s,]", "", typed or "")
        if not text:
            return None
        if text.startswith(("-", "−")):
            raise forms.ValidationError(
                _("Money cannot be less than nothing. If there is none, write 0."), code="negative"
            )
        in_won = text.endswith("원") and not text.endswith("만원")
        figure = text.removesuffix("원").removesuffix("만")
        if not _PLAIN.match(figure):
            raise forms.ValidationError(_("Please write a number, such as 131 for 1,310,000 won."), code="not_a_number")
        won = int(Decimal(figure)) if in_won else int(Decimal(figure) * 10_000)
        bare = text == figure
        if won > MOST_MAN_WON * 10_000 or (bare and Decimal(figure) >= 1_000_000):
            words = _("That is very much. The unit is 10,000 won: write 131 for 1,310,000 won.")
            raise forms.ValidationError(words, code="too_much")
        return won


def man_won(won: int | None) -> str:
    """1,310,000 → "131", for showing a kept value in its field."""
    if won is None:
        return ""
    return f"{Decimal(won) / 10_000:f}".rstrip("0").rstrip(".") if won % 10_000 else str(won // 10_000)


def chosen(choices: Iterable[tuple[str, Any]], *, required: bool = False, **more: Any) -> forms.ChoiceField:
    """One of a few, as rows to touch."""
    return forms.ChoiceField(choices=list(choices), required=required, widget=forms.RadioSelect, **more)


def ticked(choices: Iterable[tuple[str, Any]], **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(choices=list(choices), required=False, widget=forms.CheckboxSelectMultiple, **more)


def listed(choices: Iterable[tuple[str, Any]], *, required: bool = False, **more: Any) -> forms.ChoiceField:
    """One of many, in a list that opens."""
    return forms.ChoiceField(choices=[("", _("Please choose")), *choices], required=required, **more)


def whole(least: int, most: int, *, required: bool = False, **more: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(min_value=least, max_value=most, required=required, widget=widget, **more)
