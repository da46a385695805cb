"""How the stand-in behaves: takes texts, moves them on, tells about it; some numbers always go wrong.

Last four digits: 9001 no such number · 9002 said STOP · 9003 taken, never arrives (30003) · 9004 too many requests,
twice · 9005 out of order, twice · 9006 takes it and answers too late, once · 9007 every receipt three times and
backwards · 9008 takes it and hangs up, once. Twilio's own magic numbers (+1500555000x) answer as Twilio documents.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass

from hopecare.messaging.standin.book import Book, Text, new_sid
from hopecare.messaging.standin.callbacks import Postman

LATE_SECONDS = 12.0
_REFUSED: dict[str, tuple[int, int, str]] = {
    "+15005550001": (400, 21211, "The 'To' number is not a valid phone number."),
    "+15005550002": (400, 21612, "The 'To' phone number is not currently reachable."),
    "+15005550003": (400, 21408, "Permission to send an SMS has not been enabled for the region."),
    "+15005550004": (400, 21610, "Attempt to send to unsubscribed recipient."),
    "+15005550009": (400, 21614, "'To' number is not a valid mobile number."),
}
_REFUSED_TAILS: dict[str, tuple[int, int, str]] = {
    "9001": _REFUSED["+15005550001"],
    "9002": _REFUSED["+15005550004"],
}
_TWICE: dict[str, tuple[int, int, str]] = {
    "9004": (429, 20429, "Too Many Requests"),
    "9005": (503, 20503, "Service unavailable"),
}


class Refusal(Exception):
    """An error answer in Twilio's shape."""

    def __init__(self, status: int, code: int, words: str) -> None:
        super().__init__(words)
        self.status, self.code, self.words = status, code, words


class HangUp(Exception):
    """Close the connection without a word."""


@dataclass
class Manners:
    """What a test or a newcomer asked for. `hold`: no receipts until it is switched off again."""

    pace: float = 0.4  # seconds between receipts
    duplicate: int = 1
    reorder: bool = False
    hold: bool = False
    fail: int = 0  # so many of the next sends answer 503


class Provider:
    def __init__(self, book: Book, postman: Postman, inbound_url: str, our_number: str, pace: float) -> None:
        self.book, self.manners = book, Manners(pace=pace)
        self._postman, self._inbound_url, self.our_number = postman, inbound_url, our_number
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        for text in book.unfinished():
            if text.direction == "inbound":
                self._deliver_inbound(text)
            else:
                self._tell_receipts(text)

    def take(self, to: str, sender: str, body: str, callback: str) -> Text:
        """A new text on its way; raises Refusal or HangUp as its number demands."""
        self._refuse(to, sender, body)
        text = Text(new_sid(), to, sender, body, time.time(), callback=callback)
        self.book.add(text)
        if not self.manners.hold:
            self._tell_receipts(text)
        self._misbehave(text)
        return text

    def _refuse(self, to: str, sender: str, body: str) -> None:
        if not to:
            raise Refusal(400, 21604, "A 'To' phone number is required.")
        if not sender:
            raise Refusal(400, 21603, "A 'From' phone number is required.")
        if not body:
            raise Refusal(400, 21602, "Message body is required.")
        if len(body) > 1600:
            raise Refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if not (to.startswith("+") and to[1:].isdecimal() and 8 <= len(to) <= 16):
            raise Refusal(*_REFUSED["+15005550001"])
        refusal = _REFUSED.get(to) or _REFUSED_TAILS.get(to[-4:])
        if refusal:
            raise Refusal(*refusal)
        with self._lock:
            if self.manners.fail > 0:
                self.manners.fail -= 1
                raise Refusal(503, 20503, "Service unavailable")
            if to[-4:] in _TWICE:
                self._seen[to] += 1
                if self._seen[to] <= 2:
                    raise Refusal(*_TWICE[to[-4:]])

    def _misbehave(self, text: Text) -> None:
        tail = text.to[-4:]
        if tail not in {"9006", "9008"}:
            return
        with self._lock:
            self._seen[text.to + text.body] += 1
            first = self._seen[text.to + text.body] == 1
        if first and tail == "9006":
            time.sleep(LATE_SECONDS)
        elif first:
            raise HangUp

    def _tell_receipts(self, text: Text) -> None:
        """queued → sent → delivered (or undelivered), each moved in the book when it is told."""
        last, code = ("undelivered", 30003) if text.to.endswith("9003") else ("delivered", None)
        if not text.callback:
            self.book.move(text.sid, last, code)
            return
        pace, odd = self.manners.pace, text.to.endswith("9007")
        steps: list[tuple[str, int | None]] = [("sent", None), (last, code)]
        if odd or self.manners.reorder:
            steps.reverse()
        for place, (status, error_code) in enumerate(steps):
            for copy in range(3 if odd else self.manners.duplicate):
                parameters = self._receipt(text, status, error_code)
                self._postman.post(
                    text.callback,
                    parameters,
                    after=pace * (place + 1) + 0.05 * copy,
                    before=lambda status=status, code=error_code: self._move(text, status, code),  # type: ignore[misc]
                )

    def _move(self, text: Text, status: str, error_code: int | None) -> None:
        if text.status not in {"delivered", "undelivered"}:
            self.book.move(text.sid, status, error_code)

    def _receipt(self, text: Text, status: str, error_code: int | None) -> dict[str, str]:
        parameters = {
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": text.to,
            "From": text.sender,
            "ApiVersion": "2010-04-01",
        }
        return parameters | ({"ErrorCode": str(error_code)} if error_code else {})

    def let_go(self) -> None:
        """Stop holding: tell every receipt that waits."""
        self.manners.hold = False
        for text in self.book.unfinished():
            if text.direction != "inbound":
                self._tell_receipts(text)

    def type(self, number: str, body: str, *, copies: int = 1, wait: float = 5.0) -> tuple[str, int]:
        """Somebody types `body` on the telephone `number`; returns the text's id and our web's answer (0 = none)."""
        text = Text(new_sid(), self.our_number, number, body, time.time(), "inbound", "received")
        self.book.add(text)
        answered, statuses = threading.Event(), [0]

        def done(status: int) -> None:
            statuses[0] = status
            answered.set()

        for _ in range(max(1, copies)):
            self._deliver_inbound(text, done)
        answered.wait(wait)
        return text.sid, statuses[0]

    def _deliver_inbound(self, text: Text, done: object = None) -> None:
        parameters = {
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "SmsMessageSid": text.sid,
            "From": text.sender,
            "To": text.to,
            "Body": text.body,
            "NumMedia": "0",
            "NumSegments": "1",
            "ApiVersion": "2010-04-01",
        }

        def finished(status: int) -> None:
            if 200 <= status < 300:
                self.book.mark_arrived(text.sid)
            if callable(done):
                done(status)

        self._postman.post(self._inbound_url, parameters, urgent=True, done=finished)
