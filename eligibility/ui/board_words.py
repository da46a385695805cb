"""Words of the board that are not data: who provides, of what kind help is, what was found."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility import catalogue
from eligibility.catalogue import Entry, Words
from eligibility.models import Revision
from eligibility.selectors.board import Frame, Wanted
from hopecare.kernel.templatetags.hope_formats import day_long

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
    "until": gettext_lazy("Last day to apply"),
    "checked_on": gettext_lazy("Compared with its source"),
    "category": gettext_lazy("Field of life"),
    "ended": gettext_lazy("Taken off the board"),
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


def name_of(revision: Revision, entry: Entry | None) -> str:
    """What an entry is called; one that is still proposed bears its name itself."""
    if entry is not None and entry.name:
        return str(entry.name)
    proposed = revision.text("name") or {}
    return str(Words(proposed.get("ko", ""), proposed.get("en", ""))) or revision.code


def changed_rows(fields: Mapping[str, Any], before: Entry | None, frame: Frame) -> list[dict[str, Any]]:
    """Field by field what it was and what it becomes."""
    return [
        {
            "name": FIELD_WORDS.get(name, name),
            "before": _value_words(name, getattr(before, name, ""), frame),
            "after": _value_words(name, value, frame),
        }
        for name, value in fields.items()
    ]


def _value_words(name: str, value: Any, frame: Frame) -> str:
    """A kept value in words: both languages of a text, the names behind codes."""
    if isinstance(value, Words):
        return f"{value.ko} / {value.en}" if value else "–"
    if isinstance(value, Mapping):
        return f"{value.get('ko', '')} / {value.get('en', '')}"
    names = _names_of_codes(name, frame)
    if isinstance(value, list | tuple):
        return ", ".join(str(names.get(one, one)) for one in value) or "–"
    if name in {"since", "until", "checked_on"} and value:
        return str(day_long(date.fromisoformat(value) if isinstance(value, str) else value))
    words = names.get(value, value)
    return {True: _("yes"), False: _("no"), None: "–", "": "–"}.get(words, str(words))


def _names_of_codes(name: str, frame: Frame) -> Mapping[Any, Any]:
    if name == "stages":
        return {catalogue.ALL_STAGES: _("everybody"), **{one.code: one.name for one in frame.stages}}
    if name == "ask":
        return {code: one.name for code, one in catalogue.asks().items()}
    known: dict[str, Mapping[Any, Any]] = {
        "situations": catalogue.situations(),
        "papers": catalogue.papers(),
        "provider": PROVIDER_WORDS,
        "kind": KIND_WORDS,
    }
    return known.get(name, {})
