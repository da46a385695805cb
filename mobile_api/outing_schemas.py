"""Shapes of a day of the mobile unit or an event, and of what comes of it."""

from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from mobile_api.account_schemas import example
from mobile_api.field_schemas import ColleagueTold, WarningTold
from mobile_api.schemas import Typed
from mobile_api.volunteer_schemas import Moment

SeenOutcome = Literal["met", "not_there", "later", "declined"]
ClientId = Annotated[UUID, Field(description="made with the row: sent twice it counts once")]


class OutcomeTold(Schema):
    """What came of it, in whose words."""

    result: SeenOutcome
    label: str
    words: str
    by: str
    me: bool
    at: str | None


class ToSeeTold(Schema):
    """Somebody to see at a stop; `person` is the main person of the case. `etag` is the state to name in If-Match."""

    id: int
    case: str
    person: str
    purpose: str
    away: str
    neutral: bool
    warnings: list[WarningTold]
    ring_lead: ColleagueTold | None
    lead: ColleagueTold
    recorded: OutcomeTold | None
    etag: str


class StopTold(Schema):
    """`drive`: minutes from the stop before; `intakes`: numbers taken there that one may read."""

    id: int
    at: str
    drive: int
    minutes: int
    town: str
    town_code: str
    place: str
    people: list[ToSeeTold]
    intakes: list[str]


class OutingTold(Schema):
    """Stops in driving order. One that is called off tells neither stops nor people."""

    id: int
    kind: Literal["mobile_unit", "popup"]
    on: str
    name: str
    vehicle: str
    start: str
    leaves_at: str
    back_at: str | None
    cancelled: bool
    may_take: bool
    crew: list[ColleagueTold]
    stops: list[StopTold]


class OutingsTold(Schema):
    on: str
    items: list[OutingTold]


class TakenLate(Schema):
    """It is taken, and that is all that is told: the day's access has ended."""

    taken: Literal[True]


class NewOutcome(Typed):
    """`written_at`: by the clock of the tablet; what is sent on a later day is shown as late."""

    model_config = example(
        client_id="0192f000-0000-7000-8000-000000000001", result="met", words="혈압약을 받아 가심, 무릎이 아프시다고"
    )
    client_id: ClientId
    result: SeenOutcome
    words: Annotated[str, Field(max_length=1900)] = ""
    written_at: Moment | None = None


class MoreOutcome(Typed):
    model_config = example(client_id="0192f000-0000-7000-8000-000000000002", words="제가 갔을 때는 안 계셨어요")
    client_id: ClientId
    words: Annotated[str, Field(min_length=1, max_length=1000)]
    written_at: Moment | None = None


class NewIntake(Typed):
    """Somebody who was on no list. A name or a telephone, and what they ask for, in their words; `birth`: a day, or
    the year alone. With `for_another` the name of whoever asks."""

    model_config = example(
        client_id="0192f000-0000-7000-8000-000000000003",
        name="정말순",
        birth="1948",
        sex="F",
        phone="010-0000-0099",
        town="hwado",
        directions="마석역 뒤 첫 골목",
        words="보일러가 고장 났어요",
    )
    client_id: ClientId
    name: Annotated[str, Field(max_length=80)] = ""
    birth: Annotated[str, Field(pattern=r"^([0-9]{4}(-[0-9]{2}-[0-9]{2})?)?$")] = ""
    sex: Literal["F", "M", "U"] = "U"
    phone: Annotated[str, Field(max_length=30)] = ""
    town: Annotated[str, Field(max_length=40, description="code of a town: GET /report/towns.json")] = ""
    directions: Annotated[str, Field(max_length=200)] = ""
    words: Annotated[str, Field(max_length=4000)] = ""
    for_another: bool = False
    caller_name: Annotated[str, Field(max_length=80)] = ""
    caller_phone: Annotated[str, Field(max_length=30)] = ""


class IntakeTaken(Schema):
    """`id` is the `client_id`; the team of that town has the intake under this number."""

    id: str
    number: str
    stop: int
    name: str
