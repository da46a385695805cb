"""What is known of people and homes, and how it changed, in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import DetailKind
from cases.selectors.details import Change
from cases.ui.case_words import safe_contact_words
from cases.ui.forms_details import COVERAGES, HOW_CAME, HOW_LEFT
from hopecare.kernel import audit, phones
from hopecare.kernel.models import SafeContact, Town

audit.register_words(
    {
        "corrected": gettext_lazy("corrected name, birth or telephone"),
        "address": gettext_lazy("wrote down a new address"),
        "left": gettext_lazy("wrote down that somebody left"),
        "coverage": gettext_lazy("changed the coverage class"),
        "detail_contact": gettext_lazy("changed how somebody may be reached"),
        "detail_person": gettext_lazy("corrected name, birth or telephone"),
        "detail_address": gettext_lazy("wrote down a new address"),
        "detail_came": gettext_lazy("wrote down that somebody came"),
        "detail_left": gettext_lazy("wrote down that somebody left"),
        "detail_coverage": gettext_lazy("changed the coverage class"),
    }
)

_LABELS = {
    "phone_ok": gettext_lazy("We may ring"),
    "from_hour": gettext_lazy("from (hour)"),
    "to_hour": gettext_lazy("to (hour)"),
    "sms_ok": gettext_lazy("We may send texts"),
    "letter_ok": gettext_lazy("We may send letters"),
    "number": gettext_lazy("Another number that is safe"),
    "neutral_sender": gettext_lazy("Never say the word welfare"),
    "note": gettext_lazy("What else to keep in mind"),
    "name": gettext_lazy("Name"),
    "birth": gettext_lazy("Born"),
    "phone": gettext_lazy("Telephone"),
    "town": gettext_lazy("Town"),
    "line": gettext_lazy("Address"),
    "directions": gettext_lazy("How to get there, in words"),
    "coverage_class": gettext_lazy("Coverage class"),
    "since": gettext_lazy("Since"),
    "on": gettext_lazy("Day"),
    "how": gettext_lazy("How"),
}
_FLAGS = {"phone_ok", "sms_ok", "letter_ok", "neutral_sender"}
_CODES: dict[str, Any] = {str(code): words for code, words in (*COVERAGES, *HOW_CAME, *HOW_LEFT)}


def coverage_words(code: str) -> str:
    return str(_CODES.get(code, code))


def label(field: str) -> str:
    return str(_LABELS.get(field, field))


def value(field: str, words: str, towns: dict[str, Town]) -> str:
    """As people read it; a dash for nothing."""
    if field in _FLAGS:
        return _("yes") if words else _("no")
    if field in {"number", "phone"} and words:
        return phones.shown(words)
    if field == "town" and words in towns:
        return towns[words].name
    if field in {"coverage_class", "how"}:
        return str(_CODES.get(words, words or "–"))
    return words or "–"


def change_row(change: Change, towns: dict[str, Town]) -> dict[str, Any]:
    fields = []
    for field, (before, after) in change.told.items():
        now = value(field, after, towns)
        was = "" if field in {"since", "on", "how"} else value(field, before, towns)
        fields.append({"label": label(field), "before": was, "after": now})
    kind = str(DetailKind(change.kind).label)
    return {
        "at": change.at,
        "by": change.by,
        "kind": kind,
        "name": change.name,
        "reason": change.reason,
        "fields": fields,
    }


def forbidden_words(limits: Mapping[str, str], fields: Iterable[str]) -> list[str]:
    """Those of the limits that a contact does not have by itself (rules.details.looser)."""
    told = dict.fromkeys(fields)
    strict = SafeContact(
        sms_ok="sms_ok" not in told, phone_ok="phone_ok" not in told, letter_ok="letter_ok" not in told
    )
    strict.neutral_sender = "neutral_sender" in told
    if {"from_hour", "to_hour"} & set(told):
        strict.from_hour, strict.to_hour = int(limits["from_hour"]), int(limits["to_hour"])
    return safe_contact_words(strict) if told else []
