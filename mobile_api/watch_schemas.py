"""Shapes of signals of need: what a person sees of their own watch, and what a registered device reports."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from mobile_api.account_schemas import example
from mobile_api.schemas import Strict
from mobile_api.volunteer_schemas import Moment


class WatchTold(Schema):
    """One's own watch, without anybody's name. `waiting`: a question is open; `answering`: when somebody answers, empty
    for nobody; at all other hours 119 helps."""

    id: str
    standing: Literal["on", "away", "rests"]
    asked: str
    answering: str
    waiting: bool
    away_until: str | None
    last_sign_at: str | None


class WatchesTold(Schema):
    """Nobody, mostly one."""

    items: list[WatchTold]


class OwnWord(Strict):
    """`rest` takes `days`, seven when none are told; `stop` ends it at once."""

    model_config = example(watch="00000000-0000-7000-8000-000000000000", what="well")
    watch: Annotated[str, Field(max_length=40)]
    what: Literal["well", "ring", "rest", "back", "stop"]
    days: Annotated[int | None, Field(ge=1, le=92, strict=True)] = None


class Signal(Strict):
    """One event. `id` is the sender's own and may be sent again; `device` as it was registered with the centre."""

    model_config = example(
        id="5f0c2c1e-power-20261123", device="meter-0042", kind="no_power", hours=14, at="2026-11-23T09:00:00+09:00"
    )
    id: Annotated[str, Field(min_length=8, max_length=80, pattern=r"^[A-Za-z0-9._:-]+$")]
    device: Annotated[str, Field(min_length=1, max_length=80)]
    kind: Literal["no_power", "no_water", "no_motion", "door_closed", "help_button"]
    hours: Annotated[int, Field(ge=0, le=720, strict=True)] = 0
    at: Moment


class SignalTaken(Schema):
    """`again`: this id had come before. Whether an alarm came of it is not told."""

    taken: bool
    again: bool
