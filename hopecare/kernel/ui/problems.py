"""Error pages. Missing and forbidden are one page with the same words; each says whom to call."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/500.html", status=500)


def database_down(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/503.html", status=503)


def too_many(request: HttpRequest, retry_after: int) -> HttpResponse:
    response = render(request, "errors/429.html", {"retry_after": retry_after}, status=429)
    response["Retry-After"] = str(retry_after)
    return response
