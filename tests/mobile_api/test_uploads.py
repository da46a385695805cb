"""Photos in parts: a weak signal costs a part, never the photo; what is no photo is refused whatever it says it is."""

import io
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from cases.models import ReportPhoto
from cases.rules.reports import PHOTOS_LIMIT
from hopecare.kernel.services import documents, uploads
from mobile_api.schemas import MOST_PHOTOS
from tests.database import as_owner
from tests.mobile_api.phone_kit import call
from tests.mobile_api.test_reports_api import BODY, assert_problem, new_key, post

As = Callable[..., Client]
pytestmark = pytest.mark.django_db


def picture(size: tuple[int, int] = (400, 300), kind: str = "JPEG") -> bytes:
    target = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(target, kind)
    return target.getvalue()


def send(client: Client, content: bytes, part: int = 20_000) -> Any:
    """The whole upload; returns the answer to the last part."""
    number = call(client, "POST", "/uploads", {"size": len(content)}).json()["id"]  # type: ignore[attr-defined]
    answer = None
    for start in range(0, len(content), part):
        answer = call(client, "PATCH", f"/uploads/{number}", content[start : start + part], Upload_Offset=str(start))
    return answer


def test_a_photo_comes_in_parts_and_stands_on_the_report(city: Any, as_: As) -> None:
    answer = send(as_(), picture()).json()
    assert answer["done"] and answer["offset"] == answer["size"]
    key = new_key()
    assert post(as_(), key, photos=[answer["id"]]).status_code == 201
    assert post(as_(), key, photos=[answer["id"]])["Idempotent-Replayed"] == "true"
    with as_owner():
        document = ReportPhoto.objects.get().document
    assert documents.content_of(document)[:2] == b"\xff\xd8"


def test_after_a_lost_answer_it_goes_on_where_it_was(city: Any, as_: As) -> None:
    content = picture()
    path = f"/uploads/{call(as_(), 'POST', '/uploads', {'size': len(content)}).json()['id']}"  # type: ignore[attr-defined]
    call(as_(), "PATCH", path, content[:1000], Upload_Offset="0")
    again = call(as_(), "PATCH", path, content[:1000], Upload_Offset="0")
    assert_problem(again, 409)
    assert again["Upload-Offset"] == "1000" == call(as_(), "GET", path)["Upload-Offset"]
    assert call(as_(), "PATCH", path, content[1000:], Upload_Offset="1000").json()["done"]  # type: ignore[attr-defined]


def test_a_replay_is_answered_long_after_the_draft_is_gone(city: Any, as_: As) -> None:
    number, key = send(as_(), picture()).json()["id"], new_key()
    first = post(as_(), key, photos=[number])
    never_sent = send(as_(), picture((300, 400))).json()["id"]
    for gone in (number, never_sent):
        documents._draft_path(uploads.draft(gone).sha256).unlink()
    assert post(as_(), key, photos=[number]).content == first.content
    refused = assert_problem(post(as_(), new_key(), photos=[never_sent]), 422)
    assert refused["errors"][0]["code"] == "photo_gone"


def test_parts_wait_unreadable_and_nobody_reads_a_photo_back(city: Any, as_: As) -> None:
    content = b"\xff\xd8" + b"a face, in clear" * 100
    number = call(as_(), "POST", "/uploads", {"size": 9000}).json()["id"]  # type: ignore[attr-defined]
    call(as_(), "PATCH", f"/uploads/{number}", content, Upload_Offset="0")
    files = [path for path in (uploads._folder(number)).iterdir() if path.is_file()]
    assert len(files) == 2 and not any(b"a face" in path.read_bytes() for path in files)
    assert number not in str(files) and b"a face" not in call(as_(), "GET", f"/uploads/{number}").content


def test_polyglots_lose_everything_but_the_picture(city: Any, as_: As) -> None:
    hostile = picture() + b"<script>alert(1)</script>PK\x03\x04<?php system('id') ?>"
    draft = uploads.draft(send(as_(), hostile).json()["id"])
    kept = uploads.decrypt_bytes(documents._draft_path(draft.sha256).read_bytes())
    assert b"script" not in kept and b"php" not in kept and b"PK\x03\x04" not in kept


def bomb() -> bytes:
    target = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(target, "PNG")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"GIF89a" + b"\0" * 900, "photo_unreadable"),
        (b"<svg onload='alert(1)'/>" * 30, "photo_unreadable"),
        (picture()[:900], "photo_unreadable"),
        (bomb(), "photo_too_many_points"),
    ],
    ids=["gif", "svg", "cut", "bomb"],
)
def test_what_is_no_photo_is_refused_and_forgotten(content: bytes, code: str, city: Any, as_: As) -> None:
    answer = send(as_(), content, part=500_000)
    assert assert_problem(answer, 422)["errors"][0]["code"] == code
    assert not [path for path in uploads._folder("").parent.glob("*/0*") if path.stat().st_size == len(content) + 31]


def test_sizes_are_bounded_before_anything_is_read(city: Any, as_: As) -> None:
    body = assert_problem(call(as_(), "POST", "/uploads", {"size": settings.UPLOAD_LIMIT_BYTES + 1}), 422)
    assert body["errors"][0]["pointer"] == "/size"
    path = f"/uploads/{call(as_(), 'POST', '/uploads', {'size': 100}).json()['id']}"  # type: ignore[attr-defined]
    assert_problem(call(as_(), "PATCH", path, b"a" * 101, Upload_Offset="0"), 422)
    assert_problem(call(as_(), "PATCH", path, b"a" * (uploads.PART_BYTES + 1), Upload_Offset="0"), 413)
    assert_problem(call(as_(), "PATCH", path, {"bytes": "abc"}, Upload_Offset="0"), 415)


def test_unknown_unfinished_and_too_many_photos_do_not_fit(city: Any, as_: As) -> None:
    unfinished = call(as_(), "POST", "/uploads", {"size": 100}).json()["id"]  # type: ignore[attr-defined]
    for number in (unfinished, secrets.token_urlsafe(24), "../../keys/data.json"):
        assert assert_problem(post(as_(), photos=[number]), 422)["errors"][0]["pointer"] == "/photos"
    assert_problem(call(as_(), "GET", "/uploads/nobody"), 404)
    assert_problem(post(as_(), photos=[unfinished] * (PHOTOS_LIMIT + 1)), 422)
    assert MOST_PHOTOS == PHOTOS_LIMIT and BODY["photos"] == []
