"""What other apps hand to the outbox and get back from it. Django-free."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class RecipientKind(StrEnum):
    USER = "user"  # an account of staff; the id is the user's
    TEAM = "team"  # whoever is in the team; notices only
    PERSON = "person"  # a recipient of help: every message passes the safe contact (D4) and the person's state (D15)
    VOLUNTEER = "volunteer"  # the id is the volunteer's uuid; telephone and language come with it
    NUMBER = "number"  # nobody we know: a reporter who left a telephone


@dataclass(frozen=True)
class Recipient:
    """Whom a message is for.

    `phone` in any Korean or international writing. `links`: whether a link may stand in the second part (K20).
    `quiet`: (from hour, to hour) in which nobody is disturbed, None for somebody who may always be reached (K16);
    the default (-1, -1) takes the city's hours.
    """

    kind: RecipientKind
    id: str
    phone: str = ""
    email: str = ""
    language: str = "ko"
    links: bool = True
    quiet: tuple[int, int] | None = (-1, -1)

    @classmethod
    def user(cls, user_id: int, *, phone: str = "", email: str = "", language: str = "ko") -> "Recipient":
        return cls(RecipientKind.USER, str(user_id), phone, email, language)

    @classmethod
    def team(cls, team_id: int) -> "Recipient":
        return cls(RecipientKind.TEAM, str(team_id))

    @classmethod
    def person(cls, person_id: int, *, language: str = "ko") -> "Recipient":
        """The number is read from the safe contact when the message goes out, never earlier."""
        return cls(RecipientKind.PERSON, str(person_id), language=language)

    @classmethod
    def volunteer(
        cls, uuid: object, *, phone: str, language: str = "ko", email: str = "", links: bool = True
    ) -> "Recipient":
        return cls(RecipientKind.VOLUNTEER, str(uuid), phone, email, language, links)

    @classmethod
    def number(cls, phone: str, *, language: str = "ko", quiet: tuple[int, int] | None = (-1, -1)) -> "Recipient":
        return cls(RecipientKind.NUMBER, "", phone, language=language, quiet=quiet)


@dataclass(frozen=True)
class Queued:
    """The row of a message in the outbox; `fresh` is false when it stood there already."""

    id: int
    fresh: bool


@dataclass(frozen=True)
class MessageFact:
    """Where a message is: `state` and `reason` are values of messaging.states."""

    id: int
    purpose: str
    object_kind: str
    object_id: str
    step: str
    channel: str
    recipient_kind: str
    recipient_id: str
    state: str
    reason: str
    error_code: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class ReceivedMessage:
    """A text that came in. `plain`: without spaces, signs and capitals ("네!" → "네", "1." → "1").

    `about`: our messages to that telephone, newest first, so that a handler knows which of its objects was meant.
    """

    id: int
    phone_hash: str
    text: str
    plain: str
    received_at: datetime
    about: tuple[MessageFact, ...] = ()


@dataclass(frozen=True)
class ReplyOutcome:
    """An app understood the text. `answer` goes back through the outbox in the sender's language, None stays silent."""

    answer: str | None = None
    language: str = "ko"
    details: dict[str, Any] = field(default_factory=dict)
