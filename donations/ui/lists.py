"""Lists that come as files: brought, looked at, taken or thrown away. Companies' and platforms' pages share it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from donations.selectors import export
from donations.ui.forms import place_problems
from donations.ui.private import private
from hopecare.kernel import errors
from hopecare.kernel.errors import Problem
from hopecare.kernel.web import HopeRequest

MOST_BYTES = 5 * 1024 * 1024


@contextmanager
def kept(upload: UploadedFile | None) -> Iterator[Path | None]:
    """The uploaded list as a file while it is read, None without one; raises Impossible above 5 MB."""
    if upload is None:
        yield None
        return
    if (upload.size or 0) > MOST_BYTES:
        raise errors.Impossible(Problem("large", _("At most 5 MB, please."), "file"))
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def bring_page(
    request: HopeRequest,
    form: forms.Form,
    template: str,
    bring: Callable[[dict[str, Any], Path | None], HttpResponseBase],
) -> HttpResponseBase:
    """The form with its file; `bring` reads it and answers with the page of the list."""
    if request.method == "POST" and form.is_valid():
        try:
            with kept(form.cleaned_data.get("file")) as path:
                return bring(form.cleaned_data, path)
        except errors.Impossible as error:
            place_problems(form, error.problems)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form}, status=status)


def list_page(
    request: HopeRequest, template: str, context: dict[str, Any], do: Callable[[], str], to: str, **kwargs: Any
) -> HttpResponseBase:
    """One list; a POST does what its button says and comes back here, or says what was wrong."""
    problems: list[Any] = []
    if request.method == "POST":
        try:
            messages.success(request, do())
            answer: HttpResponseBase = redirect(to, **kwargs)
            return answer
        except errors.Impossible as error:
            problems = [problem.words for problem in error.problems]
    status = 422 if problems else 200
    return private(render(request, template, {**context, "problems": problems}, status=status))


def empty_list(rows: list[Any], name: str) -> HttpResponse:
    """An empty list with the right headings and one example."""
    answer = HttpResponse("".join(export.csv_of(rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
