"""What the rules judge and what pages show: plain values, no Django. Times are aware, in Seoul; distances in km."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum


@dataclass(frozen=True)
class Window:
    """Free every week on `weekday` (0 = Monday) from … to …"""

    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True)
class Task:
    """What is asked for; `risk` is the least qualification level (0 everybody, 1 trained, 2 licensed)."""

    service_id: int
    town_id: int
    lat: float
    lon: float
    starts: datetime
    ends: datetime
    risk: int = 0
    case_id: int = 0
    stairs: bool = False
    with_minor: bool = False
    licences: frozenset[str] = frozenset()  # all of them wanted
    languages: frozenset[str] = frozenset()  # one of them wanted
    gender: str = ""  # asked for by the person, for bathing and the like
    car: bool = False


@dataclass(frozen=True)
class Helper:
    """A volunteer as the rules see one. `level_until` None = for good; `booked` = hours already promised.

    `licences`: (kind, last day on which it still counts, None = for good). `barred`: houses where the volunteer or the
    house would rather have somebody else (no reason is kept). `asked` and `accepted` count answers, `lately` the
    questions of the last thirty days. `insured_until`: last day of the accident insurance, None = no end is known.
    `full`: a hope manager with as many houses as agreed, this one not among them.
    """

    id: int
    state: str
    town_id: int
    lat: float
    lon: float
    radius_km: float
    birth_year: int | None
    level: int = 0
    level_until: date | None = None
    weekly_cap: int = 2
    stairs_ok: bool = True
    skills: frozenset[int] = frozenset()
    windows: tuple[Window, ...] = ()
    booked: tuple[tuple[datetime, datetime], ...] = ()
    month_count: int = 0
    served: frozenset[int] = frozenset()  # services done before
    known_cases: frozenset[int] = frozenset()  # where the volunteer has been before
    asked_elsewhere: bool = False
    licences: frozenset[tuple[str, date | None]] = frozenset()
    languages: frozenset[str] = frozenset({"ko"})
    gender: str = ""
    car: bool = False
    barred: frozenset[int] = frozenset()
    asked: int = 0
    accepted: int = 0
    lately: int = 0
    insured_until: date | None = None
    full: bool = False


class Obstacle(StrEnum):
    """Why somebody cannot be asked for this task at all."""

    NOT_ACTIVE = "not_active"
    SKILL = "skill"
    LEVEL = "level"
    FAR = "far"
    WINDOW = "window"
    CLASH = "clash"
    CAP = "cap"
    MINOR = "minor"
    LICENCE = "licence"
    INSURANCE = "insurance"
    HOUSES = "houses"
    LANGUAGE = "language"
    GENDER = "gender"
    CAR = "car"
    BARRED = "barred"
    OFTEN = "often"
    ASKED = "asked"


class Gap(StrEnum):
    """Why a seat of the week's plan stays empty."""

    NO_SKILL = "no_skill"
    NO_PAPER = "no_paper"
    NO_TIME = "no_time"
    NO_CAR = "no_car"
    TOO_FAR = "too_far"
    ALL_PLANNED = "all_planned"


class Term(StrEnum):
    """One named part of the cost; lower is better."""

    DISTANCE = "distance"
    LOAD = "load"
    PRACTICE = "practice"
    FAMILIAR = "familiar"
    STAIRS = "stairs"
    ACCEPTANCE = "acceptance"
    FAIRNESS = "fairness"


@dataclass(frozen=True)
class Cost:
    """`value` in points; `amount` is what it was made of (km, tasks this month, …)."""

    term: Term
    value: int
    amount: float = 0.0


@dataclass(frozen=True)
class Candidate:
    helper: Helper
    costs: tuple[Cost, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def total(self) -> int:
        return sum(cost.value for cost in self.costs)

    @property
    def by_term(self) -> dict[str, Cost]:
        return {cost.term.value: cost for cost in self.costs}


@dataclass(frozen=True)
class Wave:
    """How a request asks: how many at once, and until when they may answer."""

    size: int
    answer_by: datetime


@dataclass(frozen=True)
class Pattern:
    """When something is given again and again; `nth`: which of these weekdays in a month, empty = every week."""

    weekdays: frozenset[int]
    nth: frozenset[int]
    per: str  # day, week or month
    since: date
    until: date | None = None


@dataclass(frozen=True)
class Gift:
    """What a partner gives again and again, as it is told: service by its code, weekdays from Monday = 0."""

    service: str
    weekdays: tuple[int, ...]
    nth: tuple[int, ...]
    starts: time | None
    ends: time | None
    capacity: int | None
    per: str = "day"
    place: str = "theirs"
    pupils: bool = False
    adult_name: str = ""
    paper_kind: str = ""
    paper_until: date | None = None


@dataclass(frozen=True)
class PartnerTold:
    """Who gives together, as it is told; `town` a code."""

    name: str
    kind: str
    contact_name: str
    phone: str
    town: str
    agreed: bool
    sms_ok: bool = True


@dataclass(frozen=True)
class PupilTold:
    """A minor of a group, with the consent of a parent or guardian as it lies before us on paper."""

    name: str
    birth_year: int | None
    guardian_name: str
    guardian_phone: str
    consent_on: date | None


@dataclass(frozen=True)
class PackageTold:
    """One trade's part of a project, as it is told; `trade` and `fund` are codes, `won` is for materials."""

    trade: str
    what: str
    day: date | None
    hour: time | None
    minutes: int | None
    quarter: str
    seats: int = 1
    materials: str = ""
    won: int = 0
    fund: str = ""
    stairs: bool = False


@dataclass(frozen=True)
class NeighbourTold:
    """Somebody for a village's circle; `grown_up` and `agreed` as they said it themselves."""

    name: str
    phone: str
    grown_up: bool
    agreed: bool
    sms_ok: bool = True


@dataclass(frozen=True)
class SignUp:
    """What somebody tells to become a volunteer; `windows` as (weekday, from, to), `services` and `town` as codes."""

    name: str
    phone: str
    birth_year: int | None
    town: str
    services: tuple[str, ...]
    windows: tuple[tuple[int, time, time], ...]
    consent: bool
    sms_ok: bool = True
    links: bool = True
    language: str = "ko"
    kind: str = "occasional_volunteer"
