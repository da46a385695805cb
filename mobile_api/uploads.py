"""Photos in parts: begun, added to from where the last part ended, and named in a report."""

import json
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Header, Router

from hopecare.kernel.services import uploads
from hopecare.kernel.services.uploads import PART_BYTES, Upload
from mobile_api import limits
from mobile_api.account_schemas import NewUpload, UploadTold
from mobile_api.schemas import Problem

router = Router()
ERRORS_OF_BEGINNING = frozenset({400, 405, 413, 415, 422, 429, 503})
ERRORS_OF_READING = frozenset({404, 405, 429, 503})
ERRORS_OF_ADDING = frozenset({404, 405, 409, 413, 415, 422, 429, 503})


@router.post(
    "", response={201: UploadTold, ERRORS_OF_BEGINNING: Problem}, operation_id="begin_upload", summary="Begin a photo"
)
def begin_upload(request: HttpRequest, new: NewUpload) -> HttpResponse:
    """Gives the id under which parts are sent. Nobody can read a photo back, with the id or without."""
    limits.demand(request, "report", settings.PUBLIC_FORM_RATE)
    return _told(uploads.begin(size=new.size), status=201)


@router.get(
    "/{upload}",
    response={200: UploadTold, ERRORS_OF_READING: Problem},
    operation_id="read_upload",
    summary="Where to go on",
)
def read_upload(request: HttpRequest, upload: str) -> HttpResponse:
    """After a lost answer: `offset` is what has arrived."""
    limits.demand(request, "upload", settings.UPLOAD_RATE)
    return _told(uploads.read(upload))


@router.patch(
    "/{upload}",
    response={200: UploadTold, ERRORS_OF_ADDING: Problem},
    operation_id="add_part",
    summary="Send one part",
)
def add_part(
    request: HttpRequest,
    upload: str,
    upload_offset: Annotated[
        int, Header(alias="Upload-Offset", ge=0, description="where this part begins: what has arrived so far")
    ],
) -> HttpResponse:
    """The body is the bytes as they are (application/octet-stream). A part that begins elsewhere is refused with 409
    and the right Upload-Offset. The last part makes the photo whole: it is drawn anew, without what the camera wrote
    into it; what is no photo is forgotten."""
    limits.demand(request, "upload", settings.UPLOAD_RATE)
    return _told(uploads.add(upload, offset=upload_offset, part=request.body))


def _told(upload: Upload, status: int = 200) -> HttpResponse:
    body = {
        "id": upload.id,
        "size": upload.size,
        "offset": upload.offset,
        "part_bytes": PART_BYTES,
        "done": upload.done,
    }
    headers = {"Cache-Control": "no-store", "Upload-Offset": str(upload.offset)}
    return HttpResponse(json.dumps(body), status=status, content_type="application/json", headers=headers)
