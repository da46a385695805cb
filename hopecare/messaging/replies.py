"""Who answers: apps register here in AppConfig.ready(), so that messaging names nobody.

    replies.register("offer", handler)           a text came in from a telephone with messages of this purpose
    replies.on_suppressed("task_cancelled", f)   such a message will never arrive (opt-out, safe contact, failed)
    replies.on_opt_out("volunteers", f)          a telephone said STOP
    replies.opens("offer", f)                    such a message may go to the phone app, and where it opens there

A handler opens `acting_as` with its own principal; it runs inside the transaction that marks its work as done, so its
changes happen exactly once. It may be called again after a crash, never after it was marked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hopecare.messaging.facts import MessageFact, ReceivedMessage, ReplyOutcome

#: (phone_hash, text, received) → what was done, or None for "not understood": then a person reads it.
ReplyHandler = Callable[[str, str, ReceivedMessage], ReplyOutcome | None]
#: Told once for each message that was suppressed or failed for good.
UnsentHandler = Callable[[MessageFact], None]
#: Given the keyed hash of the telephone.
OptOutHandler = Callable[[str], None]
#: The screen of the phone app that such a message opens ("visit:<uuid>"), empty when nobody need answer any more.
ScreenHandler = Callable[[MessageFact], str]


@dataclass(frozen=True)
class Description:
    """What a purpose is called (a lazy translation), and the page of its object: object id → address."""

    words: Any
    url: Callable[[str], str] | None = None


_descriptions: dict[str, Description] = {}
_replies: dict[str, ReplyHandler] = {}
_unsent: dict[str, UnsentHandler] = {}
_opt_outs: dict[str, OptOutHandler] = {}
_screens: dict[str, ScreenHandler] = {}


def register(purpose: str, handler: ReplyHandler) -> None:
    _replies[purpose] = handler


def describe(purpose: str, words: Any, url: Callable[[str], str] | None = None) -> None:
    """How the page of stuck work tells what this message was about."""
    _descriptions[purpose] = Description(words, url)


def description(purpose: str) -> Description:
    return _descriptions.get(purpose, Description(purpose))


def on_suppressed(purpose: str, handler: UnsentHandler) -> None:
    _unsent[purpose] = handler


def opens(purpose: str, handler: ScreenHandler) -> None:
    _screens[purpose] = handler


def screen_handler(purpose: str) -> ScreenHandler | None:
    """None: it never goes to the phone app."""
    return _screens.get(purpose)


def on_opt_out(subscriber: str, handler: OptOutHandler) -> None:
    _opt_outs[subscriber] = handler


def reply_handler(purpose: str) -> ReplyHandler | None:
    return _replies.get(purpose)


def unsent_handler(purpose: str) -> UnsentHandler | None:
    return _unsent.get(purpose)


def opt_out_handlers() -> list[OptOutHandler]:
    return list(_opt_outs.values())


def purposes() -> list[str]:
    """Purposes whose messages may be answered."""
    return list(_replies)
