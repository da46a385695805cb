"""What the kernel itself puts on the front page: the promise that every town has a centre."""

from typing import Any

from django.utils.translation import gettext as _

from hopecare.kernel import panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.selectors.places import towns_with_a_centre


def every_town_panel(viewer: Viewer, subject: Any) -> panels.Panel | None:
    """Shown only while it is true: as many towns with a centre as there are towns."""
    covered, towns = towns_with_a_centre()
    if towns == 0 or covered < towns:
        return None
    return panels.Panel(
        "components/fact.html",
        {
            "title": _("All %(towns)s towns") % {"towns": towns},
            "words": _("Each has a centre in charge. Come to the wrong one, and you are not sent away."),
        },
    )


panels.register("front.facts", 90, every_town_panel)
