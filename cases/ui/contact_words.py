"""How contacts and notes of a timeline read. Data in, words out; no query."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cases.models import EntryKind, SeenResult
from hopecare.kernel.templatetags import hope_formats as formats


def contact_words(kind: str, details: dict[str, Any]) -> str:
    """What a contact or a note was, and when it came where that was late."""
    words = {
        "no_answer": _("rang, no answer"),
        "called": _("spoke on the telephone"),
        "called_us": _("was rung up"),
        "visited": _("visited"),
        "letter": _("sent a letter"),
        "note": _("note"),
        "mobile_unit": _("met on the mobile unit's round"),
        "mobile_unit_not_there": _("the mobile unit came, nobody was there"),
        "mobile_unit_later": _("the mobile unit came, wants another day"),
        "mobile_unit_declined": _("the mobile unit came, does not want it"),
        "mobile_unit_more": _("added to what the mobile unit's round found"),
        "mobile_unit_beside": _("another of the mobile unit's crew found: %(found)s")
        % {"found": SeenResult(details.get("found") or "met").label},
        "intake": _("came again: intake %(number)s") % {"number": details.get("number", "")},
        "benefits": _("looked at what they may receive (rules %(version)s)")
        % {"version": details.get("rules_version", "")},
        "official_form": _("carried an official form over to the city's system"),
        "watch_alarm": _("answered an alarm of the watch"),
        "watch_on": _("began to watch over them, as they wished"),
        "watch_off": _("ended the watch"),
        "risk": _("noted a risk"),
        "risk_over": _("a risk is over"),
        "advice_asked": _("asked a specialist for advice"),
        "advice": _("wrote down a specialist's advice"),
        "advice_not_taken": _("no advice taken, reason recorded"),
    }
    told = words.get(details.get("way", ""), str(EntryKind(kind).label))
    if details.get("instead"):
        told = _("%(told)s (chosen instead of the entry before)") % {"told": told}
    came = details.get("came")
    late = {"told": told, "when": formats.moment(datetime.fromisoformat(came))} if came else None
    return _("%(told)s (came late, on %(when)s)") % late if late else told
