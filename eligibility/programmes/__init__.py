"""The programmes that have rules, as data, and every sentence that an answer is made of, in Korean and English."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from eligibility import parameters
from eligibility.facts import Contact

FOLDER = Path(__file__).parent
FILES = ("public", "city")  # order of the answer
LANGUAGES = ("ko", "en")
ANYWHERE = {
    "town": {"ko": "행정복지센터", "en": "Town office"},
    "centre": {"ko": "희망케어센터", "en": "Hope Care Center"},
}


@cache
def entries() -> dict[str, dict[str, Any]]:
    """Id → entry, in the order in which answers stand."""
    listed = [entry for name in FILES for entry in yaml.safe_load((FOLDER / f"{name}.yaml").read_text())]
    return {entry["programme"]: entry for entry in listed}


@cache
def _labels() -> dict[str, dict[str, dict[str, str]]]:
    read: dict[str, dict[str, dict[str, str]]] = yaml.safe_load((FOLDER / "labels.yaml").read_text())
    return read


@cache
def contacts() -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / "contacts.yaml").read_text())
    return read


def tongue(language: str) -> str:
    """The language we speak: Korean unless English is asked for."""
    short = language.split("-")[0]
    return short if short in LANGUAGES else "ko"


def criterion_label(programme: str, criterion: str, language: str) -> str:
    labels = _labels()["criteria"]
    return (labels.get(f"{programme}.{criterion}") or labels[criterion])[language]


def question_words(path: str, who: str, language: str) -> str:
    """The sentence that asks for an input; `who` is the person it is about."""
    return _labels()["questions"][path.rsplit(".", 1)[-1]][language].format(who=who)


def who(relation: str, year: int, language: str) -> str:
    """Words for a person of the household: the relation to the head and, of others, the year of birth."""
    return _labels()["who"][relation][language].format(year=year)


def power(path: str) -> int:
    """How early one would ask for an input: smaller first."""
    return list(_labels()["questions"]).index(path.rsplit(".", 1)[-1])


def sentence(code: str, language: str) -> str:
    return _labels()["sentences"][code][language]


def assumption(code: str, language: str) -> str:
    return _labels()["assumptions"][code][language]


def event_words(event: str, on: date | None, language: str) -> str:
    """What a coming day or event does, as a sentence."""
    return _labels()["events"][event][language].format(on=on.isoformat() if on else "")


def effects(entry: dict[str, Any], language: str) -> tuple[str, ...]:
    """What drawing a programme changes in others, as sentences."""
    known = _labels()["effects"]
    pairs = [f"{entry['programme']}>{other}" for other in entry.get("interacts", ())]
    return tuple(known[pair][language] for pair in pairs if pair in known)


def won(amount: int, language: str) -> str:
    """349700 → "349,700원" / "349,700 won"."""
    return f"{amount:,}원" if language == "ko" else f"{amount:,} won"


def lowers(kind: str, language: str, **words: str) -> str:
    """What drawing one benefit takes from another, with the figures of a household."""
    return _labels()["lowers"][kind][language].format(**words)


def said(entry: dict[str, Any], name: str, language: str) -> Any:
    """`name_ko` or `name_en` of an entry; empty when it has neither."""
    return entry.get(f"{name}_{language}", "")


def complete_through(entry: dict[str, Any]) -> Any:
    """The last day for which every figure of a programme is known; the rules' own day when it has no figures."""
    known = [parameters.complete_through(name) for name in entry["figures"]]
    return min(known) if known else parameters.rules()["complete_through"]


@cache
def conflicts() -> tuple[dict[str, Any], ...]:
    """The register of source conflicts."""
    return tuple(yaml.safe_load((FOLDER / "source_conflicts.yaml").read_text()))


@cache
def corrections() -> tuple[dict[str, Any], ...]:
    """Rules that were wrong and were put right, newest first."""
    return tuple(yaml.safe_load((FOLDER / "corrections.yaml").read_text()) or ())


@cache
def levers() -> dict[str, dict[str, Any]]:
    """Code → a line that a planner may move."""
    listed = yaml.safe_load((FOLDER / "levers.yaml").read_text())
    return {entry["code"]: entry for entry in listed}


def loose_corrections() -> Iterator[str]:
    """What is missing in the list of corrections; empty when everybody can tell whether they are concerned."""
    words = [f"{name}_{language}" for name in ("who", "wrong", "right") for language in LANGUAGES]
    for entry in corrections():
        for name in ("programmes", *words):
            if not entry.get(name):
                yield f"correction {entry['version']}: {name} is missing"
        for programme in set(entry.get("programmes", ())) - set(entries()):
            yield f"correction {entry['version']}: no programme {programme}"
        if not entry["answered_from"] <= entry["answered_through"] or entry["version"] > parameters.rules()["version"]:
            yield f"correction {entry['version']}: its days contradict each other"


def contact(entry: dict[str, Any], language: str, places: dict[str, dict[str, str]]) -> Contact:
    """Where to ask about a programme; `places` = the household's town and centre, {} = no town in particular."""
    known = contacts()[entry["contact"]]
    place = places.get(entry["contact"], {})
    names = {kind: places.get(kind, {}).get(f"name_{language}", ANYWHERE[kind][language]) for kind in ANYWHERE}
    return Contact(known[f"name_{language}"].format(**names), known.get("phone") or place.get("phone", "129"))
