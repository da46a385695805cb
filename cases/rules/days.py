"""Days that cannot be. Values in, problems out."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem


def future_problems(day: date | None, today: date, field: str) -> list[Problem]:
    """What is written down has happened. No day is no problem of this rule."""
    if day is None or day <= today:
        return []
    return [Problem("future_day", _("That day is still to come."), field)]
