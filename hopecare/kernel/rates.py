"""How often one address may knock. Counted in this process: no network, nothing stored, nothing to fail.

Several processes each allow the full rate, so that a limit is a fence against floods and never an exact quota.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

from hopecare.kernel import clock
from hopecare.kernel.errors import TooMany

WINDOW_SECONDS = 60
MOST_KEYS = 50_000

_counts: OrderedDict[tuple[str, str], tuple[int, int, int]] = OrderedDict()  # (minute, this minute, the one before)
_lock = Lock()


@dataclass(frozen=True)
class Standing:
    """How much of a rate is left: `limit` a minute, `left` of them now, anew in `reset` seconds at the latest."""

    name: str
    limit: int
    left: int
    reset: int


def client_of(request: HttpRequest) -> str:
    """The address a rate is counted against: behind a trusted proxy the last one it added; of IPv6 the /64."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.headers.get("X-Forwarded-For", address).rsplit(",", 1)[-1].strip()
    return ":".join(address.split(":")[:4]) if ":" in address else address


def demand(name: str, client: str, per_minute: int) -> Standing | None:
    """Count one knock; raises TooMany when the last sixty seconds (two weighed minutes) held more than `per_minute`.

    0 = unlimited, and nothing to tell.
    """
    if per_minute <= 0:
        return None
    minute, second = divmod(int(clock.now().timestamp()), WINDOW_SECONDS)
    with _lock:
        known, here, before = _counts.pop((name, client), (minute, 0, 0))
        if known != minute:
            here, before = 0, here if known == minute - 1 else 0
        weighed = here + before * (WINDOW_SECONDS - second) / WINDOW_SECONDS
        refused = weighed >= per_minute
        _counts[(name, client)] = (minute, here if refused else here + 1, before)
        if len(_counts) > MOST_KEYS:
            _counts.popitem(last=False)
    if refused:
        raise TooMany(WINDOW_SECONDS - second)
    return Standing(name, per_minute, max(0, int(per_minute - weighed - 1)), WINDOW_SECONDS - second)


def forget() -> None:
    """Start counting anew, as each test does."""
    with _lock:
        _counts.clear()
