"""Rates over the API: counted by address or by telephone, and told in the headers of every answer they concern.

`RateLimit-Policy: "report";q=20;w=60` names the rate, `RateLimit: "report";r=19;t=42` what is left of it (draft
"RateLimit header fields for HTTP"); an unlimited rate has no headers.
"""

from django.http import HttpRequest, HttpResponseBase

from hopecare.kernel import rates
from hopecare.kernel.errors import TooMany
from hopecare.kernel.rates import Standing

_PLACE = "hopecare_standing"


def demand(request: HttpRequest, name: str, per_minute: int, *, client: str = "") -> None:
    """Count one knock of `client`, by default of the address. Raises TooMany."""
    try:
        standing = rates.demand(name, client or rates.client_of(request), per_minute)
    except TooMany as error:
        setattr(request, _PLACE, Standing(name, per_minute, 0, error.retry_after))
        raise
    if standing is not None:
        setattr(request, _PLACE, standing)


def tell(request: HttpRequest, response: HttpResponseBase) -> None:
    standing: Standing | None = getattr(request, _PLACE, None)
    if standing is not None:
        response["RateLimit-Policy"] = f'"{standing.name}";q={standing.limit};w={rates.WINDOW_SECONDS}'
        response["RateLimit"] = f'"{standing.name}";r={standing.left};t={standing.reset}'
