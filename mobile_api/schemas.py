"""Shapes of the mobile API. Codes are lower case; moments are ISO 8601 with zone; days are ISO dates."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, field_validator

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
SeenCode = Literal[
    "lives_alone", "skips_meals", "mail_piles", "no_light", "ill", "bills", "children_alone", "cares", "other"
]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$", max_length=8)]
MOST_PHOTOS = 5
#: Long enough to hold 128 random bits in any usual writing.
KEY_PATTERN = r"^[A-Za-z0-9._~+/=:-]{22,200}$"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Typed(Strict):
    """What somebody typed. Nobody types NUL, and PostgreSQL stores none."""

    @field_validator("*", mode="before")
    @classmethod
    def _typed(cls, value: Any) -> Any:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("NUL")
        return value


class Place(Strict):
    """At least one of: a town's code, a point, or words in which the house can be found."""

    town: Annotated[str | None, Field(max_length=40, description="code of a town: GET /report/towns.json")] = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    words: Annotated[str, Field(max_length=300)] = ""


class Reporter(Strict):
    """Nothing is needed. With a telephone somebody may ring back; it is never shown to anybody reported about."""

    phone: Annotated[str | None, Field(max_length=30)] = None
    language: Language = "ko"
    safe_when: Annotated[str, Field(max_length=100, description="when a call is safe (about oneself)")] = ""
    safe_say: Annotated[str, Field(max_length=100, description="what to say if somebody else answers")] = ""


class NewReport(Strict):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "place": {"town": "hwado", "words": "마석 장터 뒤 파란 대문 2층"},
                "about": "neighbour",
                "seen": ["no_light"],
                "words": "사흘째 불이 안 켜졌어요",
                "urgency": "soon",
                "reporter": {"phone": None, "language": "ko"},
                "photos": [],
            }
        },
    )
    place: Place
    about: Literal["self", "neighbour"]
    seen: Annotated[list[SeenCode], Field(max_length=20)] = []
    words: Annotated[str, Field(max_length=4000)] = ""
    urgency: Literal["soon", "today", "danger"] = "soon"
    reporter: Reporter = Reporter()
    photos: Annotated[
        list[Annotated[str, Field(max_length=80)]],
        Field(max_length=MOST_PHOTOS, description="ids of finished uploads: POST /uploads"),
    ] = []


class MoreWords(Strict):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"words": "오늘은 불이 켜졌어요"}})
    words: Annotated[str, Field(min_length=1, max_length=4000)]


class Echo(Strict):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"better": False}})
    better: Annotated[bool, Field(strict=True)]


class Receipt(Schema):
    """`code` can be read out on the telephone; `promised_by`: by then a person has looked. `ring_first`: it speaks of
    danger; show 119, 112 and 109 before anything else (D13)."""

    code: str
    status: str
    promised_by: str
    status_url: str
    ring_first: bool = False


class StatusStep(Schema):
    """`at` is a day: hours would tell what a reporter must not learn."""

    status: str
    at: str


class ReportStatus(Schema):
    """About a neighbour: received, being_looked_at, looked_at — the same words whatever was found. About oneself:
    received, assigned, visited, closed. Either may be withdrawn."""

    code: str
    status: str
    steps: list[StatusStep]
    updated_at: str


class Added(Schema):
    """`ring_first`: the words speak of danger; show 119, 112 and 109 before anything else (D13)."""

    code: str
    ring_first: bool


class ProblemPart(Schema):
    pointer: str
    code: str
    detail: str


class Problem(Schema):
    """RFC 9457, as application/problem+json."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemPart] = []
