"""Signing in by telephone: a code by text message, then keys that change with every use.

A refresh token is good until its successor is shown for the first time, so that an answer lost on its way locks nobody
out. From then on it is replaced; whoever shows a replaced one is not alone with it, and the whole family ends.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare

from hopecare.kernel import audit, clock, codes, crypto, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to
from hopecare.kernel.models import Device, DeviceEnd, DeviceKey, KeyState, SignInCode

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
#: Codes one number may be sent: (how many, within).
CODE_RATES = ((1, timedelta(seconds=30)), (5, timedelta(hours=1)), (10, timedelta(days=1)))
ACCESS_LIFE = timedelta(minutes=10)
#: A telephone that was not used for so long signs in anew.
REFRESH_LIFE = timedelta(days=60)
MOST_DEVICES = 10
#: A code at the desk is typed at once; the second factor behind it holds for a week on the telephone.
STAFF_CODE_LIFE, STAFF_LIFE = timedelta(minutes=5), timedelta(days=7)
_SALT = "hopecare.device.access"
_PURPOSE = "sign-in-code"
_ACCOUNT = "device-account"


@dataclass(frozen=True)
class Tokens:
    """What a telephone gets. `access` opens for `expires_in` seconds, `refresh` gets the next pair."""

    device: Device
    access: str
    refresh: str
    expires_in: int


def ask_code(*, by: Viewer, phone: str) -> tuple[str, SignInCode]:
    """A fresh code for a number in E.164, to be sent by the caller in the same transaction; earlier ones end.

    Raises TooMany when this number was sent too many. Whether anybody knows the number makes no difference.
    """
    now, hashes = clock.now(), phones.candidates(phone)
    with acting_as(by):
        known = visible_to(by, SignInCode).filter(phone_hash__in=hashes)
        for most, within in CODE_RATES:
            recent = known.filter(asked_at__gt=now - within).order_by("-asked_at")[:most]
            if len(recent) == most:
                raise errors.TooMany(int((recent[most - 1].asked_at + within - now).total_seconds()) + 1)
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        known.filter(used_at=None, until__gt=now).update(until=now)
        row = SignInCode.objects.create(
            phone_hash=phones.hashed(phone),
            digest=crypto.keyed_hash(code, purpose=_PURPOSE),
            asked_at=now,
            until=now + CODE_LIFE,
        )
        audit.changed(by, "sign_in_code", [row.pk], "code_asked")
    return code, row


def sign_in(*, by: Viewer, phone: str, code: str, name: str = "", language: str = "ko") -> Tokens:
    """A code that was read from the telephone makes it a device of this number.

    Raises Unauthenticated in the same way for a wrong, an old, a used and a never asked code; each try counts.
    """
    with acting_as(by):
        tokens = _let_in(by, phone, name, language) if _code_holds(by, phone, code) else None
    if tokens is None:
        raise errors.Unauthenticated
    return tokens


def proves(*, by: Viewer, phone: str, code: str) -> bool:
    """Whether this code was read from that telephone, which signs in nowhere; each try counts."""
    with acting_as(by):
        return _code_holds(by, phone, code)


def staff_owner(user_id: int) -> str:
    """What stands for a number on the telephones of a member of staff."""
    return f"staff:{user_id}"


def staff_code(*, by: Viewer) -> str:
    """A code for the telephone of whoever looks, who has passed the second factor; the one before ends.

    Shown once: 60 random bits and a check sign, so that nobody guesses it in its five minutes.
    """
    if by.user_id is None:
        raise errors.Forbidden("an account")
    now, code, owner = clock.now(), codes.new_code(), staff_owner(by.user_id)
    keeper = system(Principal.DEVICES, source_address=by.source_address)
    with acting_as(keeper):
        rows = visible_to(keeper, SignInCode).filter(user_id=by.user_id, used_at=None, until__gt=now)
        rows.update(until=now)
        row = SignInCode.objects.create(
            phone_hash=phones.hashed(owner),
            user_id=by.user_id,
            digest=crypto.keyed_hash(code, purpose=_PURPOSE),
            asked_at=now,
            until=now + STAFF_CODE_LIFE,
        )
        audit.changed(replace(keeper, name=by.name, user_id=by.user_id), "sign_in_code", [row.pk], "code_asked")
    return codes.shown(code)


def sign_in_staff(*, by: Viewer, code: str, name: str = "", language: str = "ko") -> Tokens:
    """A code read off the desk makes the telephone a device of that account. Raises Unauthenticated alike for all."""
    read = codes.read(code)
    with acting_as(by):
        tokens = _staff_let_in(by, read, name, language) if read else None
    if tokens is None:
        raise errors.Unauthenticated
    return tokens


def _staff_let_in(by: Viewer, code: str, name: str, language: str) -> Tokens | None:
    digests = crypto.hash_candidates(code, purpose=_PURPOSE)
    rows = visible_to(by, SignInCode).filter(digest__in=digests, user__isnull=False, used_at=None)
    row = rows.filter(until__gt=clock.now()).select_for_update().first()
    if row is None or row.user_id is None:
        return None
    row.used_at = clock.now()
    row.save(update_fields=["used_at"])
    return _let_in(by, staff_owner(row.user_id), name, language, user_id=row.user_id)


def _code_holds(by: Viewer, phone: str, code: str) -> bool:
    now = clock.now()
    rows = visible_to(by, SignInCode).filter(phone_hash__in=phones.candidates(phone), used_at=None, until__gt=now)
    row = rows.select_for_update().order_by("-asked_at").first()
    if row is None or row.tries >= CODE_TRIES:
        return False
    row.tries += 1
    candidates = crypto.hash_candidates(code, purpose=_PURPOSE)
    holds = any(constant_time_compare(row.digest, candidate) for candidate in candidates)
    if holds:
        row.used_at = now
    row.save(update_fields=["tries", "used_at"])
    return holds


def _let_in(by: Viewer, phone: str, name: str, language: str, user_id: int | None = None) -> Tokens:
    device = Device.objects.create(
        phone=phone,
        phone_hash=phones.hashed(phone),
        user_id=user_id,
        name=name,
        language=language,
        signed_in_at=clock.now(),
    )
    others = _open(by, phone).exclude(pk=device.pk).order_by("-seen_on", "-pk")
    for old in others[MOST_DEVICES - 1 :]:
        _end(by, old, DeviceEnd.UNUSED)
    audit.changed(by, "device", [device.pk], "device_signed_in")
    return _tokens(device, _new_key(device, KeyState.CURRENT))


def refresh(*, by: Viewer, token: str) -> Tokens:
    """The next pair for a refresh token. Raises Unauthenticated; a replaced token ends its whole family first."""
    with acting_as(by):
        tokens = _exchanged(by, token)
    if tokens is None:
        raise errors.Unauthenticated
    return tokens


def _exchanged(by: Viewer, token: str) -> Tokens | None:
    found = visible_to(by, DeviceKey).filter(digest=_digest(token)).values_list("device_id", flat=True).first()
    if found is None:
        return None
    device = visible_to(by, Device).select_for_update().get(pk=found)
    key = visible_to(by, DeviceKey).get(digest=_digest(token))  # read again: the row of the device is locked now
    if device.ended_at is not None:
        return None
    if key.state == KeyState.REPLACED:
        _end(by, device, DeviceEnd.STOLEN)
        return None
    lapsed = device.user_id is not None and clock.now() - device.signed_in_at > STAFF_LIFE
    if lapsed or clock.today() - device.seen_on > REFRESH_LIFE:
        _end(by, device, DeviceEnd.UNUSED)
        return None
    keys = visible_to(by, DeviceKey).filter(device=device)
    if key.state == KeyState.WAITING:
        keys.filter(state=KeyState.CURRENT).update(state=KeyState.REPLACED)
        keys.filter(pk=key.pk).update(state=KeyState.CURRENT)
    else:
        keys.filter(state=KeyState.WAITING).update(state=KeyState.REPLACED)
    if device.seen_on != clock.today():
        device.seen_on = clock.today()
        device.save(update_fields=["seen_on"])
    return _tokens(device, _new_key(device, KeyState.WAITING))


def account_of(device: Device) -> str:
    """Stands for the number, or the member of staff, on the telephone itself: the same at each sign-in
    until the keys are rotated; a telephone whose own key is renewed then takes the new one over."""
    return crypto.keyed_hash(device.phone, purpose=_ACCOUNT)


def device_of(access: str) -> Device:
    """The telephone behind an access token, as it stands now. Raises Unauthenticated."""
    try:
        uuid, until = signing.Signer(salt=_SALT).unsign_object(access)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise errors.Unauthenticated from error
    device = None
    if clock.now().timestamp() < until:
        by = _as(uuid)
        with acting_as(by):
            device = visible_to(by, Device).filter(uuid=uuid, ended_at=None).first()
    if device is None:
        raise errors.Unauthenticated
    return device


def devices_of(*, by: Viewer, phone: str) -> list[Device]:
    """The telephones signed in with this number, the one used last first."""
    with acting_as(by):
        return list(_open(by, phone).order_by("-seen_on", "-pk"))


def open_ids(numbers: Iterable[str]) -> dict[str, list[int]]:
    """Number in E.164 → the ids of the telephones that are signed in with it now."""
    known = {hashed: number for number in set(numbers) for hashed in phones.candidates(number)}
    found: dict[str, list[int]] = {}
    by = system(Principal.DEVICES)
    with acting_as(by):
        rows = visible_to(by, Device).filter(_lives(), phone_hash__in=known, ended_at=None).order_by("pk")
        for pk, phone_hash in rows.values_list("pk", "phone_hash"):
            found.setdefault(known[phone_hash], []).append(pk)
    return found


def staff_ids(ids: Iterable[int]) -> dict[int, int]:
    """Of these telephones those of staff that are signed in now → the account of each."""
    by = system(Principal.DEVICES)
    with acting_as(by):
        rows = visible_to(by, Device).filter(_lives(), pk__in=list(ids), ended_at=None, user__isnull=False)
        return {pk: user for pk, user in rows.values_list("pk", "user_id") if user is not None}


def _lives() -> Q:
    """A week after the second factor a telephone of staff is told nothing more, whether or not it has asked since."""
    return Q(user=None) | Q(signed_in_at__gte=clock.now() - STAFF_LIFE)


def rename(*, by: Viewer, phone: str, uuid: str, name: str, version: int) -> Device:
    """Call one's own telephone by another name. Raises NotFound, or Stale when it was changed since `version`."""
    with acting_as(by):
        device = _own(by, phone, uuid)
        if device.version != version:
            raise errors.Stale(device.version)
        device.name, device.version = name, device.version + 1
        device.save(update_fields=["name", "version"])
        audit.changed(by, "device", [device.pk], "device_named")
    return device


def revoke(*, by: Viewer, phone: str, uuid: str, own: str) -> None:
    """End a telephone of one's own number at once; `own` is the one that asks. Raises NotFound."""
    with acting_as(by):
        device = _own(by, phone, uuid)
        _end(by, device, DeviceEnd.SIGNED_OUT if str(device.uuid) == own else DeviceEnd.REVOKED)


def _own(by: Viewer, phone: str, uuid: str) -> Device:
    device = _open(by, phone).select_for_update().filter(uuid=uuid).first()
    if device is None:
        raise errors.NotFound
    return device


def _open(by: Viewer, phone: str) -> QuerySet[Device]:
    return visible_to(by, Device).filter(phone_hash__in=phones.candidates(phone), ended_at=None)


def _as(uuid: str) -> Viewer:
    return system(Principal.DEVICES, subject=uuid)


def _end(by: Viewer, device: Device, why: DeviceEnd) -> None:
    device.ended_at, device.ended_why = clock.now(), why
    device.save(update_fields=["ended_at", "ended_why"])
    audit.changed(by, "device", [device.pk], "device_ended", why=why.value)


def _new_key(device: Device, state: KeyState) -> str:
    token = secrets.token_urlsafe(32)
    DeviceKey.objects.create(device=device, digest=_digest(token), state=state, issued_at=clock.now())
    return token


def _tokens(device: Device, refresh_token: str) -> Tokens:
    until = int((clock.now() + ACCESS_LIFE).timestamp())
    access = signing.Signer(salt=_SALT).sign_object([str(device.uuid), until])
    return Tokens(device, access, refresh_token, int(ACCESS_LIFE.total_seconds()))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
