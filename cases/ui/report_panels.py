"""The citizen's doors on the front page, and the promise with its figures."""

from typing import Any

from django.utils.translation import gettext as _

from cases.selectors.report_status import promises_kept
from hopecare.kernel import panels
from hopecare.kernel.access import Viewer


def _door(url: str, picture: str, title: str, words: str) -> panels.Panel:
    context = {"url": url, "picture": picture, "title": title, "words": words}
    return panels.Panel("components/door.html", context)


def help_door(viewer: Viewer, subject: Any) -> panels.Panel:
    words = _("Money, hospital, home, children, worries: whatever it is")
    return _door("/report/?about=self", "door-help", _("I need help"), words)


def neighbour_door(viewer: Viewer, subject: Any) -> panels.Panel:
    words = _("You need not leave your name")
    return _door("/report/", "door-neighbour", _("I am worried about a neighbour"), words)


def giving_door(viewer: Viewer, subject: Any) -> panels.Panel:
    words = _("We show you to the end what it was spent on")
    return _door("/donate/", "door-give", _("I want to donate"), words)


def promise_fact(viewer: Viewer, subject: Any) -> panels.Panel | None:
    """Reports looked at in time, with numerator and denominator; nothing is said before there is something to say."""
    kept, promised = promises_kept()
    if not promised:
        return None
    words = _("Of %(promised)s reports of the last thirty days, %(kept)s were looked at in time.")
    return panels.Panel(
        "components/fact.html",
        {
            "title": _("By the next day"),
            "words": words % {"promised": f"{promised:,}", "kept": f"{kept:,}"},
        },
    )


panels.register("front.doors", 10, help_door)
panels.register("front.doors", 20, neighbour_door)
panels.register("front.doors", 40, giving_door)
panels.register("front.facts", 10, promise_fact)
