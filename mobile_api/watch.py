"""One's own watch on the telephone (a proven number does what it may do by text), and signed events of devices."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.security import APIKeyHeader

from cases.selectors.own_watch import OwnWatch, told_to
from cases.selectors.senders import Sender, signed_by
from cases.services import own_watch, signals
from cases.services.signals import Reported
from cases.states import WatchState
from hopecare.kernel import clock, errors
from hopecare.kernel.web import source_address
from mobile_api import limits
from mobile_api.answers import private, uuid_of
from mobile_api.keys import NEEDED, own
from mobile_api.schemas import Problem
from mobile_api.watch_schemas import OwnWord, Signal, SignalTaken, WatchesTold

ERRORS_OF_READING = frozenset({401, 405, 429, 503})
ERRORS_OF_TELLING = ERRORS_OF_READING | {400, 404, 413, 415, 422}


class Signed(APIKeyHeader):
    """`code=<sender>,t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over "t.body" with the secret shared with the operator;
    at most five minutes old."""

    param_name = "Hope-Care-Signature"

    def authenticate(self, request: HttpRequest, key: str | None) -> Sender:
        sender = signed_by(key or "", request.body)
        if sender is None:
            raise errors.Unauthenticated
        limits.demand(request, "signal", settings.DEVICE_RATE, client=sender.code)
        return sender


router, devices = Router(auth=NEEDED), Router(auth=Signed())


@router.get(
    "",
    response={200: WatchesTold, ERRORS_OF_READING: Problem},
    operation_id="list_watches",
    summary="Whether somebody asks how I am",
)
def list_watches(request: HttpRequest) -> HttpResponse:
    """Under this number, for whoever chose text messages or the button; nobody else's."""
    return _all(request)


@router.post(
    "/words",
    response={200: WatchesTold, ERRORS_OF_TELLING: Problem},
    operation_id="tell_watch",
    summary="I am well, ring me, away, back, stop",
)
def tell_watch(request: HttpRequest, word: OwnWord) -> HttpResponse:
    """Counts at once and asks nobody. May be sent again."""
    own_watch.by_phone(
        phone=own(request).phone,
        watch=uuid_of(word.watch),
        what=word.what,
        days=word.days or 0,
        source_address=source_address(request),
    )
    return _all(request)


@devices.post(
    "",
    response={202: SignalTaken, ERRORS_OF_TELLING | {409}: Problem},
    operation_id="send_signal",
    summary="A registered device reports",
)
def send_signal(request: HttpRequest, signal: Signal) -> HttpResponse:
    """Nothing tells who lives there, and the answer does not tell what came of it. 404 for a device that nobody has any
    more: please stop reporting it. The same id again changes nothing."""
    sender: Sender = request.auth  # type: ignore[attr-defined]
    told = Reported(signal.id, signal.device, signal.kind, signal.hours, signal.at)
    outcome = signals.take_in(sender=sender, told=told, body=signal.model_dump_json())
    return private({"taken": True, "again": outcome == "again"}, status=202)


def _all(request: HttpRequest) -> HttpResponse:
    return private({"items": [_told(found) for found in told_to(own(request).phone)]})


def _told(found: OwnWatch) -> dict[str, Any]:
    watch, away = found.watch, found.away
    is_away = away is not None and away.starts_at <= clock.now()
    return {
        "id": str(watch.uuid),
        "standing": "rests" if watch.state == WatchState.PAUSED else "away" if is_away else "on",
        "asked": found.asked_words,
        "answering": found.answering,
        "waiting": found.asked is not None,
        "away_until": away.ends_at.astimezone(clock.SEOUL).isoformat(timespec="seconds") if away and is_away else None,
        "last_sign_at": watch.last_sign_at.astimezone(clock.SEOUL).isoformat(timespec="seconds")
        if watch.last_sign_at
        else None,
    }
