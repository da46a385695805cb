"""My own part in access: who stands in, whom I declared as close; who takes part in a case, who is kept out."""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases.selectors import crossing
from cases.selectors.case_page import read_case
from cases.selectors.choices import inside
from cases.selectors.shared import shares_of
from cases.selectors.unsealing import open_wish, who_sees
from cases.selectors.work import person_of
from cases.services import earlier_notes, locks, protecting, sharing, unsealing
from cases.ui.access_pages import board
from cases.ui.access_words import notes_said
from cases.ui.case_frame import address, done, simple_form, taken
from cases.ui.forms_access import (
    AgainForm,
    CoverForm,
    DeclareForm,
    HomeForm,
    LockForm,
    OpenForm,
    ProtectForm,
    ShareForm,
)
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags import hope_formats as formats
from hopecare.kernel.web import HopeRequest, staff

audit.register_words(
    {
        "unseal_asked": gettext_lazy("asked to end a protection"),
        "unseal_agreed": gettext_lazy("agreed to end a protection"),
        "unseal_refused": gettext_lazy("left a protection as it is"),
        "unsealed": gettext_lazy("ended a protection"),
    }
)


@staff(Permission.CASE_LEAD)
def covers(request: HopeRequest) -> HttpResponseBase:
    """Absence with a start and an end: the colleague sees what I lead, from the first day to the last."""
    viewer = request.viewer
    people = crossing.colleagues_of(viewer)
    head = viewer.may(Permission.CASE_VIEW_ORGANISATION)
    absent = people if head else [user for user in people if user.pk == viewer.user_id]
    initial = {
        "absent": viewer.user_id,
        "starts_on": clock.today(),
        "ends_on": clock.add_working_days(clock.today(), 5),
    }
    form = CoverForm(request.POST or None, initial=initial, colleagues=people, absent=absent)
    if taken(request, form, lambda: sharing.stand_in(by=viewer, **form.cleaned_data)):
        return done(request, _("Arranged. It ends by itself."), reverse("covers"))
    rows = [_cover_entry(row, head or row.absent_id == viewer.user_id) for row in crossing.covers(viewer)]
    parts = [{"title": _("Now and to come"), "entries": rows, "empty": _("Nobody is away.")}]
    intro = _("Whoever stands in sees the cases that the other leads, and nothing after the last day.")
    context = {"title": _("Standing in"), "intro": intro, "parts": parts, "form": form}
    return board(request, {**context, "form_title": _("Arrange an absence"), "button": _("Arrange it")})


def _cover_entry(row: Any, may_end: bool) -> dict[str, Any]:
    until = _("%(first)s to %(last)s") % {
        "first": formats.day_short(row.starts_at),
        "last": formats.day_short(row.ends_at),
    }
    running = row.starts_at <= clock.now()
    entry = {
        "tag": _("now") if running else _("to come"),
        "tone": "acc" if running else "dim",
        "title": f"{row.absent.name} → {row.cover.name}",
        "note": until,
        "words": row.reason,
    }
    if may_end:
        entry |= {"button": _("Back earlier"), "post": reverse("cover_end", args=[row.pk])}
    return entry


@staff(Permission.CASE_LEAD)
@require_POST
def cover_end(request: HopeRequest, cover_id: int) -> HttpResponseBase:
    sharing.end_cover(by=request.viewer, cover_id=cover_id)
    return done(request, _("The standing in has ended."), reverse("covers"))


@staff(Permission.CASE_VIEW)
def close_people(request: HopeRequest) -> HttpResponseBase:
    """People close to me: their cases lock themselves, and nobody learns whether there is one (D6)."""
    viewer, towns = request.viewer, crossing.towns()
    at_home = "home" in request.POST
    home = HomeForm(request.POST if at_home else None, towns=towns, auto_id="home_%s")
    form = DeclareForm(request.POST if request.method == "POST" and not at_home else None)
    if at_home and taken(request, home, lambda: locks.declare_home(by=viewer, **home.cleaned_data)):
        return done(request, _("Written down."), reverse("close_people"))
    if not at_home and taken(request, form, lambda: locks.declare(by=viewer, **form.cleaned_data)):
        said = _("Thank you. Should there be a case, it is locked for you from now on.")
        return done(request, said, reverse("close_people"))
    rows = [
        {"tag": row.get_relation_display(), "tone": "dim", "title": row.name, "at": row.declared_at}
        for row in crossing.declared(viewer)
    ]
    parts = [{"title": _("Declared"), "entries": rows, "empty": _("You declared nobody yet.")}]
    intro = _("Only you see this page. It protects you and them: nobody helps, or looks up, their own family.")
    context = {"title": _("People close to me"), "intro": intro, "parts": parts, "form": form, "second": home}
    context |= {"form_title": _("Declare somebody"), "button": _("Declare"), "second_button": _("Save")}
    return board(request, {**context, "second_title": _("Where I live"), "second_name": "home"})


@staff(Permission.CASE_LEAD)
def share(request: HopeRequest, number: str) -> HttpResponseBase:
    """Another organisation takes part in this case; how much it sees is the agreement's level and the consent's."""
    case = read_case(request.viewer, number)
    where = address(case, "case_team")
    form = ShareForm(request.POST or None, houses=crossing.partners_for(case.provider_id))
    if request.method == "POST" and "end" in request.POST:
        gone = next((row for row in shares_of(request.viewer, case.pk) if str(row.pk) == request.POST["end"]), None)
        if gone is not None:
            sharing.end_share(by=request.viewer, number=number, organisation=gone.organisation)
        return done(request, _("The organisation no longer takes part."), where)
    if request.method == "POST" and "notes" in request.POST:
        earlier, told = request.POST["notes"] == "all", request.POST.get("share")
        one = next((row for row in shares_of(request.viewer, case.pk) if str(row.pk) == told), None)
        if one is not None:
            earlier_notes.for_house(by=request.viewer, number=number, organisation=one.organisation, earlier=earlier)
        return done(request, notes_said(earlier), where)
    if taken(request, form, lambda: sharing.invite(by=request.viewer, number=number, **form.cleaned_data)):
        return done(request, _("The organisation takes part now, as far as the agreement allows."), where)
    intro = _("It sees what your agreement allows: nothing but that a case exists, until both have signed for more.")
    title, button = _("Let an organisation take part"), _("Let it take part")
    return simple_form(request, case, form, title=title, button=button, intro=intro, back=where)


@staff(Permission.CASE_LEAD)
def lock(request: HopeRequest, number: str) -> HttpResponseBase:
    """A conflict of interest keeps one colleague out of this one case."""
    case = read_case(request.viewer, number)
    where = address(case, "case_team")
    people = [user for user in inside(case) if user.pk not in {request.viewer.user_id, case.lead_id}]
    form = LockForm(request.POST or None, colleagues=people)
    if taken(request, form, lambda: locks.lock_out(by=request.viewer, number=number, **form.cleaned_data)):
        return done(request, _("The case is locked for this colleague."), where)
    intro = _("Whatever team or grant would let them in: this case is not there for them.")
    title, button = _("Keep a colleague out"), _("Lock it")
    return simple_form(request, case, form, title=title, button=button, intro=intro, back=where)


@staff(Permission.PERSON_SEAL)
def let_in(request: HopeRequest, number: str, lock_id: int) -> HttpResponseBase:
    """The conflict of interest is over: somebody else than the colleague says why."""
    case = read_case(request.viewer, number)
    row = next((one for one in crossing.locks_of(request.viewer, case.pk) if one.pk == lock_id), None)
    if row is None or row.user_id == request.viewer.user_id:
        raise errors.NotFound("lock", str(lock_id))
    where = address(case, "case_team")
    form = AgainForm(request.POST or None)
    if taken(request, form, lambda: locks.release(by=request.viewer, number=number, lock_id=lock_id,
                                                  **form.cleaned_data)):  # fmt: skip
        return done(request, _("The case is open for this colleague again."), where)
    title = _("Let %(name)s in again") % {"name": row.user.name}
    return simple_form(request, case, form, title=title, button=_("Open it again"), back=where)


@staff(Permission.PERSON_SEAL)
def protect(request: HopeRequest, number: str, person_id: int) -> HttpResponseBase:
    """Somebody is sought by another: the lead and one deputy see them from now on, and nobody else (D5)."""
    viewer = request.viewer
    case = read_case(viewer, number)
    person = person_of(viewer, case, person_id)
    people = [user for user in inside(case) if user.pk != case.lead_id]
    form = ProtectForm(request.POST or None, colleagues=people, initial={"deputy": viewer.user_id})

    def write() -> None:
        protecting.protect(by=viewer, number=number, person_id=person_id, **form.cleaned_data)

    if taken(request, form, write):
        sees = viewer.user_id in {case.lead_id, form.cleaned_data["deputy"].pk}
        return done(request, _("Protected from now on."), address(case) if sees else reverse("case_list"))
    intro = _("Name, address and all that is written are then seen by %(name)s and one deputy alone.") % {
        "name": case.lead.name
    }
    more = _("Lists, search, prints, imports and messages leave them out, and whoever tries is told to the lead.")
    title, back = _("Protect %(name)s") % {"name": person.name}, address(case, "case_person_line", person_id=person.pk)
    return simple_form(request, case, form, title=title, button=_("Protect"), intro=f"{intro} {more}", back=back,
                       risk=True)  # fmt: skip


@staff(Permission.CASE_VIEW)
def unprotect(request: HopeRequest, number: str, person_id: int) -> HttpResponseBase:
    """Nobody seeks them any more: one of the two says why, the other one agrees, and only then it opens (D5)."""
    viewer = request.viewer
    case = read_case(viewer, number)
    person = person_of(viewer, case, person_id)
    if not person.sealed or viewer.user_id not in who_sees(person):
        raise errors.NotFound("person", str(person_id))
    back = address(case, "case_person_line", person_id=person.pk)
    wish = open_wish(viewer, person)
    which: dict[str, Any] = {"number": number, "person_id": person_id}
    title = _("End the protection of %(name)s") % {"name": person.name}
    opens = _("If the second one agrees, the team sees them again, with all that was written meanwhile.")
    if wish is None:
        form = AgainForm(request.POST or None)
        if taken(request, form, lambda: unsealing.ask(by=viewer, **which, **form.cleaned_data)):
            return done(request, _("Asked. Until the other one agrees, everything stays closed."), back)
        intro = f"{_('You see them and one other person.')} {opens}"
        return simple_form(request, case, form, title=title, button=_("Ask the other one"), intro=intro, back=back,
                           risk=True)  # fmt: skip
    own = wish.asked_by_id == viewer.user_id
    answered = OpenForm(request.POST or None, own=own)
    if taken(request, answered, lambda: unsealing.answer(by=viewer, **which, agrees=answered.agrees())):
        said = _("The protection has ended.") if answered.agrees() else _("It stays protected.")
        return done(request, said, back)
    who = {"name": wish.asked_by.name, "day": formats.day(wish.asked_at), "reason": wish.reason}
    intro = _("%(name)s asked on %(day)s: “%(reason)s”") % who
    more = _("Waits for the second person.") if own else opens
    return simple_form(request, case, answered, title=title, button=_("Answer"), intro=f"{intro} {more}", back=back,
                       risk=not own)  # fmt: skip
