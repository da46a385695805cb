"""Whom alone a word is about: asked where more than one adult lives, and never guessed (D4)."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from cases.rules.needs import is_adult
from hopecare.kernel.errors import Problem

NOT_HERE = _(
    "Whoever this is about does not belong to this household any more, or may not be seen."
    " Nothing was written; please choose again."
)


def is_asked(ages: Iterable[int | None]) -> bool:
    """A word of one adult is kept apart from another adult's; a child goes by the main person."""
    return sum(map(is_adult, ages)) > 1


def not_here() -> Problem:
    return Problem("not_here", NOT_HERE, "person")
