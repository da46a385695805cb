"""What a provider may answer, sorted by what we do next."""

from dataclasses import dataclass


class NotSent(Exception):
    """The provider has not taken the message. `code` as the provider names it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Permanent(NotSent):
    """Trying again would fail again: a person looks at it."""


class OptedOut(Permanent):
    """The provider knows that this telephone said STOP."""


class Refused(Permanent):
    """We do not send this way at all (demo, provider outside the country)."""


class Transient(NotSent):
    """Worth another try; `retry_after` in seconds when the provider named a time."""

    def __init__(self, code: str, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.retry_after = retry_after


class Uncertain(Exception):
    """No answer came back: the message may be with the provider. Look it up before sending again."""


@dataclass(frozen=True)
class Accepted:
    """The provider has it: its id and its first word about it."""

    sid: str
    status: str


@dataclass(frozen=True)
class Found:
    """A message that the provider has; `status` as the word of a receipt."""

    sid: str
    status: str
    body: str


#: https://www.twilio.com/docs/api/errors – permanent for this number or this text; everything unlisted by HTTP status.
OPTED_OUT_CODES = frozenset({21610})
PERMANENT_CODES = frozenset(
    {
        21211,  # not a valid number
        21214,  # cannot be reached
        21217,  # not a number
        21408,  # this country is not switched on
        21602,  # the text is missing
        21604,  # the number is missing
        21612,  # no route from our sender to this number
        21614,  # not a mobile telephone
        21617,  # longer than 1,600 signs
        21635,  # a landline
        30004,  # blocked
        30005,  # nobody has this number
        30006,  # a landline
        30007,  # filtered by the carrier
    }
)
TRANSIENT_CODES = frozenset(
    {
        20003,  # our credentials: ours to repair, not the message's fault
        20429,  # too many requests
        20500,
        20503,
        30001,  # the provider's queue is full
        30002,  # account suspended
        30008,  # unknown
    }
)
