"""`…/people/<id>/same/`: is this the same person as another record? Merge, four eyes, and take apart (D6)."""

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.models import Case
from cases.selectors.case_page import read_case
from cases.selectors.likeness import Asked, alike
from cases.selectors.same_person import merges_of, records_of
from cases.selectors.work import person_of
from cases.services import merging
from cases.ui.case_frame import address, done, frame
from cases.ui.forms_intake import UndoForm
from cases.ui.intake_words import reason_words, twin_rows
from hopecare.kernel import errors, phones
from hopecare.kernel.models import Person
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_OPEN)
def same(request: HopeRequest, number: str, person_id: int) -> HttpResponse:
    case = read_case(request.viewer, number)
    return _page(request, case, person_of(request.viewer, case, person_id))


def _page(request: HopeRequest, case: Case, person: Person, problem: str = "", status: int = 200) -> HttpResponse:
    viewer = request.viewer
    phone = phones.shown(person.phone) if person.phone else ""
    born = None if person.birth_year_only else person.birth_date
    year = person.birth_date.year if person.birth_date else None
    likes = alike(viewer, Asked(person.name, born, year, phone), besides=person.pk)
    found = merges_of(viewer, person)
    merges = [
        {
            "merge": merge,
            "other": merge.merged if merge.kept_id == person.pk else merge.kept,
            "kept_here": merge.kept_id == person.pk,
            "why": ", ".join(reason_words(reason) for reason in merge.reasons),
            "mine": merge.by_id == viewer.user_id,
        }
        for merge in found
    ]
    merged = {one for row in found if row.undone_at is None for one in (row.kept_id, row.merged_id)}
    context = {
        **frame(case, _("The same person?")),
        "person": person,
        "twins": [row for row in twin_rows(likes) if row["person"].pk not in merged],
        "elsewhere": likes.elsewhere,
        "merges": merges,
        "waits": records_of(viewer, person).waits,
        "undo": UndoForm(),
        "problem": problem,
    }
    return render(request, "cases/case/same.html", context, status=status)


def _change(request: HopeRequest, number: str, person_id: int, said: str, act: Callable[[], None]) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    person = person_of(request.viewer, case, person_id)
    try:
        act()
    except errors.Impossible as refusal:
        return _page(request, case, person, str(refusal.problems[0].words), status=422)
    return done(request, said, address(case, "case_same", person_id=person_id))


@staff(Permission.CASE_OPEN)
@require_POST
def merge(request: HopeRequest, number: str, person_id: int) -> HttpResponseBase:
    """This record stays; the other one points to it."""
    other = request.POST.get("other", "")
    reasons = [reason for reason in request.POST.get("reasons", "").split(",") if reason][:9]
    if not (other.isdecimal() and len(other) < 18):
        raise errors.NotFound("person", other)

    def act() -> None:
        merging.merge(by=request.viewer, kept_id=person_id, merged_id=int(other), reasons=reasons)

    said = _("Merged. Until a second person confirms, answers and notes stay apart.")
    return _change(request, number, person_id, said, act)


@staff(Permission.CASE_OPEN)
@require_POST
def confirm(request: HopeRequest, number: str, person_id: int, merge_id: int) -> HttpResponseBase:
    def act() -> None:
        merging.confirm(by=request.viewer, merge_id=merge_id)

    return _change(request, number, person_id, _("Confirmed by two."), act)


@staff(Permission.CASE_OPEN)
@require_POST
def undo(request: HopeRequest, number: str, person_id: int, merge_id: int) -> HttpResponseBase:
    words = request.POST.get("words", "")

    def act() -> None:
        merging.undo(by=request.viewer, merge_id=merge_id, words=words)

    return _change(request, number, person_id, _("They are two again; the history stays."), act)
