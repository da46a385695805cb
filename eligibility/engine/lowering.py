"""What drawing one benefit takes from another of the same household, in won: "taking X lowers Y".

A benefit that is likely is laid on its people as income of the month and the rest is reckoned again. Only such benefits
are tried as another law reads as income; what is drawn already stands in the incomes that were told.
"""

from dataclasses import replace

from eligibility import programmes
from eligibility.engine.completions import Completions
from eligibility.engine.frame import frame_of
from eligibility.engine.judge import Judge
from eligibility.engine.system import System
from eligibility.facts import Amount, Facts, Part

MONTHLY_CASH = ("month", "cash")


def lowering(system: System, facts: Facts, now: Judge, language: str) -> dict[str, tuple[str, ...]]:
    """Programme → sentences, beside the one that is drawn and beside the one that it lowers."""
    found: dict[str, list[str]] = {}
    for programme, entry in programmes.entries().items():
        others = [other for other in entry.get("counts_in", ()) if now.judged[other].verdict != "unlikely"]
        amount, parts = now.amounts(programme)
        if not others or amount is None or now.judged[programme].verdict != "likely":
            continue
        richer = None if programme in (facts.receives or ()) else _with_income(facts, parts)
        if richer is None:
            continue
        then = Judge(Completions(system, frame_of(richer), like=now.done))
        for other in others:
            words = _told(programme, amount, other, now, then, language) if other in then.judged else ""
            if words:
                found.setdefault(programme, []).append(words)
                found.setdefault(other, []).append(words)
    return {programme: tuple(words) for programme, words in found.items()}


def _with_income(facts: Facts, parts: tuple[Part, ...]) -> Facts | None:
    """The household with these sums as money from outside; None where somebody's was not asked."""
    more = {part.person: part.won for part in parts}
    if any(person.transfer_income is None for person in facts.persons if person.id in more):
        return None
    persons = (
        replace(person, transfer_income=(person.transfer_income or 0) + more.get(person.id, 0))
        for person in facts.persons
    )
    return replace(facts, persons=tuple(persons))


def _told(programme: str, drawn: Amount, other: str, now: Judge, then: Judge, language: str) -> str:
    before, after = now.amounts(other)[0], then.amounts(other)[0]
    words = {
        "name": programmes.said(programmes.entries()[programme], "name", language),
        "other": programmes.said(programmes.entries()[other], "name", language),
        "won": programmes.won(drawn.won, language),
    }
    if then.judged[other].verdict != now.judged[other].verdict:
        return programmes.lowers("verdict", language, **words)
    if before is None or after is None or before.won <= after.won or (before.per, before.kind) != MONTHLY_CASH:
        return ""
    figures = {"before": programmes.won(before.won, language), "after": programmes.won(after.won, language)}
    return programmes.lowers("amount", language, **words, **figures)
