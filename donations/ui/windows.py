"""PortOne's window: its library runs on this page of ours alone, and this page may load nothing beyond it (K20)."""

from dataclasses import dataclass
from typing import Any

from csp.constants import SELF
from django.conf import settings
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations.selectors.follow import Followed, follow
from donations.services import cards
from donations.states import ChargeState
from donations.ui.private import private
from hopecare.kernel import codes, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.web import HopeRequest, public


@dataclass(frozen=True)
class Opened:
    """What the library is asked for: one payment (`payment`, `won`), or a card for a monthly account (`issue`)."""

    payment: str = ""
    issue: str = ""
    won: int = 0


@public(Principal.GIVING)
@never_cache
@require_safe
def window(request: HopeRequest, typed: str) -> HttpResponseBase:
    """The last page before paying with a Korean card; whoever has paid already sees the way of the gift."""
    rates.demand("follow", rates.client_of(request), settings.STATUS_READ_RATE)
    found = follow(typed)
    back = reverse("donate-follow", args=[codes.shown(found.code)])
    opened = _opened(found)
    if opened is None:
        return HttpResponseRedirect(back)
    context = {
        "found": found,
        "opened": opened,
        "back": back,
        "address": settings.PUBLIC_URL + back,
        "store": settings.PORTONE_STORE_ID,
        "channel": settings.PORTONE_CHANNEL_KEY,
        "library": settings.PORTONE_SDK_URL,
    }
    answer: Any = private(render(request, "donations/window.html", context))
    answer._csp_update = _allowed()
    return answer  # type: ignore[no-any-return]


def _opened(found: Followed) -> Opened | None:
    charge = found.charge
    if charge is not None and charge.provider == "portone" and charge.window and charge.state != ChargeState.PAID:
        return Opened(payment=str(charge.uuid), won=charge.amount_won)
    entry = cards.entry_of(found.pledge) if found.pledge is not None else ""
    return Opened(issue=entry) if entry.startswith("issue_") else None


def _allowed() -> dict[str, list[str]]:
    hosts = list(settings.PORTONE_WINDOW_HOSTS)
    return {
        "script-src": [SELF, settings.PORTONE_SDK_URL],
        "connect-src": [SELF, *hosts],
        "frame-src": [SELF, *hosts],
        "form-action": hosts,
        "img-src": hosts,
    }
