"""The work menu's entries: my notices with their count, and stuck messages for those who repair them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission
from hopecare.messaging import replies, selectors

_ENTRY = "components/nav_item.html"


def notices_entry(viewer: Viewer, subject: Any) -> Panel | None:
    if viewer.user_id is None:
        return None
    unread = selectors.unread_notices(viewer)
    count = f"{selectors.UNREAD_CAP}+" if unread > selectors.UNREAD_CAP else unread or None
    return Panel(_ENTRY, {"url": "/desk/notices/", "label": _("Notices"), "count": count})


def messages_entry(viewer: Viewer, subject: Any) -> Panel | None:
    if not viewer.may(Permission.MESSAGE_REPAIR):
        return None
    return Panel(_ENTRY, {"url": "/desk/messages/", "label": _("Texts"), "count": None})


def register() -> None:
    panels.register("desk.nav", 80, notices_entry)
    panels.register("desk.nav", 85, messages_entry)
    replies.describe("reply", _("Answer to a text"))
