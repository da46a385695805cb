"""Shapes of what staff take along on their rounds."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from mobile_api.account_schemas import example
from mobile_api.schemas import Typed
from mobile_api.simulation_schemas import WholeDay
from mobile_api.volunteer_schemas import Moment

Result = Literal["met", "nobody_home", "wrong_place", "already_helped", "declined", "danger"]


class ColleagueTold(Schema):
    name: str
    phone: str
    me: bool


class ResultTold(Schema):
    """What came of it, in whose words."""

    result: Result
    label: str
    note: str
    by: str
    at: str | None


class InsideTold(Schema):
    """Oneself is inside; who is not out a quarter of an hour after `until` is looked for (D10)."""

    since: str
    until: str


class WarningTold(Schema):
    """What one is told before going there: since when, from whom, and until when somebody looks again."""

    label: str
    words: str
    since: str
    by: str
    check_on: str | None


class FieldVisitTold(Schema):
    """`case` is its number, or `report` the code of a report whose house is visited for the first time. `etag` is the
    state to name in If-Match. `neutral`: never say "welfare" at the door (D4). `ring_lead`: there is a warning that
    one may not read, so the lead is rung before. No reporter is told."""

    id: int
    kind: Literal["first", "review", "aftercare"]
    at: str
    case: str
    report: str
    town: str
    place: str
    person: str
    away: str
    neutral: bool
    seen: list[str]
    words: str
    danger: bool
    warnings: list[WarningTold]
    ring_lead: ColleagueTold | None
    two: list[ColleagueTold]
    recorded: ResultTold | None
    inside: InsideTold | None
    etag: str


class DayTold(Schema):
    on: str
    items: list[FieldVisitTold]


class NewResult(Typed):
    """`again_at` with nobody_home, `ask_again_on` with declined if one may, `told_whom` and `told_at` with danger."""

    model_config = example(result="nobody_home", note="불은 켜져 있었어요", again_at="2026-11-26T10:00:00+09:00")
    result: Result
    note: Annotated[str, Field(max_length=2000)] = ""
    again_at: Moment | None = None
    ask_again_on: WholeDay | None = None
    told_whom: Annotated[str, Field(max_length=200)] = ""
    told_at: Moment | None = None


class GoesIn(Typed):
    """`at`: the moment it was pressed; `minutes`: how long one means to stay."""

    model_config = example(minutes=60, at="2026-11-26T14:02:00+09:00")
    minutes: Literal[30, 60, 90, 120] = 60
    at: Moment | None = None


class ComesOut(Typed):
    model_config = example(at="2026-11-26T14:50:00+09:00")
    at: Moment | None = None


class MoreNote(Typed):
    model_config = example(words="뒷문에도 우편물이 쌓여 있었어요")
    words: Annotated[str, Field(min_length=1, max_length=1000)]


class MemberTold(Schema):
    name: str
    relation: str
    age: int | None
    lives_here: bool


class SafeTold(Schema):
    """How the main person may be reached (D4); `number` another one than the person's own. No number is told where
    nobody may ring."""

    phone_ok: bool
    sms_ok: bool
    letter_ok: bool
    from_hour: int
    to_hour: int
    neutral: bool
    number: str
    note: str


class ActionTold(Schema):
    title: str
    due_on: str
    state: str


class OneOfThem(Schema):
    id: int
    name: str


class HouseholdTold(Schema):
    """What may stand in somebody's hand at the door; what the role may not see is left out. `about`: whom alone a note
    may be about, empty where it is not asked."""

    case: str
    person: str
    phone: str
    town: str
    directions: str
    address: str
    lead: ColleagueTold
    safe: SafeTold
    warnings: list[WarningTold]
    ring_lead: ColleagueTold | None
    members: list[MemberTold]
    about: list[OneOfThem] = []
    actions: list[ActionTold]


class NewContact(Typed):
    """`no_answer`, `letter` and `note` do not count as contact; the others do. `person`: one of the card's `about`,
    whom alone it is about; without one it is about the household."""

    model_config = example(way="visited", words="마당에서 이야기 나눔, 다음 주 화요일 약속")
    way: Literal["no_answer", "called", "called_us", "visited", "letter", "note"]
    words: Annotated[str, Field(max_length=2000)] = ""
    person: Annotated[int, Field(ge=1, lt=2**63)] | None = None


class ContactNoted(Schema):
    case: str
    noted: bool


Degree = Literal["unasked", "none", "0", "1", "2", "3", "4", "private"]
AskedIn = Literal["open", "review", "follow_up"]
CategoryCode = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
AnswerId = Annotated[int, Field(ge=0, le=2**53, strict=True)]
Degrees = Annotated[dict[CategoryCode, Degree], Field(max_length=20)]


class CellTold(Schema):
    """`none`: asked, and nothing; 0 fine to 4 critical; `private`: would rather not say. `answer` is its id."""

    value: Degree
    answer: int
    by: str


class AskingTold(Schema):
    """One of the household, or the household as a whole (`person` null); a category that is missing was not asked."""

    person: int | None
    name: str
    alone: bool
    phase: str
    cells: dict[str, CellTold]


class NeedsTold(Schema):
    """`id` is the number of the case."""

    id: str
    people: list[AskingTold]


class NewAnswers(Typed):
    """`seen` and `before`: the ids and values of the answers that were shown when the draft was begun, 0 and `unasked`
    where there was none. `money`: does anybody else use this person's money (D8)?"""

    model_config = example(
        person=1204,
        phase="open",
        values={"living": "3", "health": "none"},
        seen={"living": 0, "health": 0},
        before={"living": "unasked", "health": "unasked"},
        own_words="혼자 먹으면 밥맛이 없어",
        offer="김치를 담글 줄 아세요",
        money="fine",
    )
    person: Annotated[int | None, Field(ge=1, le=2**53, strict=True)] = None
    phase: AskedIn
    values: Degrees
    seen: Annotated[dict[CategoryCode, AnswerId], Field(max_length=20)] = {}
    before: Degrees = {}
    own_words: Annotated[str, Field(max_length=2000)] = ""
    offer: Annotated[str, Field(max_length=2000)] = ""
    money: Literal["", "fine", "worry", "private"] = ""
