"""Rules that were wrong and were put right: which answers, of when, for whom. Public, no viewer needed."""

from dataclasses import dataclass
from datetime import date

from eligibility import programmes
from eligibility.models import RulesVersion

SMALLEST = 5  # fewer kept answers than that are not told


@dataclass(frozen=True)
class Correction:
    """`names`: programmes. Answers given on the days `first`–`last` may be wrong for `who`. `kept`: how many answers
    kept under a code were found wrong; None = fewer than five, or none was kept."""

    version: str
    names: tuple[str, ...]
    first: date
    last: date
    who: str
    wrong: str
    right: str
    kept: int | None


def corrections(*, language: str = "ko") -> list[Correction]:
    """Newest first; one query."""
    tongue = programmes.tongue(language)
    found = programmes.corrections()
    versions = RulesVersion.objects.filter(version__in=[entry["version"] for entry in found]) if found else ()
    wrong = {row.version: row.answers_wrong for row in versions}
    known = programmes.entries()
    return [
        Correction(
            version=entry["version"],
            names=tuple(programmes.said(known[code], "name", tongue) for code in entry["programmes"]),
            first=entry["answered_from"],
            last=entry["answered_through"],
            who=programmes.said(entry, "who", tongue),
            wrong=programmes.said(entry, "wrong", tongue),
            right=programmes.said(entry, "right", tongue),
            kept=_told(wrong.get(entry["version"], 0)),
        )
        for entry in sorted(found, key=lambda entry: str(entry["version"]), reverse=True)
    ]


def _told(count: int) -> int | None:
    return count if count >= SMALLEST else None
