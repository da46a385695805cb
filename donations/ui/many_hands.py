"""What the pages of boxes, shops, schools, campaigns and goods share: their tabs, and saying what went wrong."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hopecare.kernel import errors
from hopecare.kernel.access import Viewer
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

MAY = (Permission.GIVING_MANAGE, Permission.MONEY_VIEW)


def tabs(viewer: Viewer) -> list[dict[str, Any]]:
    """The pages of giving that this role may open, payments first."""
    if not any(viewer.may(permission) for permission in MAY):
        return []
    return [
        {"words": _("Payments"), "url": reverse("payouts")},
        {"words": _("Money boxes"), "url": reverse("boxes")},
        {"words": _("Shops and schools"), "url": reverse("giving-partners")},
        {"words": _("Companies and offices"), "url": reverse("rosters")},
        {"words": _("Campaigns"), "url": reverse("campaigns")},
        {"words": _("Goods and events"), "url": reverse("goods")},
        {"words": _("Other platforms"), "url": reverse("platforms")},
    ]


def done_or_said(
    request: HopeRequest, change: Callable[[], Any], words: str, to: str, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    """One button: do it, say what came of it, and back to the page."""
    try:
        change()
        messages.success(request, words)
    except errors.Impossible as error:
        messages.error(request, " ".join(str(problem.words) for problem in error.problems))
    answer: HttpResponseBase = redirect(to, *args, **kwargs)
    return answer


@staff(*MAY)
@require_safe
def together(request: HopeRequest) -> HttpResponseBase:
    return redirect("boxes")
