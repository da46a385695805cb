"""`…/drafts/<form>/`: words that were begun, kept while they are typed, offered again on any machine.

Only the script of the long forms asks here (static/js/drafts.js); without it every form works as it always did.
"""

import json
from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.views.decorators.http import require_http_methods

from cases.services import drafts
from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags import hope_formats as formats
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HopeRequest, number: str, form: str) -> HttpResponseBase:
    """GET tells what is kept; POST keeps `fields` (none: throws away) on top of `version`: 409 where that is old."""
    if request.method != "POST":
        return _told(drafts.kept(by=request.viewer, number=number, form=form))
    version, fields = request.POST.get("version", ""), _fields(request.POST.get("fields", ""))
    if fields is None or not version.isdecimal() or len(version) > 9:
        return JsonResponse({}, status=400)
    try:
        now = drafts.keep(by=request.viewer, number=number, form=form, version=int(version), fields=fields)
    except errors.Stale:
        return JsonResponse({}, status=409)
    except errors.Impossible:
        return JsonResponse({}, status=413)
    return JsonResponse({"version": now})


def _told(kept: drafts.Kept) -> JsonResponse:
    at = f"{formats.day_short(kept.kept_at)} {formats.hour(kept.kept_at)}" if kept.kept_at else ""
    return JsonResponse({"version": kept.version, "fields": kept.fields, "at": at})


def _fields(text: str) -> dict[str, list[str]] | None:
    """Name → values, or None where it is anything else."""
    try:
        found: Any = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    whole = all(isinstance(values, list) and all(isinstance(one, str) for one in values) for values in found.values())
    return found if whole else None


def sent(request: HopeRequest, number: str = "") -> None:
    """A form went through: its draft, named by a hidden field, is over."""
    form = request.POST.get("draft", "")
    number = number or str((request.resolver_match.kwargs if request.resolver_match else {}).get("number", ""))
    if form and number:
        drafts.forget(by=request.viewer, number=number, form=form[: drafts.LONGEST_FORM])
