"""The screen in a lobby: large letters, three taps deep, back to the start when somebody walks away.

Nothing can be typed and nothing is kept; answers are never asked here. What other houses know (help given, volunteers,
donors) hangs in the slot `kiosk.news`, real figures or nothing.
"""

from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from eligibility.selectors import board
from eligibility.selectors.board import Wanted
from eligibility.ui.board_words import KIND_WORDS, PROVIDER_WORDS
from hopecare.kernel.web import HopeRequest, public

#: Seconds without a touch until the screen asks, and from then until it starts anew.
IDLE_SECONDS, GRACE_SECONDS = 45, 15
PICTURES = {
    "living": "meal",
    "health": "sick",
    "housing": "door-neighbour",
    "education": "paper",
    "emotion_culture": "door-help",
    "employment": "calendar",
    "care": "alone",
    "finance_legal": "bill",
}


@public()
@require_safe
def kiosk(request: HopeRequest) -> HttpResponseBase:
    """Fields of life; what there is in one; one entry with its square code to take away. Begun anew for the next
    visitor, the screen forgets the language that the last one chose, too."""
    if request.GET.get("anew") == "1":
        response = HttpResponseRedirect(reverse("display-kiosk"))
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return response
    frame = board.frame()
    entry = board.entry(request.GET.get("entry", "")[:40])
    category = next((one for one in frame.categories if one.code == request.GET.get("category", "")), None)
    if entry is not None:
        category = next((one for one in frame.categories if one.code == entry.category), category)
    context: dict[str, Any] = {
        "frame": frame,
        "category": category,
        "entry": entry,
        "pictures": PICTURES,
        "idle": IDLE_SECONDS,
        "grace": GRACE_SECONDS,
        "providers": PROVIDER_WORDS,
        "kinds": KIND_WORDS,
        "total": len(board.entries()),
        "turned": bool(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)),
    }
    if entry is not None:
        offices = board.offices()
        address = settings.PUBLIC_URL + reverse("programme", args=[entry.code])
        context["doors"] = [offices.door(ask) for ask in entry.asked]
        context["square"] = segno.make(address, error="m").svg_data_uri(scale=6, border=2)
    elif category is not None:
        context["listed"] = board.look(Wanted(category=category.code))
    return render(request, "eligibility/display/kiosk.html", context)
