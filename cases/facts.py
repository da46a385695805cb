"""What forms tell: a household that becomes a case, and a report. Django-free."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any


@dataclass(frozen=True)
class NewPerson:
    """One person as told; `phone` as typed, `relation` and `sex` as codes of kernel, a year alone is 1 January."""

    name: str
    birth_date: date | None = None
    birth_year_only: bool = False
    sex: str = "U"
    phone: str = ""
    relation: str = "self"
    lives_here: bool = True

    def age_on(self, day: date) -> int | None:
        if self.birth_date is None:
            return None
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True)
class Opening:
    """Everything an opening needs. `consents`: purpose code → given or not; `contact`: fields of a safe contact (D4).

    `team`: user ids of the official and the worker; `token`: one per form shown, so that two clicks open one case;
    `intake`: the number of the intake it comes from, empty when it comes from a report or from the counter;
    `resident_number`: the main person's in thirteen digits, where the law gives it to whoever asks (K8).
    """

    main: NewPerson
    others: tuple[NewPerson, ...] = ()
    town: str = ""
    directions: str = ""
    line: str = ""
    kind: str = "joint"
    track: str = "full"
    lead_id: int | None = None
    team: tuple[int, ...] = ()
    ground: str = "consent"
    consents: dict[str, bool] = field(default_factory=dict)
    article: str = ""
    guardian: str = ""
    contact: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    intake: str = ""
    resident_number: str = field(default="", repr=False)


@dataclass(frozen=True)
class Told:
    """What somebody told: `town` is a town's code or empty, the point in WGS84 degrees, any way of writing phones."""

    about: str
    town: str = ""
    directions: str = ""
    lat: float | None = None
    lon: float | None = None
    seen: tuple[str, ...] = ()
    words: str = ""
    urgency: str = "soon"
    language: str = "ko"
    reporter_name: str = ""
    reporter_phone: str = ""
    reporter_kind: str = "citizen"
    door: str = "web"


SAFETY_LIMIT = 100


def with_safety(words: str, when: str, say: str) -> str:
    """What somebody wrote, with the hours at which a call is safe and what to say to others, for whoever rings (D4)."""
    lines = [("연락해도 되는 때", when), ("다른 사람이 받으면", say)]
    told = "\n".join(f"[{name}] {line.strip()}" for name, line in lines if line.strip())
    return "\n\n".join(part for part in (words.strip(), told) if part)


@dataclass(frozen=True)
class PlaceTold:
    """What somebody told of a place: a point in WGS84 or words that name a town; `attributes`: code → key.

    `media_url`: where a picture of it lies elsewhere; nobody fetches it.
    """

    category: str
    lat: float | None = None
    lon: float | None = None
    address: str = ""
    words: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    media_url: str = ""


def visit_version(at: datetime, result: str, note: str) -> str:
    """Names the state of a visit: two who wrote without signal find out whose words came second."""
    text = f"{int(at.timestamp())}\n{result}\n{note}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def seen_version(result: str, words: str) -> str:
    """Names the state of a result of a round: two of the crew who differ find out that they do."""
    return hashlib.sha256(f"{result}\n{words}".encode()).hexdigest()[:24] if result else "none"


@dataclass(frozen=True)
class WatchGround:
    """On what a watch stands (K7): `kind` as kernel's grounds; consent given in person, or an article of law."""

    kind: str = "consent"
    given: bool = False
    article: str = ""


@dataclass(frozen=True)
class WatchPlan:
    """What a person chose (D10). `way`: sms, call, button or none; `weekday` 0–6, None = every day; hours of Seoul.

    `safe_from`, `safe_to`: when to ring or knock; `devices`: events of registered senders count.
    """

    way: str = "none"
    weekday: int | None = None
    ask_at: time | None = None
    answer_minutes: int = 180
    caller_id: int | None = None
    on_closed_door: bool = True
    no_contact_days: int | None = None
    devices: bool = False
    never_break: bool = True
    keys: str = ""
    safe_from: int = 8
    safe_to: int = 20
    words: str = ""


#: Three answers to "How was it?" (R85), the best first.
SATISFIED = ("good", "so_so", "bad")

#: How many minutes somebody may mean to stay inside at a visit.
STAYS = (30, 60, 90, 120)
USUAL_STAY = 60
