"""What a citizen does with the report page, in a few words."""

import io
import re
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from cases.models import Report
from hopecare.kernel import clock, codes
from tests.database import as_owner

TYPED = {
    "about": "neighbour",
    "once": "a-page-that-was-opened-once",
    "town": "hwado",
    "directions": "마석 장터 뒤 파란 대문 2층",
    "seen": ["lives_alone", "skips_meals"],
    "words": "사흘째 불이 안 켜졌다가 오늘 켜졌어요. 많이 야위셨어요.",
    "urgency": "soon",
    "phone": "",
}
ACCUSING = "일하면서 수급비를 받는 부정수급이에요"


def seoul(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=clock.SEOUL)


def send(client: Client, **changes: Any) -> HttpResponse:
    """Fay's form, changed; returns the answer to the post."""
    return client.post("/report/", {**TYPED, **changes})  # type: ignore[return-value]


def reports() -> list[Report]:
    """All reports, as the owner sees them."""
    with as_owner():
        return list(Report.objects.select_related("town", "team", "provider").order_by("pk"))


def code_of(response: HttpResponse) -> str:
    """The shown code in the address a report was sent on to."""
    found = re.search(r"/report/([0-9A-Z-]+)/thanks/", response["Location"])
    assert found is not None
    return found[1]


def report_of(response: HttpResponse) -> Report:
    code = codes.read(code_of(response))
    return next(report for report in reports() if report.code == code)


def picture(size: tuple[int, int] = (80, 60), kind: str = "JPEG", **options: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "olive").save(target, kind, **options)
    return target.getvalue()


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")
