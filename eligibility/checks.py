"""`manage.py check` refuses rules that do not keep their word: a gap in the figures, a correction that is half told."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from eligibility import parameters, programmes


@register()
def figures_are_complete(**kwargs: Any) -> list[CheckMessage]:
    return [Error(gap, id="eligibility.E001") for gap in parameters.gaps()]


@register()
def corrections_are_told(**kwargs: Any) -> list[CheckMessage]:
    return [Error(gap, id="eligibility.E002") for gap in programmes.loose_corrections()]
