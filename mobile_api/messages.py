"""What was written to whoever holds this telephone: texts to a number, notices to a member of staff."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from hopecare.messaging import selectors
from hopecare.messaging.selectors import Written
from mobile_api.account_schemas import MessagesTold
from mobile_api.answers import private
from mobile_api.keys import NEEDED, own, worker
from mobile_api.schemas import Problem
from mobile_api.services import PURPOSE

router = Router(auth=NEEDED)
ERRORS_OF_READING = frozenset({400, 401, 404, 405, 422, 429, 503})
After = Annotated[str, Query(pattern=r"^[0-9]{0,15}$", description="what the page before told as `next`")]


@router.get(
    "", response={200: MessagesTold, ERRORS_OF_READING: Problem}, operation_id="list_messages", summary="What came"
)
def list_messages(request: HttpRequest, after: After = "") -> HttpResponse:
    """Newest first, fifty at a time. To a number: the texts of the last fortnight that left, codes for signing in left
    out. To staff: their notices and those of their teams, `link` leading to the page they are about."""
    device, before = own(request), int(after or 0)
    if device.user_id is None:
        found = selectors.written_to(device.phone, before=before, without=(PURPOSE,))
    else:
        with acting_as(worker(request)) as by:
            found = selectors.told_to(by, before=before)
    items = [_told(row) for row in found[: selectors.PAGE]]
    return private({"items": items, "next": str(items[-1]["id"]) if len(found) > selectors.PAGE else None})


def _told(row: Written) -> dict[str, object]:
    at = row.at.astimezone(clock.SEOUL).isoformat(timespec="seconds")
    return {"id": row.id, "at": at, "words": row.words, "link": row.link, "read": row.read}
