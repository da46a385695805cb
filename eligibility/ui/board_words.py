"""Words of the board that are not data: who provides, of what kind help is, what was found."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.selectors.board import Frame, Wanted

PROVIDER_WORDS: dict[str, Any] = {
    "public": gettext_lazy("Public bodies"),
    "private": gettext_lazy("Private"),
    "volunteer": gettext_lazy("Volunteers"),
}
#: Kinds are never added together.
KIND_WORDS: dict[str, Any] = {
    "cash": gettext_lazy("Cash"),
    "voucher": gettext_lazy("Voucher"),
    "limit": gettext_lazy("Lower bills"),
    "loan": gettext_lazy("Loan, to be paid back"),
    "in_kind": gettext_lazy("Help and goods"),
}
FIELD_WORDS: dict[str, Any] = {
    "name": gettext_lazy("Name"),
    "what": gettext_lazy("What it is"),
    "who": gettext_lazy("For whom"),
    "limit": gettext_lazy("How much"),
    "deadline": gettext_lazy("Until when"),
    "provider": gettext_lazy("Who provides"),
    "kind": gettext_lazy("Of what kind"),
    "stages": gettext_lazy("Stages of life"),
    "situations": gettext_lazy("Situations"),
    "papers": gettext_lazy("What to bring"),
    "ask": gettext_lazy("Where to ask"),
    "source": gettext_lazy("Source"),
    "until": gettext_lazy("Last day"),
    "checked_on": gettext_lazy("Compared with its source"),
    "category": gettext_lazy("Field of life"),
    "ended": gettext_lazy("Ended"),
}


def found_words(wanted: Wanted, frame: Frame, count: int) -> str:
    """ "노년 · 주거 – 12가지": what was looked for and how much there is."""
    named = [
        next((str(one.name) for one in frame.stages if one.code == wanted.stage), ""),
        next((str(one.name) for one in frame.categories if one.code == wanted.category), ""),
        str(frame.situations.get(wanted.situation, "")),
        str(PROVIDER_WORDS.get(wanted.provider, "")),
        f"“{wanted.words}”" if wanted.words else "",
    ]
    asked = " · ".join(name for name in named if name) or _("Everything")
    found = ngettext("%(count)s kind of help", "%(count)s kinds of help", count) % {"count": count}
    return f"{asked} – {found}"
