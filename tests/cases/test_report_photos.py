"""Photos: judged by content, drawn anew without what the camera wrote, kept while the form is corrected."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from cases.models import ReportPhoto
from cases.rules import triage as rules
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Document
from hopecare.kernel.services import documents
from tests.cases.report_kit import ACCUSING, picture, reports, send, upload
from tests.cast import Actor
from tests.database import as_owner

As = Callable[..., Client]
TRACE = b"the-camera-of-somebody"


def with_metadata() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = TRACE.decode()
    exif[0x8825] = {1: "N", 2: (37.0, 39.0, 0.0)}
    return picture(exif=exif, comment=TRACE)


def png_bomb(side: int = 30_000) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.django_db
def test_a_photo_travels_with_the_report_and_the_team_sees_it(hana: Actor, chi: Actor, as_: As) -> None:
    assert send(as_(), photos=[upload(with_metadata()), upload(picture((70, 90), "PNG"))]).status_code == 302
    with acting_as(hana.viewer):
        rows = list(visible_to(hana.viewer, ReportPhoto).select_related("document"))
        assert len(rows) == 2 and visible_to(hana.viewer, Document).count() == 2
    with acting_as(chi.viewer):
        assert not visible_to(chi.viewer, Document).exists()
    for row in rows:
        content = documents.content_of(row.document)
        assert TRACE not in content and not Image.open(io.BytesIO(content)).getexif()
        assert content not in documents.path_of(row.document.sha256).read_bytes()  # encrypted on the disk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GIF89a<script>alert(1)</script>", "사진으로 열 수 없습니다"),
        (b"%PDF-1.7 nothing of a photo", "사진으로 열 수 없습니다"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "사진으로 열 수 없습니다"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "HEIC"),
        (picture()[:200], "사진으로 열 수 없습니다"),
        (png_bomb(), "너무 큰 그림이라"),
        (picture() + bytes(10 * 1024 * 1024 + 1), "10 MB보다"),
        (b"", "빈 파일"),
    ],
)
def test_what_is_no_photo_is_refused_with_words_and_nothing_is_lost(
    content: bytes, words: str, city: Any, as_: As
) -> None:
    answer = send(as_(), photos=[upload(content)])
    page = answer.content.decode()
    if not content:  # browsers send an empty part when nothing was chosen
        assert answer.status_code in {302, 422}
        return
    assert answer.status_code == 422 and not reports()
    assert words in page and "마석 장터 뒤 파란 대문 2층" in page


@pytest.mark.django_db
def test_a_polyglot_loses_its_other_half(city: Any, as_: As) -> None:
    assert (
        send(as_(), photos=[upload(picture() + b"<script>alert(1)</script><?php system('id') ?>")]).status_code == 302
    )
    with as_owner():
        document = Document.objects.get()
    assert b"script" not in documents.content_of(document) and document.content_type == "image/jpeg"


@pytest.mark.django_db
def test_a_photo_need_not_be_chosen_again(city: Any, as_: As) -> None:
    refused = send(as_(), words=ACCUSING, photos=[upload(picture())])
    page = refused.content.decode()
    token = page.split('name="kept" value="')[1].split('"')[0]
    assert send(as_(), kept=[token]).status_code == 302
    with as_owner():
        assert ReportPhoto.objects.count() == 1


@pytest.mark.django_db
def test_a_forged_or_gone_photo_is_told(city: Any, as_: As) -> None:
    draft = documents.keep_photo(io.BytesIO(picture((33, 44))), 1000)
    (Path(settings.HOPECARE_HOME) / "files" / "drafts" / draft.sha256).unlink()
    for token in ("../../etc/passwd", draft.token):
        answer = send(as_(), kept=[token])
        assert answer.status_code == 422 and "다시 골라 주세요" in answer.content.decode()


@pytest.mark.django_db
def test_five_photos_and_no_more(city: Any, as_: As) -> None:
    six = [upload(picture((50 + number, 60))) for number in range(6)]
    answer = send(as_(), photos=six)
    page = answer.content.decode()
    assert answer.status_code == 422 and "사진은 5장까지예요" in page and page.count('name="kept"') == 5


def test_a_huge_jpeg_is_decoded_small() -> None:
    content = documents.cleaned(picture((6000, 5000)))
    assert max(Image.open(io.BytesIO(content)).size) <= documents.LONGEST_SIDE


def test_a_draft_that_is_gone_cannot_be_adopted() -> None:
    with pytest.raises(errors.Impossible):
        documents.adopt(documents.Draft("0" * 64, "image/jpeg", 1), scope_keys=[1])


def drawn(change: Callable[[Image.Image], Image.Image] = lambda image: image, quality: int = 90) -> bytes:
    """A door between two walls, as another telephone may have taken it."""
    image = Image.effect_noise((800, 600), 12).convert("RGB")
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 40, 330, 560), fill=(40, 70, 160))
    pen.ellipse((430, 90, 760, 380), fill=(230, 215, 170))
    pen.polygon([(400, 600), (800, 600), (800, 420)], fill=(20, 20, 20))
    target = io.BytesIO()
    change(image).save(target, "JPEG", quality=quality)
    return documents.cleaned(target.getvalue())


@pytest.mark.rule("D3")
def test_a_photo_looks_alike_when_another_telephone_took_it() -> None:
    look = documents.look_of(drawn())
    assert look is not None and -(2**63) <= look < 2**63
    smaller = documents.look_of(drawn(lambda image: image.resize((480, 360)), 45))
    lighter = documents.look_of(drawn(lambda image: ImageEnhance.Brightness(image).enhance(1.25)))
    mirrored = documents.look_of(drawn(ImageOps.mirror))
    assert smaller is not None and lighter is not None and mirrored is not None
    assert rules.photos_alike([look], [smaller]) and rules.photos_alike([look], [lighter])
    assert not rules.photos_alike([look], [mirrored])
    assert documents.look_of(drawn(lambda image: Image.new("RGB", image.size, "black"))) is None


@pytest.mark.django_db
@pytest.mark.rule("D2", "D3")
def test_what_a_photo_looks_like_is_known_from_upload_on_and_told_to_nobody(city: Any, as_: As) -> None:
    photo = drawn()
    answer = send(as_(), photos=[SimpleUploadedFile("door.jpg", photo, "image/jpeg")])
    again = send(as_(), about="self", photos=[SimpleUploadedFile("again.jpg", drawn(quality=60), "image/jpeg")])
    with as_owner():
        looks = list(ReportPhoto.objects.order_by("pk").values_list("look", flat=True))
    assert len(looks) == 2 and rules.photos_alike(looks[:1], looks[1:])
    assert answer.status_code == again.status_code == 302
    assert [report.joined_to_id for report in reports()] == [None, None]
