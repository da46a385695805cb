"""States of a message and who moves it on. Django-free.

queued     the outbox owns it: it goes out when it is due
sending    one worker holds its lease; the provider may already have it
sent       the provider owns it
delivered  the telephone has it, or showed it (or the notice stands on the reader's page)
failed     nobody can do more without a person: it stands on the page of stuck work
suppressed it must not go out; the reason says why, and the app that queued it was told
"""

from enum import StrEnum


class Channel(StrEnum):
    SMS = "sms"
    PUSH = "push"  # a text that goes to the phone app instead; once nobody has seen it, a text after all
    EMAIL = "email"
    NOTICE = "notice"


class MessageState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


#: from → to. Back to `queued` leads a transient error, a person's "again", and a push that no telephone has shown; a
#: late call-back may still deliver.
TRANSITIONS: dict[MessageState, frozenset[MessageState]] = {
    MessageState.QUEUED: frozenset({MessageState.SENDING, MessageState.SUPPRESSED}),
    MessageState.SENDING: frozenset(
        {MessageState.QUEUED, MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED, MessageState.SUPPRESSED}
    ),
    MessageState.SENT: frozenset({MessageState.DELIVERED, MessageState.FAILED, MessageState.QUEUED}),
    MessageState.DELIVERED: frozenset(),
    MessageState.FAILED: frozenset({MessageState.QUEUED}),
    MessageState.SUPPRESSED: frozenset({MessageState.QUEUED}),
}


#: What travels to a telephone number, by whichever way.
TO_NUMBERS = frozenset({Channel.SMS, Channel.PUSH})


class Reason(StrEnum):
    """Why a message is suppressed or waits."""

    OPT_OUT = "opt_out"
    SAFE_CONTACT = "safe_contact"
    NEUTRAL_SENDER = "neutral_sender"
    PERSON_STATE = "person_state"
    NO_ADDRESS = "no_address"
    TOO_LATE = "too_late"
    WITHDRAWN = "withdrawn"
    QUIET_HOURS = "quiet_hours"
    BUDGET = "budget"


#: A provider's words, in the order in which they may be told; the last rank is final.
PROVIDER_RANK: dict[str, int] = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 4,
    "read": 4,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
}
_STATE_OF: dict[str, MessageState] = {
    "delivered": MessageState.DELIVERED,
    "read": MessageState.DELIVERED,
    "undelivered": MessageState.FAILED,
    "failed": MessageState.FAILED,
    "canceled": MessageState.FAILED,
}


def moves_forward(before: str, after: str) -> bool:
    """Whether a provider's status `after` is news to somebody who knows `before`; unknown words never are."""
    return after in PROVIDER_RANK and PROVIDER_RANK[after] > PROVIDER_RANK.get(before, -1)


def state_for(provider_status: str) -> MessageState:
    """Our state once the provider has said `provider_status`."""
    return _STATE_OF.get(provider_status, MessageState.SENT)


class InboundState(StrEnum):
    RECEIVED = "received"  # stored, not yet understood
    ANSWERED = "answered"  # an app took it
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    UNKNOWN = "unknown"  # a person reads it
    READ = "read"  # a person has read it
