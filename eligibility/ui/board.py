"""The electronic welfare display: find, read, pass on. No log-in, no cookie, and no answers in an address."""

from http import HTTPStatus
from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from eligibility import catalogue
from eligibility.catalogue import Entry
from eligibility.selectors import board, rules_version, source_conflicts, versions
from eligibility.selectors.board import Changed, Frame, Wanted
from eligibility.ui.board_words import KIND_WORDS, PROVIDER_WORDS, changed_rows, found_words, name_of
from hopecare.kernel import errors, rates
from hopecare.kernel.web import HopeRequest, public

VIOLENCE = "violence"


def wanted_of(request: HopeRequest) -> Wanted:
    """What the address asks for; unknown codes find nothing rather than everything."""
    asked = request.GET
    return Wanted(
        words=asked.get("q", "").strip()[: board.MOST_TYPED],
        category=asked.get("category", "")[:40],
        stage=asked.get("stage", "")[:40],
        situation=asked.get("situation", "")[:40],
        provider=asked.get("provider", "")[:40],
    )


@public()
@require_safe
def display(request: HopeRequest) -> HttpResponseBase:
    """The board: a table of fields × stages of life, or what fits what somebody looks for."""
    rates.demand("display", rates.client_of(request), settings.STATUS_READ_RATE)
    wanted, frame = wanted_of(request), board.frame()
    everything = request.GET.get("all") == "1"
    listed = board.look(wanted) if wanted.anything or everything else []
    context: dict[str, Any] = {
        "wanted": wanted,
        "frame": frame,
        "listed": listed,
        "shows_list": wanted.anything or everything,
        "heading": found_words(wanted, frame, len(listed)),
        "total": len(board.entries()),
        "matrix": board.matrix(frame.stages, frame.categories) if not (wanted.anything or everything) else [],
        "providers": PROVIDER_WORDS,
        "kinds": KIND_WORDS,
        "leave": wanted.situation == VIOLENCE,
    }
    return render(request, "eligibility/display/board.html", context)


@public()
@require_safe
def programme(request: HopeRequest, programme: str) -> HttpResponseBase:
    """One entry: for whom, what, how much, until when, what to bring, whom to ring; with the telephones of a town."""
    entry = board.entries(also_ended=True).get(programme)
    if entry is None:
        raise errors.NotFound
    if entry.ended:
        context = {"off": board.taken_off().get(entry.code), "near": board.near(entry), "entry": entry}
        return render(request, "eligibility/display/over.html", context, status=HTTPStatus.GONE)
    return render(request, "eligibility/display/programme.html", programme_context(request, entry))


def programme_context(request: HopeRequest, entry: Entry) -> dict[str, Any]:
    town = request.GET.get("town", "")[:40]
    offices = board.offices(town)
    frame = board.frame()
    address = settings.PUBLIC_URL + reverse("programme", args=[entry.code])
    return {
        "entry": entry,
        "category": next((one for one in frame.categories if one.code == entry.category), None),
        "stages": [stage for stage in frame.stages if stage.code in entry.stages],
        "told": [catalogue.situations()[code] for code in entry.situations],
        "doors": [offices.door(ask) for ask in entry.asked],
        "town": offices.town,
        "towns": board.towns(),
        "near": board.near(entry),
        "stale": board.is_stale(entry),
        "over": board.is_over(entry),
        "conflicts": [one for one in source_conflicts(language=get_language() or "ko") if entry.code in one.programmes],
        "address": address,
        "square": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
        "provider_words": PROVIDER_WORDS[entry.provider],
        "kind_words": KIND_WORDS[entry.kind],
        "leave": VIOLENCE in entry.situations,
    }


@public()
@require_safe
def changes(request: HopeRequest) -> HttpResponseBase:
    """What was changed on the board since its files were written, which answers of the simulator were wrong, and where
    official sources contradict one another."""
    known, frame = board.entries(also_ended=True), board.frame()
    rows = [_told(one, known.get(one.revision.code), frame) for one in board.changes()]
    language = get_language() or "ko"
    context = {
        "rows": rows,
        "corrections": versions.corrections(language=language),
        "version": rules_version(),
        "conflicts": source_conflicts(language=language),
    }
    return render(request, "eligibility/display/changes.html", context)


def _told(one: Changed, entry: Entry | None, frame: Frame) -> dict[str, Any]:
    return {
        "revision": one.revision,
        "name": name_of(one.revision, entry),
        "entry": entry if entry and not entry.ended else None,
        "is_new": one.before.version == 0,
        "ended": one.revision.fields.get("ended"),
        "fields": changed_rows(one.revision.fields, one.before, frame),
    }


@public()
@require_safe
def embed(request: HopeRequest) -> HttpResponseBase:
    """The board for a partner's page: search and names only, every link opens our own page in a new window."""
    wanted = wanted_of(request)
    listed = board.look(wanted) if wanted.anything else []
    context = {"wanted": wanted, "frame": board.frame(), "listed": listed, "home": settings.PUBLIC_URL}
    response = render(request, "eligibility/display/embed.html", context)
    if settings.DISPLAY_EMBED_ANCESTORS:
        response.xframe_options_exempt = True
        response._csp_replace = {"frame-ancestors": settings.DISPLAY_EMBED_ANCESTORS}  # type: ignore[attr-defined]
    return response
