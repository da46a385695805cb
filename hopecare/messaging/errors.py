"""What may be wrong with a text, in words for the person who wrote it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem

_WORDS: dict[str, Any] = {
    "link": _("A text message carries no link in its first part; hand the link over separately."),
    "illness": _("This message speaks of an illness."),
    "poverty": _("This message speaks of poverty."),
    "harm": _("This message speaks of violence or danger."),
    "name": _("This message holds a person's name."),
    "too_long": _("This message does not fit into one Korean text message."),
    "not_stuck": _("This message is not waiting for anybody."),
}


def problem(code: str) -> Problem:
    """One of: link, illness, poverty, harm, name, too_long, not_stuck."""
    return Problem(f"message_{code}", _WORDS[code], "body")
