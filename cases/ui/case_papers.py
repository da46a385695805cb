"""`/desk/cases/<number>/papers/`: consents, diagnoses and leases, with the day until which they hold."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import PaperKind
from cases.rules.papers import SECTIONS, runs_out
from cases.selectors.case_page import read_case
from cases.selectors.choices import people_of
from cases.selectors.papers import file_of, page_of, pages_shown, paper_of, papers_of, picture_of
from cases.services import papers as services
from cases.ui.case_frame import address, done, frame, simple_form, taken
from cases.ui.forms_case import DayField, OnceForm, PickField, add_problems, words_field
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import documents, pdfs
from hopecare.kernel.web import HopeRequest, staff

audit.register_words(
    {
        "paper": gettext_lazy("looked at a paper"),
        "paper_kept": gettext_lazy("kept a paper"),
        "paper_ended": gettext_lazy("ended a paper"),
    }
)


class PaperForm(OnceForm):
    picture = forms.FileField(
        label=gettext_lazy("Picture or PDF of the paper"),
        required=False,
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or PDF, up to 10 MB. A photo is drawn anew, without its place and time."
        ),
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), widget=forms.RadioSelect)
    title = forms.CharField(label=gettext_lazy("In short"), max_length=80, required=False)
    person = PickField(
        label=gettext_lazy("Whose"),
        required=False,
        empty=gettext_lazy("the whole household's"),
        label_of=lambda row: row.name,
    )
    expires_on = DayField(label=gettext_lazy("Valid until"), required=False)

    def __init__(self, *args: Any, people: Iterable[Any], kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["person"].offer(people)
        fields["kind"].choices = kinds


class ReasonForm(forms.Form):
    reason = words_field(gettext_lazy("What the file is needed for"), required=True, rows=2, most=200)


def _held(upload: Any) -> dict[str, Any]:
    """What was chosen, judged by its content: a photo, a PDF with its first page, or nothing."""
    if not upload:
        return {"picture": None}
    if pdfs.is_pdf(upload):
        paper = pdfs.keep_pdf(upload, upload.size or 0, field="picture")
        return {"picture": paper.picture, "original": paper.file, "pages": paper.pages}
    return {"picture": documents.keep_photo(upload, upload.size or 0, field="picture")}


@staff(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HopeRequest, number: str) -> HttpResponseBase:
    """What is kept and until when it holds; beside it, one more."""
    viewer, case = request.viewer, read_case(request.viewer, number)
    opened = {*viewer.sections, *(SECTIONS.values() if case.pk in viewer.reach.led else ())}
    kinds = [(code, words) for code, words in PaperKind.choices if SECTIONS.get(code, "") in {"", *opened}]
    form = PaperForm(request.POST or None, request.FILES or None, people=people_of(viewer, case), kinds=kinds)

    def keep() -> None:
        data = form.cleaned_data
        held = _held(data.pop("picture"))
        services.keep(by=viewer, number=number, kept=services.Kept(**held, **data))

    if taken(request, form, keep):
        return done(request, _("The paper is kept."), address(case, "case_papers"))
    today = clock.today()
    rows = [{"row": row, "ends": runs_out(row.expires_on, today)} for row in papers_of(viewer, case)]
    may = viewer.may(Permission.CASE_ASSESS) and case.is_open
    context = {**frame(case, _("Papers")), "rows": rows, "form": form, "may": may}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "cases/papers/list.html", context, status=status)


@staff(Permission.CASE_VIEW)
@require_safe
def picture(request: HopeRequest, number: str, paper_id: int) -> HttpResponseBase:
    """The picture itself: checked, logged, never cached, no script, no guessable address of a file."""
    document = picture_of(request.viewer, number, paper_id)
    return _inline(documents.content_of(document), document.content_type)


def _inline(content: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@staff(Permission.CASE_VIEW)
@require_safe
def pages(request: HopeRequest, number: str, paper_id: int, page: int) -> HttpResponseBase:
    """One page of a PDF, with the way to its neighbours; only this one is drawn, and only when it is looked at."""
    case, row = read_case(request.viewer, number), paper_of(request.viewer, number, paper_id)
    shown = pages_shown(row)
    if row.original is None or not 1 <= page <= shown:
        raise errors.NotFound("case", number)
    here = {"row": row, "page": page, "shown": range(1, shown + 1), "more": row.pages - shown}
    around = {"before": page - 1, "after": page + 1 if page < shown else 0}
    return render(request, "cases/papers/page.html", {**frame(case, row.title), **here, **around})


@staff(Permission.CASE_VIEW)
@require_safe
def page_picture(request: HopeRequest, number: str, paper_id: int, page: int) -> HttpResponseBase:
    """A page behind the first, drawn now by a process of its own: checked and logged like the first."""
    drawn = pdfs.drawn_page(documents.content_of(page_of(request.viewer, number, paper_id, page)), page)
    if not drawn:
        raise errors.NotFound("case", number)
    return _inline(drawn, "image/jpeg")


@staff(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HopeRequest, number: str, paper_id: int) -> HttpResponseBase:
    """The PDF as it came: first the reason, then a download that no browser opens inside our pages."""
    case = read_case(request.viewer, number)
    row = paper_of(request.viewer, number, paper_id)
    if row.original is None:
        raise errors.NotFound("case", number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = file_of(request.viewer, number, paper_id, reason=form.cleaned_data["reason"])
        except errors.Impossible as refusal:
            add_problems(form, refusal)
        else:
            response = HttpResponse(documents.content_of(found), content_type=found.content_type)
            response["Cache-Control"] = "private, no-store"
            response["Content-Disposition"] = f'attachment; filename="{case.number}-{row.pk}.pdf"'
            response["Content-Security-Policy"] = "default-src 'none'; sandbox"
            return response
    intro = _("The reason stands in the log, beside what you took along.")
    title, back = f"{row.title} · PDF", address(case, "case_papers")
    return simple_form(request, case, form, title=title, button=_("Fetch the file"), intro=intro, back=back)


@staff(Permission.CASE_ASSESS)
@require_POST
def end(request: HopeRequest, number: str, paper_id: int) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    services.end(by=request.viewer, number=number, paper_id=paper_id)
    return done(request, _("It has left the list."), address(case, "case_papers"))
