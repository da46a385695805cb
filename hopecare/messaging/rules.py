"""What a message may say, and whether it may go out now. Values in, verdicts out: no clock, no database.

The words are data (data/words.yaml).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hopecare.kernel.errors import Problem
from hopecare.messaging.errors import problem
from hopecare.messaging.states import Channel, Reason

_LINK = re.compile(r"https?://|www\.|\b[\w-]+\.(?:kr|com|net|org|io|me|ly|link)\b", re.IGNORECASE)
_SENDER = re.compile(r"^\s*\[[^\]]*\]\s*")


@cache
def words() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "words.yaml").read_text())
    return loaded


def lint(body: str, *, private_names: Iterable[str] = ()) -> list[Problem]:
    """Everything in `body` that must not be read over somebody's shoulder (K20).

    `private_names`: full names of the people the message is about; none of them may stand in it, with or without
    spaces, nor their given names.
    """
    found = [problem("link")] if _LINK.search(body) else []
    for kind in ("illness", "poverty", "harm"):
        if _holds(body, words()[f"{kind}_ko"], words()[f"{kind}_en"]):
            found.append(problem(kind))
    if _names_somebody(body) or any(_holds_name(body, name) for name in private_names):
        found.append(problem("name"))
    return found


def _holds(body: str, korean: Iterable[str], english: Iterable[str]) -> bool:
    packed, low = re.sub(r"\s+", "", body), body.lower()
    return any(word in packed for word in korean) or any(re.search(rf"\b{re.escape(word)}\b", low) for word in english)


def _holds_name(body: str, name: str) -> bool:
    packed, bare = re.sub(r"\s+", "", body).lower(), re.sub(r"\s+", "", name).lower()
    korean = len(bare) >= 3 and "가" <= bare[0] <= "힣"
    return bool(bare) and (bare in packed or (korean and bare[1:] in packed))


@cache
def _name_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    honorifics = "|".join(words()["honorifics_ko"])
    korean = rf"(?<![가-힣])([{words()['surnames_ko']}][가-힣]{{1,2}})\s*(?:{honorifics})(?![가-힣]{{2}})"
    english = rf"\b(?:{'|'.join(words()['honorifics_en'])})\.?\s+[A-Z][a-z]+"
    return re.compile(korean), re.compile(english, re.IGNORECASE)


def _names_somebody(body: str) -> bool:
    korean, english = _name_patterns()
    innocent = tuple(words()["not_names_ko"])
    hits = [match for match in korean.finditer(body) if not match.group(0).replace(" ", "").startswith(innocent)]
    hits += english.finditer(body)
    return any(not _is_contact(body, match.start()) for match in hits)


def _is_contact(body: str, start: int) -> bool:
    """The name of the member of staff to ring stands right behind a word that says so."""
    before = body[max(0, start - 12) : start].lower()
    return any(word in before for word in words()["contact_words"])


def neutral(body: str) -> str | None:
    """The text without the sender's mark in front, None when it still tells which office writes (D4)."""
    bare = _SENDER.sub("", body)
    return None if _holds(bare, words()["office_ko"], words()["office_en"]) else bare


@dataclass(frozen=True)
class SafeWay:
    """What a person said about being reached (D4). Hours are full hours of Seoul, `to_hour` exclusive.

    `told`: whether they said anything at all. `safe_number`: they named `phone` as the safe one; `other_phones`: those
    of their further records, where a STOP counts, too. `moved`: not here, because they went to live elsewhere.
    """

    here: bool
    moved: bool = False
    sms_ok: bool = False
    from_hour: int = 9
    to_hour: int = 18
    neutral_sender: bool = False
    phone: str = ""
    told: bool = True
    safe_number: bool = False
    other_phones: tuple[str, ...] = ()

    @property
    def phones(self) -> tuple[str, ...]:
        return (self.phone, *self.other_phones)


def strictest(ways: Sequence[SafeWay]) -> SafeWay:
    """One way for records of one person, the one that counts first: what any of them forbids is forbidden (D4, D15).

    A number that was named as safe goes before one that is merely known. Where no hour suits all, nothing is sent.
    Whoever moved away from one household and lives in another is here: what was said and which number was read in the
    one that they left holds no longer than until they were asked in the other one.
    """
    told = [way for way in ways if way.told and not way.moved] or [way for way in ways if way.told] or list(ways)
    start, end = max(way.from_hour for way in told), min(way.to_hour for way in told)
    now = [way for way in ways if not way.moved and way.phone] or ways
    named = [way.phone for way in now if way.safe_number] or [way.phone for way in now if way.phone] or [""]
    return SafeWay(
        here=any(way.here for way in ways) and all(way.here or way.moved for way in ways),
        sms_ok=all(way.sms_ok for way in told) and start < end,
        from_hour=start,
        to_hour=end,
        neutral_sender=any(way.neutral_sender for way in ways if way.told),
        phone=named[0],
        safe_number=any(way.safe_number for way in ways),
        other_phones=tuple(sorted({way.phone for way in ways} - {named[0], ""})),
    )


@dataclass(frozen=True)
class Situation:
    """All that decides whether a message may go out now; `quiet` = (from hour, to hour) or None."""

    now: datetime
    channel: Channel
    body: str
    address: str
    duty: bool = False
    opted_out: bool = False
    not_after: datetime | None = None
    quiet: tuple[int, int] | None = None
    person: SafeWay | None = None


@dataclass(frozen=True)
class Go:
    body: str
    address: str


@dataclass(frozen=True)
class Wait:
    until: datetime
    reason: Reason


@dataclass(frozen=True)
class Never:
    reason: Reason


Verdict = Go | Wait | Never


def judge(case: Situation) -> Verdict:
    """The last look before a message leaves.

    STOP wins over everything. Then what is too late, what the person's state forbids (D15), what the safe contact
    forbids (D4). Hours come last; a duty alarm knows none (K16), but a person's own safe hours hold for it too.
    """
    if case.opted_out:
        return Never(Reason.OPT_OUT)
    if case.not_after is not None and case.now >= case.not_after:
        return Never(Reason.TOO_LATE)
    if case.person is not None:
        return _judge_person(case, case.person)
    if not case.address:
        return Never(Reason.NO_ADDRESS)
    return _hours(case, case.body, case.address)


def _judge_person(case: Situation, person: SafeWay) -> Verdict:
    if not person.here:
        return Never(Reason.PERSON_STATE)
    if case.channel is not Channel.SMS or not person.sms_ok:
        return Never(Reason.SAFE_CONTACT)
    if not person.phone:
        return Never(Reason.NO_ADDRESS)
    body = neutral(case.body) if person.neutral_sender else case.body
    if body is None:
        return Never(Reason.NEUTRAL_SENDER)
    if not person.from_hour <= case.now.hour < person.to_hour:
        return Wait(next_hour(case.now, person.from_hour), Reason.SAFE_CONTACT)
    return _hours(case, body, person.phone)


def _hours(case: Situation, body: str, address: str) -> Verdict:
    if case.channel is Channel.SMS and not case.duty and case.quiet and is_quiet(case.now, case.quiet):
        return Wait(next_hour(case.now, case.quiet[1]), Reason.QUIET_HOURS)
    return Go(body, address)


def is_quiet(now: datetime, quiet: tuple[int, int]) -> bool:
    """(21, 8) is quiet from 21:00 to 07:59; equal hours are never quiet."""
    start, end = quiet
    return start <= now.hour < end if start < end else start != end and (now.hour >= start or now.hour < end)


def next_hour(now: datetime, hour: int) -> datetime:
    """The next moment after `now` at the full `hour` (0–24) of its day or the day after."""
    at = datetime.combine(now.date(), time(hour % 24), tzinfo=now.tzinfo)
    return at if at > now else at + timedelta(days=1)


#: Seconds to the next try after the n-th transient error; a random quarter is added so that crowds spread.
RETRY_SECONDS = (15, 60, 300, 900, 3600, 3600, 7200)
MAX_ATTEMPTS = len(RETRY_SECONDS) + 1


def retry_after(attempts: int, chance: float, asked: float | None = None) -> float | None:
    """Seconds until the next try, None when there is none; `chance` in [0, 1) is the jitter, `asked` the provider's."""
    if attempts >= MAX_ATTEMPTS:
        return None
    wait = float(RETRY_SECONDS[max(attempts, 1) - 1])
    return max(wait, asked or 0.0) * (1 + chance / 4)


_WORDS_THAT_STOP = (
    "수신거부 거부 그만 중지 해지 차단 정지 stop stopall unsubscribe cancel end quit optout revoke"  # Twilio's and ours
)
_WORDS_THAT_START = "수신동의 재개 다시받기 start unstop"
STOP_WORDS = frozenset(_WORDS_THAT_STOP.split())
START_WORDS = frozenset(_WORDS_THAT_START.split())


def plain_reply(text: str) -> str:
    """A reply as it is compared with words: no spaces and signs around, small letters."""
    return re.sub(r"[\s.,!?~'\"“”‘’()\[\]]+", "", text).lower()


def is_stop(text: str) -> bool:
    """The whole text is an opt-out word, or begins with 수신거부 or STOP as a word of its own."""
    first = plain_reply(text.split()[0]) if text.split() else ""
    return plain_reply(text) in STOP_WORDS or first in {"수신거부", "stop", "unsubscribe"}


def is_start(text: str) -> bool:
    return plain_reply(text) in START_WORDS
