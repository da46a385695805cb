"""The data charter: what is kept about people, from the very file the program obeys."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hopecare.kernel.web import HopeRequest, public
from hopecare.privacy import selectors


@public()
@require_safe
def charter(request: HopeRequest) -> HttpResponseBase:
    """How personal data are treated, in plain words."""
    return render(request, "privacy/charter.html", {"groups": selectors.charter()})
