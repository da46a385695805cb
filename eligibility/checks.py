"""`manage.py check` refuses rules that do not keep their word: a gap in the figures up to `complete_through`."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from eligibility import parameters


@register()
def figures_are_complete(**kwargs: Any) -> list[CheckMessage]:
    return [Error(gap, id="eligibility.E001") for gap in parameters.gaps()]
