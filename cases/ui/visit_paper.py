"""The paper left at a door: who came, from where, why, whom to ring, what happens next (D4, K7).

Its words are files in cases/data/visit_paper, one a language; a further language is a further file.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cases.models import Visit
from cases.selectors.colleagues import colleagues
from cases.selectors.opening import desk_contact
from cases.ui.desk_visits import log_read
from hopecare.kernel.access import get_visible
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

_FOLDER = Path(__file__).resolve().parent.parent / "data" / "visit_paper"


@cache
def papers() -> dict[str, dict[str, Any]]:
    """Language code → the words of its file."""
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted(_FOLDER.glob("*.yaml"))}


@staff(Permission.VISIT_RECORD)
@require_safe
def paper(request: HopeRequest, visit_id: int) -> HttpResponseBase:
    """`?language=vi` chooses another file; without it the reader's own language. It names nobody but us."""
    related = ("case", "official", "worker", "report", "provider")
    visit = get_visible(request.viewer, Visit, named="visit", pk=visit_id, select=related)
    log_read(request, visit)
    asked = request.GET.get("language", "") or (get_language() or "ko")[:2]
    language = asked if asked in papers() else "ko"
    team = {one.user_id: one for one in colleagues([visit.team_id])}
    people = [(user, team.get(user.pk)) for user in (visit.official, visit.worker)]
    neutral = bool(visit.case and desk_contact(request.viewer, visit.case).neutral_sender)
    context = {
        "visit": visit,
        "words": papers()[language],
        "language": language,
        "tongue": language if language in {"ko", "en"} else "en",  # of names and days, which are data
        "languages": {code: words["name"] for code, words in papers().items()},
        "people": people,
        "neutral": neutral,
        "contact_name": visit.worker.name,
        "contact_phone": visit.worker.phone
        or ("" if neutral or visit.provider.tells else visit.provider.phone),  # a house answers with its name (D4)
        "back": f"/desk/visits/{visit.pk}/",
    }
    return render(request, "cases/desk/visit_paper.html", context)
