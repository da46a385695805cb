"""The result as a page tells it: four groups, each programme with value against line, never a bare no (D12, R3).

Sums of different kinds are never added. Nothing here advises anybody to earn less.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility import catalogue, interview
from eligibility.catalogue import Entry
from eligibility.facts import Amount, Criterion, Flip, Result, Simulation
from eligibility.interview import Told
from eligibility.selectors import board
from eligibility.selectors.board import Door, Offices
from eligibility.ui.board_words import KIND_WORDS
from eligibility.ui.kept import Kept
from eligibility.ui.told_lines import mine
from hopecare.kernel.templatetags.hope_formats import age, won

GROUPS: dict[str, tuple[Any, Any, str, str]] = {
    "likely": (
        gettext_lazy("You are likely to get these"),
        gettext_lazy("By what you told us, every condition is met."),
        "✓",
        "likely",
    ),
    "possible": (
        gettext_lazy("You may get these"),
        gettext_lazy("One more thing, and there is an answer."),
        "?",
        "possible",
    ),
    "close": (
        gettext_lazy("Close: please ask"),
        gettext_lazy("A little over the line. With papers in hand it often looks different."),
        "≈",
        "close-to",
    ),
    "unlikely": (
        gettext_lazy("These look hard for now"),
        gettext_lazy("When life changes, the answer changes. It does not keep you from applying."),
        "–",
        "unlikely",
    ),
}
#: What a programme is on a coming day.
THEN = {
    "likely": gettext_lazy("then likely to fit"),
    "possible": gettext_lazy("then it may fit: please ask"),
    "unlikely": gettext_lazy("then it may end: please ask before"),
}
PER = {"month": gettext_lazy("a month"), "year": gettext_lazy("a year"), "once": gettext_lazy("once")}
#: Help that asks for no papers and no line, for whoever is told "hard for now" (R3).
LEADS = ("sponsorship", "food_market", "hope_manager", "counselling")
SCALE_END = 1.25
#: Beside a sum that is not cash, so that nobody adds them.
NOTES = {
    "voucher": KIND_WORDS["voucher"],
    "limit": gettext_lazy("at the most"),
    "loan": KIND_WORDS["loan"],
}


@dataclass(frozen=True)
class Meter:
    """A drawing of value against line, in units of its picture; the sentence beside it carries the figures."""

    edge: float
    me: float
    over: bool

    @property
    def part(self) -> float:
        """Length of the filled part of the bar."""
        return round(self.edge - 8, 1)


@dataclass(frozen=True)
class Line:
    """One condition in words."""

    mark: str
    label: str
    words: str
    reference: str
    confirmed: bool
    announced: bool
    note: str = ""


@dataclass(frozen=True)
class Card:
    """One programme of the result."""

    result: Result
    entry: Entry
    group: str
    amount: str
    amount_note: str
    head: Line | None
    distance: str
    meter: Meter | None
    lines: list[Line]
    doors: list[Door]
    flips: list[str]
    article: str = ""
    more: list[str] = field(default_factory=list)

    @property
    def unconfirmed(self) -> bool:
        return not self.result.confirmed or any(not line.confirmed for line in self.lines)


def page(simulation: Simulation, kept: Kept, told: Told) -> dict[str, Any]:
    """Everything the result's template needs; what was taken off the board is not promised here."""
    offices, known = offices_of(told), board.entries()
    cards = [_card(one, known, offices) for one in simulation.results if one.programme in known]
    groups = [_group(code, [card for card in cards if card.group == code]) for code in GROUPS]
    return {
        "simulation": simulation,
        "groups": [group for group in groups if group["cards"] or group["others"]],
        "worth": sum(1 for card in cards if card.group != "unlikely"),
        "mine": mine(told),
        "leads": [known[code] for code in LEADS if code in known],
        "also": _also(told, known, {card.result.programme for card in cards}),
        "question_page": interview.page_for(simulation.next_question.input) if simulation.next_question else "",
        "centre": offices.door(catalogue.asks()["centre"]),
        "town_office": offices.door(catalogue.asks()["town_office"]),
        "rules_changed": bool(kept.rules) and kept.rules != simulation.rules_version,
        "turned": _turned(cards, kept),
        "ahead": _ahead(cards),
    }


def _ahead(cards: list[Card]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(when, (programme, what it is then)) of every coming day or event that changes something, as they come."""
    found: dict[str, list[tuple[str, str]]] = {}
    for card in cards:
        for change in card.result.changes:
            amount, note = amount_words(change.amount, card.entry, change.verdict)
            then = [str(THEN[change.verdict]), *([amount] if change.amount else []), *([note] if change.amount else [])]
            found.setdefault(change.words, []).append((card.result.name, " · ".join(part for part in then if part)))
    return sorted(found.items())


def _turned(cards: list[Card], kept: Kept) -> list[tuple[str, Any, Any]]:
    """(name, group of then, group of now) of what other rules read otherwise since the answers were saved."""
    found = [(card, kept.turned.get(card.result.programme, "")) for card in cards]
    return [
        (card.result.name, GROUPS[before][0], GROUPS[card.group][0])
        for card, before in found
        if before in GROUPS and before != card.result.verdict
    ]


def _group(code: str, cards: list[Card]) -> dict[str, Any]:
    """A group with its words. What a line of money does not decide is for other stages of life: it stands apart."""
    words, note, mark, css = GROUPS[code]
    others = [card for card in cards if card.meter is None] if code == "unlikely" else []
    shown = [card for card in cards if card not in others]
    return {"code": code, "words": words, "note": note, "mark": mark, "css": css, "cards": shown, "others": others}


def offices_of(told: Told) -> Offices:
    return board.offices(str(told.get("home", {}).get("town", "")))


def _also(told: Told, known: dict[str, Entry], shown: set[str]) -> list[Entry]:
    """Help without rules of its own that fits what was ticked: carers first, since nobody reckons for them."""
    ticked = set(told.get("life", {}).get("of") or [])
    situations = {"carer": "carer", "single_parent": "single_parent", "severe": "disability", "heavy": "illness"}
    wanted = [situations[code] for code in situations if code in ticked]
    if told.get("crisis", {}).get("crisis") == "abuse":
        wanted.insert(0, "violence")
    if len(interview.numbers(told)) == 1:
        wanted.append("alone")
    found = [entry for situation in wanted for entry in known.values() if situation in entry.situations]
    return [entry for entry in dict.fromkeys(found) if entry.code not in shown][:6]


def _card(one: Result, known: dict[str, Entry], offices: Offices) -> Card:
    entry = known[one.programme]
    lines = [(criterion, line(criterion)) for criterion in one.criteria]
    head = _head(one)
    amount, note = amount_words(one.amount, entry, one.verdict)
    return Card(
        result=one,
        entry=entry,
        group="close" if one.verdict == "unlikely" and one.near_miss else one.verdict,
        amount=amount,
        amount_note=note,
        head=line(head) if head else None,
        distance=distance(head) if head else "",
        meter=meter(head) if head else None,
        article=_article(head) if head else "",
        lines=[told for _criterion, told in lines],
        doors=[offices.door(ask) for ask in entry.asked],
        flips=[words for flip in one.flips if (words := flip_words(flip))],
        more=_more(one),
    )


def _more(one: Result) -> list[str]:
    """What comes beside the amount that stands large, kind by kind: never added to it."""
    totals: dict[tuple[str, str], int] = {}
    for part in one.parts:
        if part.kind != "in_kind":
            totals[part.kind, part.per] = totals.get((part.kind, part.per), 0) + part.won
    large = (one.amount.kind, one.amount.per) if one.amount else None
    others = [Amount(total, per, kind) for (kind, per), total in totals.items() if total and (kind, per) != large]
    return [" ".join(filter(None, amount_words(other, None, "likely"))) for other in others]


def _is_money(criterion: Criterion) -> bool:
    return (
        criterion.unit.startswith("KRW") and isinstance(criterion.value, int) and isinstance(criterion.threshold, int)
    )


def _head(one: Result) -> Criterion | None:
    """The condition that tells most: one that is not met, money first; else a known line of money; else any."""
    failed = [criterion for criterion in one.criteria if criterion.met is False]
    order = [
        *(criterion for criterion in failed if _is_money(criterion)),
        *failed,
        *(criterion for criterion in one.criteria if criterion.met and _is_money(criterion)),
        *(criterion for criterion in one.criteria if criterion.met is None),
        *one.criteria,
    ]
    return order[0] if order else None


def line(criterion: Criterion) -> Line:
    marks = {True: "✓", False: "×", None: "?"}
    known = criterion.valid_from.year > 1900
    since = _("valid from %(day)s") % {"day": f"{criterion.valid_from:%Y.%m.%d}"} if known else ""
    return Line(
        marks[criterion.met],
        criterion.label,
        _comparison(criterion),
        " · ".join(part for part in (criterion.reference, since) if part),
        criterion.confirmed,
        criterion.announced,
        criterion.note,
    )


def _article(criterion: Criterion) -> str:
    """The first source and its year; every source stands with its condition below."""
    first = criterion.reference.split(" · ")[0]
    known = criterion.valid_from.year > 1900
    return " · ".join([first, *([_("figures of %(year)s") % {"year": criterion.valid_from.year}] if known else [])])


def _comparison(criterion: Criterion) -> str:
    """ "1,310,000원 ≤ 2,470,000원"; what is not known says so."""
    if criterion.met is None and criterion.value is None:
        return _("not known yet")
    signs = {"<=": "≤", ">=": "≥", "<": "<", ">": ">", "==": "="}
    if isinstance(criterion.threshold, bool) or isinstance(criterion.value, bool):
        return _("yes") if criterion.value else _("no")
    value, threshold = figure(criterion.value, criterion.unit), figure(criterion.threshold, criterion.unit)
    if not value or not threshold:
        return ""
    sign = signs.get(criterion.operator, criterion.operator)
    if criterion.met is False:
        sign = {"≤": ">", "<": "≥", "≥": "<", ">": "≤"}.get(sign, sign)
    return f"{value} {sign} {threshold}"


def figure(value: Any, unit: str) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return ""
    if unit.startswith("KRW"):
        return won(value)
    if unit in {"years", "year", "age"}:
        return age(value)
    if unit in {"months", "month"}:
        return _("%(count)s months") % {"count": value}
    return f"{value:,}"


def distance(criterion: Criterion) -> str:
    """ "27,881원(2.2 %) 넘습니다." / "1,160,000원 아래입니다."; empty when there is nothing to measure."""
    if not _is_money(criterion) or criterion.gap is None:
        return ""
    gap, threshold = criterion.gap, int(criterion.threshold or 0)
    if criterion.met:
        words = _("%(gap)s below the line.") if criterion.operator in {"<=", "<"} else _("%(gap)s above the line.")
        return words % {"gap": won(gap)}
    percent = f"{100 * gap / threshold:.1f}" if threshold else "–"
    words = (
        _("%(gap)s (%(percent)s %%) over the line.")
        if criterion.operator in {"<=", "<"}
        else _("%(gap)s (%(percent)s %%) short.")
    )
    return words % {"gap": won(gap), "percent": percent}


def meter(criterion: Criterion) -> Meter | None:
    if not _is_money(criterion) or not criterion.threshold:
        return None
    value, threshold = int(criterion.value or 0), int(criterion.threshold)
    end = max(threshold * SCALE_END, min(value * 1.15, threshold * 3))
    return Meter(
        edge=round(8 + 244 * threshold / end, 1),
        me=round(8 + 244 * min(value / end, 1), 1),
        over=criterion.met is False,
    )


def amount_words(amount: Amount | None, entry: Entry | None, verdict: str) -> tuple[str, str]:
    """(what stands large, what stands small beside it). Kinds have their own words, so that nobody adds them."""
    if amount is not None and amount.kind != "in_kind":
        figure_words = _("%(won)s %(per)s") % {"won": won(amount.won), "per": PER.get(amount.per, "")}
        note = str(NOTES.get(amount.kind, ""))
        return figure_words, note if verdict == "likely" else " · ".join(
            part for part in (note, _("if it fits")) if part
        )
    if verdict == "unlikely" or entry is None:
        return "", ""
    return str(KIND_WORDS[entry.kind]), ""


def flip_words(flip: Flip) -> str:
    """What would change it, told as what may happen in life; never as something to bring about."""
    name = flip.input.replace("/", ".").split(".")[-1]
    inputs = {
        "earned_income": _("wages"),
        "business_income": _("income from the own business"),
        "public_pension_income": _("the pension"),
        "transfer_income": _("money from family"),
        "property_income": _("rent from tenants"),
        "financial_assets": _("savings"),
        "monthly_rent": _("the rent"),
        "deposit": _("the deposit"),
        "debt": _("debts"),
        "home_value": _("the value of the home"),
        "car_value": _("the value of the car"),
        "other_property": _("other property"),
    }
    if name not in inputs:
        return ""
    if flip.verdict in {"likely", "possible"}:
        words = _("If %(what)s should come to %(won)s, the answer changes. Ask on the very day.")
    else:
        words = _("Above %(won)s of %(what)s this may change. You need not turn down anything: ask first.")
    return words % {"what": inputs[name], "won": won(flip.at)}
