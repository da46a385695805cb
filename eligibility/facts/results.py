"""What a simulation answers; `as_json` writes it in the API's shape. Every sentence is in the language asked for."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Verdict = Literal["likely", "possible", "unlikely"]
Kind = Literal["cash", "voucher", "limit", "loan", "in_kind"]
Per = Literal["month", "year", "once"]


@dataclass(frozen=True)
class Amount:
    won: int
    per: str
    kind: str


@dataclass(frozen=True)
class Part:
    """One strand of an amount, of one person (`person` = id) or of the household (None)."""

    person: str | None
    won: int
    per: str
    kind: str


@dataclass(frozen=True)
class Criterion:
    """One condition of a programme. `met` None = unknown. `gap` = distance to the line in `unit`, never negative.

    `confirmed` is false for a figure that no official text was seen for; `announced` false when the year of the
    question has no published figure yet and the last known one stands in for it.
    """

    id: str
    person: str | None
    label: str
    met: bool | None
    value: int | str | bool | None
    operator: str
    threshold: int | str | bool | None
    gap: int | None
    unit: str
    reference: str
    valid_from: date
    confirmed: bool
    announced: bool = True
    note: str = ""


@dataclass(frozen=True)
class Flip:
    """The won value of an input nearest to today's at which the verdict is another one; never advice to earn less."""

    input: str
    at: int
    verdict: str


@dataclass(frozen=True)
class Question:
    """The one unknown that settles most: `input` as a path (`household.monthly_rent`), `words` to ask it with."""

    input: str
    words: str


@dataclass(frozen=True)
class Application:
    """An application window; None in a Result = any day."""

    from_: date | None
    to: date | None
    open: bool


@dataclass(frozen=True)
class Contact:
    name: str
    phone: str


@dataclass(frozen=True)
class Change:
    """What a coming day or event alters: `event` = new_year | birthday | birth | rent_rise."""

    event: str
    on: date | None
    words: str
    verdict: str
    amount: Amount | None


@dataclass(frozen=True)
class Result:
    """One programme for this household. `interacts_with` = ids, `effects` = what drawing it changes there, in words;
    `lowers` = the same in won where this household's figures tell it (detail full): taking one lowers the other.

    `near_miss`: unlikely by under a tenth or on an unconfirmed figure (D12). `confirmed` is false when no official
    text was seen for a figure that the amount rests on.
    """

    programme: str
    name: str
    category: str
    provider: str
    verdict: str
    amount: Amount | None
    parts: tuple[Part, ...]
    criteria: tuple[Criterion, ...]
    flips: tuple[Flip, ...]
    next_question: Question | None
    application: Application | None
    documents: tuple[str, ...]
    apply_at: Contact
    interacts_with: tuple[str, ...]
    effects: tuple[str, ...]
    lowers: tuple[str, ...]
    near_miss: bool
    advice: str
    changes: tuple[Change, ...]
    announced: bool
    confirmed: bool
    unknown_inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class HouseholdFigures:
    household_size: int
    median_income: int
    recognised_income: dict[str, int | None]


@dataclass(frozen=True)
class Simulation:
    """The whole answer. `next_question` = the one that settles most programmes; `rights` stand beside it always."""

    rules_version: str
    as_of: date
    disclaimer: str
    rights: tuple[str, ...]
    assumptions: tuple[str, ...]
    facts: HouseholdFigures
    results: tuple[Result, ...]
    next_question: Question | None

    def result(self, programme: str) -> Result:
        """The result of one programme; KeyError when there is none of that id."""
        found = {result.programme: result for result in self.results}
        return found[programme]

    def of(self, verdict: str) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.verdict == verdict)


@dataclass(frozen=True)
class Programme:
    """A programme of the catalogue that has rules, in the language asked for."""

    programme: str
    name: str
    summary: str
    category: str
    life_stages: tuple[str, ...]
    provider: str
    documents: tuple[str, ...]
    apply_at: Contact
    deadline: str
    source: str
    valid_from: date
    checked_on: date
    complete_through: date


@dataclass(frozen=True)
class SourceConflict:
    """Two sources differ: what each says, which one the program follows and why. Shown publicly."""

    id: str
    programmes: tuple[str, ...]
    words: str
    followed: str
    why: str
    since: date = field(default=date(2026, 11, 1))


def as_json(value: Any) -> Any:
    """One layer of the API's shape, for `json.dumps(found, default=as_json)`: days as ISO words, `from_` as `from`.

    The encoder walks by itself what lies below, several times faster than a copy made beforehand.
    """
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Application):
        return {"from": value.from_, "to": value.to, "open": value.open}
    return vars(value)
