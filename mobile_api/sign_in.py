"""Telephones: a code by text message, keys that change, the list of one's own telephones and how to end one."""

import re
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Header, Router

from cases.selectors import reporters
from hopecare.kernel import errors, phones
from hopecare.kernel.models import Device
from hopecare.kernel.services import devices
from hopecare.kernel.services.devices import CODE_LIFE, CODE_RATES, Tokens
from hopecare.messaging.services import pushes
from mobile_api import limits, services
from mobile_api.account_schemas import (
    CodeSent,
    DevicesTold,
    DeviceTold,
    Me,
    NewCode,
    NewName,
    Refresh,
    SignIn,
    StaffSignIn,
    TokensTold,
)
from mobile_api.answers import private, uuid_of
from mobile_api.keys import NEEDED, keeper, own, worker
from mobile_api.problems import Unconditional
from mobile_api.schemas import Problem

router, me = Router(), Router(auth=NEEDED)
ERRORS_OF_ASKING = frozenset({400, 405, 413, 415, 422, 429, 503})
ERRORS_OF_COMING_IN = ERRORS_OF_ASKING | {401}
ERRORS_OF_READING = frozenset({401, 405, 429, 503})
ERRORS_OF_ENDING = ERRORS_OF_READING | {404}
ERRORS_OF_NAMING = ERRORS_OF_ENDING | {400, 412, 413, 415, 422, 428}
_VERSION = re.compile(r'^"v?(\d{1,9})"$')


@router.post(
    "/codes", response={202: CodeSent, ERRORS_OF_ASKING: Problem}, operation_id="ask_code", summary="Ask for a code"
)
def ask_code(request: HttpRequest, new: NewCode) -> HttpResponse:
    """Sends six digits by text message. The answer is the same whether anybody here knows the number or not."""
    limits.demand(request, "sign-in", settings.SIGN_IN_RATE)
    services.send_code(by=keeper(request), phone=_number(new.phone), language=new.language)
    body = {
        "expires_in": int(CODE_LIFE.total_seconds()),
        "again_after": int(CODE_RATES[0][1].total_seconds()),
    }
    return private(body, status=202)


@router.post(
    "/devices",
    response={201: TokensTold, ERRORS_OF_COMING_IN: Problem},
    operation_id="sign_in",
    summary="Sign in with a code",
)
def sign_in(request: HttpRequest, new: SignIn) -> HttpResponse:
    """A code works once, for ten minutes and five tries; every refusal reads alike."""
    limits.demand(request, "sign-in", settings.SIGN_IN_RATE)
    tokens = devices.sign_in(
        by=keeper(request), phone=_number(new.phone), code=new.code, name=new.name, language=new.language
    )
    return _tokens(tokens, status=201)


@router.post(
    "/staff-devices",
    response={201: TokensTold, ERRORS_OF_COMING_IN: Problem},
    operation_id="sign_in_staff",
    summary="Sign in with a code of one's desk",
)
def sign_in_staff(request: HttpRequest, new: StaffSignIn) -> HttpResponse:
    """Staff read the code off /account/telephones/, behind their second factor. It works once, for five minutes; the
    telephone holds for a week and then asks for another."""
    limits.demand(request, "sign-in", settings.SIGN_IN_RATE)
    tokens = devices.sign_in_staff(by=keeper(request), code=new.code, name=new.name, language=new.language)
    return _tokens(tokens, status=201)


@router.post(
    "/tokens",
    response={200: TokensTold, ERRORS_OF_COMING_IN: Problem},
    operation_id="refresh",
    summary="The next pair of keys",
)
def refresh(request: HttpRequest, old: Refresh) -> HttpResponse:
    """When the answer was lost, show the same token again. A token whose successor has been shown is stolen goods:
    every key of the telephone ends."""
    limits.demand(request, "sign-in", settings.SIGN_IN_RATE)
    return _tokens(devices.refresh(by=keeper(request), token=old.refresh_token))


@me.get("", response={200: Me, ERRORS_OF_READING: Problem}, operation_id="read_me", summary="Who is signed in")
def read_me(request: HttpRequest) -> HttpResponse:
    """The number, mostly hidden, this telephone, and as what its owner reports on their rounds, or works."""
    device = own(request)
    if device.user_id is not None:
        by = worker(request)
        staff = {"name": by.name, "organisation": by.organisation_name, "role": by.role_name}
        return private({"phone": "", "device": _told(device, device), "reporter": None, "staff": staff})
    known = reporters.reporter_of(device.phone)
    reporter = {"kind": known.kind, "name": known.name, "body": known.body} if known else None
    told = _told(device, device)
    return private({"phone": _hidden(device.phone), "device": told, "reporter": reporter, "staff": None})


@me.get(
    "/devices",
    response={200: DevicesTold, ERRORS_OF_READING: Problem},
    operation_id="list_devices",
    summary="Telephones of this number",
)
def list_devices(request: HttpRequest) -> HttpResponse:
    """At most ten; the one used last comes first."""
    mine = own(request)
    found = devices.devices_of(by=keeper(request), phone=mine.phone)
    return private({"items": [_told(device, mine) for device in found]})


@me.get(
    "/devices/{device}",
    response={200: DeviceTold, ERRORS_OF_ENDING: Problem},
    operation_id="read_device",
    summary="One telephone",
)
def read_device(request: HttpRequest, device: str) -> HttpResponse:
    """With the ETag that an edit asks for."""
    mine = own(request)
    for found in devices.devices_of(by=keeper(request), phone=mine.phone):
        if str(found.uuid) == device:
            return _one(found, mine)
    raise errors.NotFound


@me.patch(
    "/devices/{device}",
    response={200: DeviceTold, ERRORS_OF_NAMING: Problem},
    operation_id="rename_device",
    summary="Call a telephone by a name",
)
def rename_device(
    request: HttpRequest,
    device: str,
    new: NewName,
    if_match: Annotated[str | None, Header(alias="If-Match", description="the ETag of the telephone")] = None,
) -> HttpResponse:
    """Needs If-Match, so that two edits never overwrite one another unseen."""
    mine = own(request)
    version = _VERSION.match(if_match or "")
    if not if_match:
        raise Unconditional
    number = int(version[1]) if version else 0
    named = devices.rename(
        by=keeper(request), phone=mine.phone, uuid=str(uuid_of(device)), name=new.name, version=number
    )
    return _one(named, mine)


@me.delete(
    "/devices/{device}",
    response={204: None, ERRORS_OF_ENDING: Problem},
    operation_id="end_device",
    summary="Sign a telephone out",
)
def end_device(request: HttpRequest, device: str) -> HttpResponse:
    """Its keys stop working at once, and no push goes there. With the id of this telephone: sign out."""
    mine, uuid = own(request), str(uuid_of(device))
    ending = [one for one in devices.devices_of(by=keeper(request), phone=mine.phone) if str(one.uuid) == uuid]
    devices.revoke(by=keeper(request), phone=mine.phone, uuid=uuid, own=str(mine.uuid))
    for one in ending:
        pushes.unsubscribe(device=one)
    return HttpResponse(status=204)


def _number(text: str) -> str:
    try:
        return phones.normal(text)
    except phones.BadPhone as error:
        raise errors.Impossible(errors.bad_phone("/phone")) from error


def _hidden(phone: str) -> str:
    return re.sub(r"\d(?=(?:\D*\d){4})", "*", phones.shown(phone))


def _told(device: Device, own: Device) -> dict[str, Any]:
    return {
        "id": str(device.uuid),
        "name": device.name,
        "signed_in_at": device.signed_in_at.isoformat(timespec="seconds"),
        "seen_on": str(device.seen_on),
        "this": device.pk == own.pk,
    }


def _one(device: Device, own: Device) -> HttpResponse:
    response = private(_told(device, own))
    response["ETag"] = f'"{device.version}"'
    return response


def _tokens(tokens: Tokens, status: int = 200) -> HttpResponse:
    body = {
        "device": str(tokens.device.uuid),
        "access_token": tokens.access,
        "refresh_token": tokens.refresh,
        "expires_in": tokens.expires_in,
        "account": devices.account_of(tokens.device),
    }
    return private(body, status=status)
