"""Shapes of signing in, of a telephone's own things, and of photos in parts."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field

from mobile_api.schemas import Language, Strict


def example(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": values})


Phone = Annotated[str, Field(min_length=8, max_length=30, description="in any usual writing")]


class NewCode(Strict):
    model_config = example(phone="010-0000-0042", language="ko")
    phone: Phone
    language: Language = "ko"


class CodeSent(Schema):
    """The same whoever owns the number. `expires_in` and `again_after` in seconds."""

    expires_in: int
    again_after: int


class SignIn(Strict):
    model_config = example(phone="010-0000-0042", code="123456", name="내 휴대폰", language="ko")
    phone: Phone
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    name: Annotated[str, Field(max_length=60, description="what the telephone is called in the list")] = ""
    language: Language = "ko"


class StaffSignIn(Strict):
    model_config = example(code="7K2M-4Q9P-X3A5C", name="업무 휴대폰", language="ko")
    code: Annotated[str, Field(min_length=13, max_length=40, description="as shown at /account/telephones/")]
    name: Annotated[str, Field(max_length=60, description="what the telephone is called in the list")] = ""
    language: Language = "ko"


class StaffTold(Schema):
    """For whom its owner acts, by today's affiliation; empty when there is none any more."""

    name: str
    organisation: str
    role: str


class Refresh(Strict):
    model_config = example(refresh_token="f3Yq0m5uVwq2J8sKxT1bZ4nD7pLhR9cA")
    refresh_token: Annotated[str, Field(min_length=20, max_length=200)]


class TokensTold(Schema):
    """Show `access_token` as `Authorization: Bearer …` for `expires_in` seconds; keep `refresh_token` safe: each is
    good until its successor is shown, and showing it later ends every key of the telephone. `account`: the same for
    each telephone of this number, so that what one person left unsent is never sent as another."""

    device: str
    access_token: str
    refresh_token: str
    expires_in: int
    account: str


class DeviceTold(Schema):
    id: str
    name: str
    signed_in_at: str
    seen_on: str
    this: bool


class DevicesTold(Schema):
    items: list[DeviceTold]


class NewName(Strict):
    model_config = example(name="회사 휴대폰")
    name: Annotated[str, Field(max_length=60)]


class ReporterTold(Schema):
    """A registered reporter: `kind` as in the law's list, `body` for whom they make their rounds."""

    kind: str
    name: str
    body: str


class Me(Schema):
    """`phone`: all but its last four digits hidden, as somebody may look over a shoulder; empty for staff. `reporter`:
    null for everybody who is not registered. `staff`: null for everybody else."""

    phone: str
    device: DeviceTold
    reporter: ReporterTold | None
    staff: StaffTold | None


class NewUpload(Strict):
    model_config = example(size=734003)
    size: Annotated[int, Field(ge=1, strict=True, description="bytes of the whole photo (JPEG, PNG or WebP)")]


class UploadTold(Schema):
    """Go on at `offset`, with at most `part_bytes` at once; `done`: name the id in a report's `photos`."""

    id: str
    size: int
    offset: int
    part_bytes: int
    done: bool


class SubscriptionKeys(Strict):
    """base64url: the telephone's public key (65 bytes) and the secret it shares with us (16 bytes)."""

    p256dh: Annotated[str, Field(max_length=120)]
    auth: Annotated[str, Field(max_length=40)]


class Subscription(Strict):
    model_config = example(
        endpoint="https://updates.push.services.mozilla.com/wpush/v2/gAAAAABm",
        keys={
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
    )
    endpoint: Annotated[str, Field(max_length=1000, description="an address of the browser's push service")]
    keys: SubscriptionKeys


class PushTold(Schema):
    """`on`: questions, or a member of staff's notices, come here as push. `public_key`: ours, base64url."""

    on: bool
    public_key: str


class MessageTold(Schema):
    """`link`: a page of the desk, for staff alone. `read`: always true for a text."""

    id: int
    at: str
    words: str
    link: str
    read: bool


class MessagesTold(Schema):
    items: list[MessageTold]
    next: str | None
