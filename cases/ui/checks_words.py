"""Overlaps, omissions and what other rules turned, in words for people."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from cases.models import BenefitRun, Omission, OmissionKind, OverlapKind
from cases.selectors.omissions import OmissionRow
from cases.selectors.overlaps import OverlapRow
from eligibility.selectors.simulation import programmes
from hopecare.kernel.templatetags import hope_formats as formats

STAGES = {
    "two_years": lambda: _("turns two: benefits for infants change"),
    "school_entry": lambda: _("starts school"),
    "eighteen": lambda: _("turns eighteen: help for children ends"),
    "sixty_five": lambda: _("turns sixty-five: may apply for the basic pension"),
    "birth": lambda: _("a birth is expected: write down when it came, or ended otherwise"),
    "two_year_end": lambda: _("a two-year programme ends"),
}


VERDICTS: dict[str, Any] = {
    "likely": gettext_lazy("likely"),
    "possible": gettext_lazy("possible"),
    "unlikely": gettext_lazy("not by what is known"),
}
_BETTER = {"unlikely": 0, "possible": 1, "likely": 2}


def turned_lines(run: BenefitRun) -> list[dict[str, Any]]:
    """Programme by programme what was said and what other rules say, what the household may gain first."""
    names = {entry.programme: entry.name for entry in programmes(language=get_language() or "ko")}
    ordered = sorted(run.turned, key=lambda one: _BETTER[one["before"]] - _BETTER[one["after"]])
    return [
        {
            "name": names.get(one["programme"], one["programme"]),
            "before": VERDICTS[one["before"]],
            "after": VERDICTS[one["after"]],
            "gain": _BETTER[one["after"]] > _BETTER[one["before"]],
            "own_day": one["own_day"],
        }
        for one in ordered
    ]


def _clock(days_left: int) -> str:
    if days_left < 0:
        return _("%(days)s days late") % {"days": -days_left}
    return _("answer within %(days)s days") % {"days": days_left} if days_left else _("answer today")


def _common(row: Any, days_left: int, name: str) -> dict[str, Any]:
    case = row.case
    return {
        "id": row.pk,
        "url": reverse(name, args=[row.pk]),
        "case_url": reverse("case", args=[case.number]),
        "number": case.number,
        "person": case.main_person.name,
        "lead": case.lead.name,
        "late": days_left < 0,
        "clock": _clock(days_left),
        "due": row.answer_due,
        "kind": row.get_kind_display(),
    }


def overlap_line(shown: OverlapRow) -> dict[str, Any]:
    """One line of the list: what, whose, and of the other side never more than `_other_words`."""
    row = shown.overlap
    record = row.record
    own = _("%(service)s · %(house)s · %(day)s") % {
        "service": record.service.name,
        "house": shown.house,
        "day": formats.day(record.given_on),
    }
    why = row.get_reason_display() if row.reason else ""
    tone = "acc" if row.kind == OverlapKind.QUESTION else "amb"
    common = _common(row, shown.days_left, "overlap")
    return {
        **common,
        "tone": tone,
        "title": row.service_class.name,
        "own": own,
        "other": _other_words(shown),
        "why": why,
        "words": row.reason_words,
    }


def _other_words(shown: OverlapRow) -> str:
    """What there is and until when; whose it is only where the reader may know, else whom to ask (D17)."""
    row, house = shown.overlap, {"house": shown.other}
    day = {"day": formats.day(row.other_ends_on) if row.other_ends_on else ""}
    if row.kind == OverlapKind.QUOTA:
        return _("more than the quota of this period")
    if row.kind == OverlapKind.QUESTION:
        words = _("%(house)s began something equivalent. They were told nothing; you decide whether to ring.")
        hidden = _(
            "Something equivalent began elsewhere. They were told nothing; you decide whether to ask the central desk."
        )
        return words % house if shown.other else hidden
    if shown.other:
        return _("%(house)s gives an equivalent service until %(day)s") % {**house, **day}
    return _("an equivalent service is given until %(day)s; the central desk knows more") % day


def _programme(code: str) -> str:
    """Its name on the board, in the reader's language."""
    found = (row.name for row in programmes(language=get_language() or "ko") if row.programme == code)
    return next(found, code)


def _ending(row: Omission) -> str:
    """Whose benefit of which programme."""
    name = _programme(row.about.partition(":")[2].rpartition(":")[0])
    return f"{name} · {row.person.name}" if row.person else name


def tries_words(tries: int) -> str:
    """ "3번 연락 안 됨"; nothing where nobody tried in vain."""
    return ngettext("%(n)d try in vain", "%(n)d tries in vain", tries) % {"n": tries} if tries else ""


def omission_line(shown: OmissionRow) -> dict[str, Any]:
    row = shown.omission
    code = row.about.partition(":")[0]
    person = row.person.name if row.person else ""
    category = row.category.name if row.category else ""
    days = {"days": shown.days_since, "day": formats.day(row.about_on)}
    said = {
        OmissionKind.NEED: lambda: (
            _("%(category)s: told %(days)s days ago, and nobody gives anything") % {"category": category, **days}
        ),
        OmissionKind.MISSED_VISIT: lambda: _("a visit of %(day)s has no result") % days,
        OmissionKind.STAGE: lambda: f"{person} · {(STAGES[code]() if code in STAGES else code)} · {days['day']}".lstrip(
            " ·"
        ),
        OmissionKind.ENDING: lambda: (
            _("%(category)s: ends on %(day)s, and nothing follows") % {"category": category or _ending(row), **days}
        ),
        OmissionKind.ENTITLEMENT: lambda: (
            _("%(programme)s: perhaps entitled, and not receiving it")
            % {"programme": _programme(row.about.partition(":")[2])}
        ),
        OmissionKind.UNREACHED: lambda: " · ".join(
            filter(None, [_("nobody was reached for %(days)s days") % days, tries_words(row.case.tries)])
        ),
    }[OmissionKind(row.kind)]()
    tone = {OmissionKind.MISSED_VISIT: "red", OmissionKind.UNREACHED: "red", OmissionKind.NEED: "amb"}.get(
        OmissionKind(row.kind), "acc"
    )
    common = _common(row, shown.days_left, "omission")
    return {**common, "tone": tone, "title": said, "own": "", "other": "", "why": "", "words": ""}
