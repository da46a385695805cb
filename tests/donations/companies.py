"""Between the payment companies and us: every call-back is caught, and passed on as a hostile world likes.

`Truth` is the oracle: what each event at the company should have done, in a dozen lines that know nothing of our code.
"""

import base64
import hashlib
import hmac
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.donations.conftest import PORTONE_SECRET

STRIPE_SECRET = "whsec_stand_in"
STRIPE, PORTONE = "/donate/webhooks/stripe/", "/donate/webhooks/portone/"
#: What the company keeps of each payment, in ten-thousandths.
FEES = {"stripe": 340, "portone": 290}
#: A signature is good for five minutes; a company signs anew when it sends again.
FRESH_SECONDS = 120


@dataclass
class Truth:
    """One gift at the company: what happened there is what must stand in our books."""

    code: str
    fund: str
    provider: str
    reference: str
    won: int
    state: str = "open"  # open, paid, failed
    refunded: int = 0
    dispute: str = ""
    receipt: bool = False

    @property
    def paid_won(self) -> int:
        return self.won if self.state == "paid" else 0

    @property
    def disputed(self) -> int:
        """PortOne tells of a dispute only where nothing of the payment went back."""
        if self.provider == "portone" and self.refunded:
            return 0
        return self.won - self.refunded if self.dispute in {"needs_response", "lost"} else 0

    @property
    def fee(self) -> int:
        return self.paid_won * FEES[self.provider] // 10_000

    @property
    def charge(self) -> tuple[str, int, int]:
        """State, refunded and disputed won of our row; a Stripe window stays open after a card that was refused."""
        refused = "failed" if self.provider == "portone" else "waiting"
        return {"open": "waiting", "failed": refused, "paid": "paid"}[self.state], self.refunded, self.disputed


@dataclass
class CallBack:
    """A genuine one, as it was caught."""

    path: str
    body: bytes
    headers: dict[str, str]
    caught: float = field(default_factory=time.monotonic)

    @property
    def provider(self) -> str:
        return "stripe" if self.path == STRIPE else "portone"

    @property
    def event(self) -> tuple[str, str]:
        name = json.loads(self.body)["id"] if self.path == STRIPE else self.headers["webhook-id"]
        return self.provider, str(name)

    def fresh(self) -> dict[str, str]:
        """Its signature, or a new one when that has grown old."""
        if time.monotonic() - self.caught < FRESH_SECONDS:
            return self.headers
        return signed(self.path, self.body, self.event[1])


def signed(path: str, body: bytes, name: str, *, ago: int = 0, guess: bool = False) -> dict[str, str]:
    """As the companies document it; `guess`: with a secret that is not theirs."""
    stamp = str(int(time.time()) - ago)
    if path == STRIPE:
        secret = "whsec_guess" if guess else STRIPE_SECRET
        found = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={stamp},v1={found}"}
    secret_bytes = b"guess" if guess else base64.b64decode(PORTONE_SECRET.removeprefix("whsec_"))
    code = base64.b64encode(hmac.digest(secret_bytes, f"{name}.{stamp}.".encode() + body, "sha256")).decode()
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": f"v1,{code}"}


def forged(dice: random.Random, one: CallBack, other: CallBack) -> tuple[str, bytes, dict[str, str]]:
    """Nothing of this may be believed: unsigned, guessed, changed, about another payment, old, or at the wrong door."""
    name = one.event[1]
    match dice.randrange(6):
        case 0:
            return one.path, one.body, {}
        case 1:
            return one.path, one.body, signed(one.path, one.body, name, guess=True)
        case 2:
            return one.path, one.body.replace(b'"data"', b'"data" ', 1), signed(one.path, one.body, name)
        case 3 if other.path == one.path and other.body != one.body:
            return one.path, other.body, signed(one.path, one.body, name)
        case 4:
            return one.path, one.body, signed(one.path, one.body, name, ago=900)
        case _:
            return (PORTONE if one.path == STRIPE else STRIPE), one.body, signed(one.path, one.body, name)


class Postbox:
    """Where the companies' call-backs arrive first."""

    def __init__(self) -> None:
        self.caught: list[CallBack] = []
        box = self

        class Slot(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                names = ("Stripe-Signature", "webhook-id", "webhook-timestamp", "webhook-signature")
                told = {name: self.headers[name] for name in names if self.headers[name]}
                box.caught.append(CallBack(self.path, body, told))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Slot)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def empty(self) -> list[CallBack]:
        found, self.caught = self.caught, []
        return found

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Shot:
    path: str
    body: bytes
    headers: dict[str, str]
    genuine: bool


class Post:
    """What is passed on, and when: late, many times over, in any order, and forged ones between."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.held = dice, list[tuple[int, CallBack]]()
        self.sent: list[CallBack] = []

    def take(self, caught: list[CallBack], now: int) -> None:
        self.held += [(now + self.dice.choice([0, 0, 0, 1, 2, 6]), one) for one in caught]

    def shots(self, count: int, now: int) -> Iterator[Shot]:
        due = [one for when, one in self.held if when <= now]
        self.held = [(when, one) for when, one in self.held if when > now]
        self.sent += due
        drawn = list(due)
        while self.sent and len(drawn) < count * 3 // 4:
            drawn.append(self.dice.choice(self.sent))
        shots = [Shot(one.path, one.body, one.fresh(), True) for one in drawn]
        known = self.sent or [one for _, one in self.held]
        while known and len(shots) < count:
            path, body, headers = forged(self.dice, self.dice.choice(known), self.dice.choice(known))
            shots.append(Shot(path, body, headers, False))
        self.dice.shuffle(shots)
        yield from shots
