"""Papers with a square code: labels for money boxes, a sheet for the wall of a campaign (R65, R69)."""

from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from donations.selectors import boxes
from donations.selectors import campaigns as selectors
from donations.selectors.partners import funds_of
from donations.services.boxes import receiver_of
from donations.ui.many_hands import MAY
from hopecare.kernel import codes, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

LABELS = 24


def _square(address: str, scale: int) -> str:
    drawn: Any = segno.make(address, error="m")
    return str(drawn.svg_data_uri(scale=scale, border=2))


@staff(Permission.GIVING_MANAGE)
@require_safe
def labels(request: HopeRequest) -> HttpResponseBase:
    """Labels for the boxes at the centre, the lowest numbers first; the code leads to giving without coins."""
    receiver = receiver_of(request.viewer)
    general = next((fund for fund in funds_of(receiver.pk) if fund.kind == "general"), None)
    if general is None:
        raise errors.NotFound("fund", "")
    address = settings.PUBLIC_URL + reverse("donate-fund", args=[general.pk])
    context = {
        "home": boxes.boxes(request.viewer).home[:LABELS],
        "receiver": receiver,
        "address": address,
        "square": _square(address, 3),
        "back": reverse("boxes"),
    }
    return render(request, "donations/box_labels.html", context)


@staff(*MAY)
@require_safe
def poster(request: HopeRequest, code: str) -> HttpResponseBase:
    """One campaign for the wall: its words, its target, who receives, and the code that leads to its page."""
    shown = selectors.one(request.viewer, code)
    if shown.progress.row.fund_id is None:
        raise errors.NotFound("campaign", code)
    address = settings.PUBLIC_URL + reverse("campaign", args=[codes.shown(code)])
    context = {
        "one": shown.progress,
        "address": address,
        "square": _square(address, 6),
        "back": reverse("campaign-desk", args=[code]),
    }
    return render(request, "donations/campaign_poster.html", context)
