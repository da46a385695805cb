"""The board's place in the desk's menu, with what waits for a second pair of eyes."""

from typing import Any

from django.utils.translation import gettext as _

from hopecare.kernel import panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission


def display_entry(viewer: Viewer, subject: Any) -> Panel | None:
    if not viewer.may(Permission.CATALOGUE_EDIT):
        return None
    return Panel("components/nav_item.html", {"url": "/desk/programmes/", "label": _("Display")})


panels.register("desk.nav", 92, display_entry)
