"""How private answers are written, and how names in addresses are read."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from hopecare.kernel import errors


def private(body: dict[str, Any], status: int = 200) -> HttpResponse:
    """JSON that no cache keeps."""
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type="application/json", headers={"Cache-Control": "no-store"})


def uuid_of(text: str) -> UUID:
    """Raises NotFound, as a wrong id answers exactly like a missing one."""
    try:
        return UUID(text)
    except ValueError as error:
        raise errors.NotFound from error
