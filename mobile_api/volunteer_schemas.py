"""Shapes of what volunteers do on their telephones."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, Field

from mobile_api.account_schemas import example
from mobile_api.schemas import Strict

OfferStanding = Literal[
    "ask",
    "waiting",
    "visit",
    "done",
    "nobody",
    "declined",
    "clash",
    "papers",
    "expired",
    "settled",
    "cannot",
    "gone",
]


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a moment is text")
    return value


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_text),
    Field(description="when the telephone was told so; up to seven days ago, as it may have been without signal"),
]


Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a day")]


class DaysTold(Schema):
    first: str
    last: str


class PersonTold(Schema):
    """Somebody of this number who helps. `minutes` and `visits` are confirmed ones of `year`; `on_call`: may be rung at
    short notice this week; `days_off`: nobody asks for these."""

    id: str
    name: str
    state: Literal["waiting", "active", "paused", "left"]
    paused_until: str | None
    year: int
    minutes: int
    visits: int
    on_call: bool
    days_off: list[DaysTold]


class PeopleTold(Schema):
    """Nobody, mostly one; two who share a number are told by name."""

    items: list[PersonTold]


class NamedTold(Schema):
    code: str
    name: str


class ContactTold(Schema):
    name: str
    phone: str


class WayTold(Schema):
    directions: str
    address: str


class OfferTold(Schema):
    """One offer as its volunteer may know it; never a name, a need or money of whom is helped.

    `standing`: ask (please answer until `answer_by`), waiting (yes said, a second person is awaited), visit (promised),
    done, nobody (nobody opened), declined, clash, papers, expired, settled (others were first), cannot (taken back),
    gone (not needed any more; the reason is never told). `way` only while the visit is promised, and with the person's
    consent. Arrival may be told from `arrive_from` until `arrive_until`, the end from `report_from` on.
    """

    id: str
    who: str
    standing: OfferStanding
    service: NamedTold
    town: NamedTold
    quarter: str
    stairs: bool
    together: bool
    starts: str
    ends: str
    answer_by: str | None
    contact: ContactTold
    way: WayTold | None
    arrive_from: str | None
    arrive_until: str | None
    report_from: str | None
    arrived_at: str | None
    confirmed_minutes: int | None
    in_reserve: bool


class OffersTold(Schema):
    items: list[OfferTold]


class Answer(Strict):
    model_config = example(yes=True)
    yes: Annotated[bool, Field(strict=True)]


class Answered(Schema):
    """`outcome`: booked, waiting, already, declined, settled, clash, expired, gone or papers."""

    outcome: Literal["booked", "waiting", "already", "declined", "settled", "clash", "expired", "gone", "papers"]
    offer: OfferTold


class Arrival(Strict):
    model_config = example(at="2026-11-26T14:02:00+09:00")
    at: Moment | None = None


class End(Strict):
    model_config = example(at="2026-11-26T15:05:00+09:00", nobody_home=False)
    at: Moment | None = None
    nobody_home: Annotated[bool, Field(strict=True)] = False


class Rest(Strict):
    model_config = example(days=30)
    days: Annotated[int, Field(ge=1, le=366, strict=True)] = 30


class OnCall(Strict):
    """`at`: the moment it was pressed; "this week" is the week of that moment."""

    model_config = example(on=True, at="2026-11-26T14:02:00+09:00")
    on: Annotated[bool, Field(strict=True)]
    at: Moment | None = None


class DaysOff(Strict):
    """`last` empty: that day alone."""

    model_config = example(first="2026-12-24", last="2026-12-26")
    first: Day
    last: Day | None = None


class LineTold(Schema):
    """`minutes` of a confirmed visit, or what a correction takes away or adds."""

    on: str
    service: str
    minutes: int
    corrects: bool


class HoursTold(Schema):
    """Newest first, fifty at a time; `next`: show it as `after` for the page that follows, null at the end."""

    items: list[LineTold]
    next: str | None


class CertificateTold(Schema):
    """Whoever is shown the code may look the certificate up at `url`."""

    code: str
    url: str
    minutes: int
    visits: int
