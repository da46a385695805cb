"""`…/people/`: people, home and contact of a case, and a form for each thing that changes (D4, D5, D6)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.models import Case
from cases.rules import details as rules
from cases.selectors import details as selectors
from cases.selectors.case_page import Member, read_case
from cases.selectors.crossing import towns as every_town
from cases.selectors.likeness import Asked, alike
from cases.selectors.work import person_of
from cases.services import details as services
from cases.ui import case_words as words
from cases.ui.case_frame import address, done, frame, simple_form, taken
from cases.ui.detail_words import change_row, coverage_words, forbidden_words, label, value
from cases.ui.forms_details import CameForm, CorrectForm, CoverageForm, HomeForm, LeftForm, ReachForm, SeenForm
from hopecare.kernel import clock, phones
from hopecare.kernel.access import check
from hopecare.kernel.models import Person, Town
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags import hope_formats as formats
from hopecare.kernel.web import HopeRequest, staff


def _case(request: HopeRequest, number: str) -> Case:
    """For whoever may write in the case and read both sections; a page that is missing for everybody else."""
    check(request.viewer, Permission.SECTION_IDENTITY)
    check(request.viewer, Permission.SECTION_HOUSEHOLD)
    return read_case(request.viewer, number)


def _person_row(case: Case, member: Member, found: selectors.Details) -> dict[str, Any]:
    person = member.person
    contact = found.contacts.get(person.pk)
    return {
        "person": person,
        "main": person.pk == case.main_person_id,
        "relation": words.relation_words(member.relation),
        "age": formats.age(person.age),
        "phone": phones.shown(person.phone) if person.phone else "",
        "reached": member.is_adult or person.pk == case.main_person_id,
        "safe": words.safe_contact_words(contact),
        "strict": words.is_strict(contact),
        "apart": not member.lives_here,
        "state": words.state_words(person),
    }


@staff(Permission.CASE_ASSESS)
def people(request: HopeRequest, number: str) -> HttpResponse:
    """What is known today with a way to change each of it, what was known before, and who changed what."""
    case = _case(request, number)
    found = selectors.details_of(request.viewer, case)
    towns = {town.code: town for town in every_town()}
    here = towns[case.town.code]
    context = {
        **frame(case, _("People, home and contact")),
        "people": [_person_row(case, member, found) for member in found.members],
        "left": found.left,
        "addresses": found.addresses,
        "coverages": [{"row": row, "words": coverage_words(row.coverage_class)} for row in found.coverages],
        "changes": [change_row(change, towns) for change in found.changes],
        "other_zone": case.is_open and case.team.zone_id and here.zone_id != case.team.zone_id,
        "zone": here.zone,
        "may_lead": request.viewer.may(Permission.CASE_LEAD),
    }
    return render(request, "cases/case/details.html", context)


def _guarded(form: SeenForm, overtaken: list[dict[str, str]], change: Callable[[], Any]) -> Callable[[], None]:
    """Where somebody was faster: theirs beside each field, and what was typed here stays."""

    def act() -> None:
        try:
            change()
        except services.Overtaken as refusal:
            towns = {town.code: town for town in every_town()}
            overtaken.extend(
                {"label": label(name), "value": value(name, stands, towns), "by": refusal.by}
                for name, stands in refusal.values.items()
            )
            form.refresh(refusal.now)
            raise

    return act


@staff(Permission.CASE_ASSESS)
def contact(request: HopeRequest, number: str, person_id: int) -> HttpResponseBase:
    """How one adult may be reached; it holds for the next text (D4)."""
    case = _case(request, number)
    person = person_of(request.viewer, case, person_id)
    counts = selectors.counting(request.viewer, person) or person
    now = selectors.contact_now(request.viewer, counts)
    form = ReachForm(request.POST or None, now=now)
    overtaken: list[dict[str, str]] = []

    def write() -> None:
        services.change_contact(by=request.viewer, number=number, person_id=person_id, sent=form.sent())

    if taken(request, form, _guarded(form, overtaken, write)):
        return done(request, _("Written down. It holds from the next text on."), address(case, "case_people"))
    title = f"{person.name} · {_('How to reach this person')}"
    intro = _("Ask alone, and never by a number that somebody else reads.")
    limits = selectors.elsewhere(request.viewer, person)
    strict = forbidden_words(limits, rules.looser(now, limits))
    if strict:
        intro = f"{intro} {_('Whatever is ticked here, this holds: %(rules)s.') % {'rules': ', '.join(strict)}}"
    return _form(request, case, form, title=title, intro=intro, overtaken=overtaken)


@staff(Permission.CASE_ASSESS)
def correct(request: HopeRequest, number: str, person_id: int) -> HttpResponseBase:
    case = _case(request, number)
    person = person_of(request.viewer, case, person_id)
    form = CorrectForm(request.POST or None, now=selectors.person_now(person))
    overtaken: list[dict[str, str]] = []

    def write() -> None:
        services.correct_person(
            by=request.viewer,
            number=number,
            person_id=person_id,
            sent=form.sent(),
            reason=form.cleaned_data["reason"].strip(),
        )

    if taken(request, form, _guarded(form, overtaken, write)):
        return _told_of_likeness(request, case, person_of(request.viewer, case, person_id))
    title = f"{person.name} · {_('Correct')}"
    return _form(request, case, form, title=title, overtaken=overtaken)


def _told_of_likeness(request: HopeRequest, case: Case, person: Person) -> HttpResponseBase:
    """Whether somebody alike may exist is asked anew whenever name, birth or telephone is new (D6, D17)."""
    born = None if person.birth_year_only else person.birth_date
    year = person.birth_date.year if person.birth_date else None
    if not alike(request.viewer, Asked(person.name, born, year, person.phone), besides=person.pk):
        return done(request, _("Written down."), address(case, "case_people"))
    if request.viewer.may(Permission.CASE_OPEN):
        said = _("Written down. Somebody alike may be known already: please look whether they are the same.")
        return done(request, said, address(case, "case_same", person_id=person.pk))
    said = _("Written down. Somebody alike may be known already: please ask the lead to look.")
    return done(request, said, address(case, "case_people"))


@staff(Permission.CASE_ASSESS)
def home(request: HopeRequest, number: str) -> HttpResponseBase:
    """They moved: the earlier address stays with its days, and so does the case with its team."""
    case = _case(request, number)
    now = selectors.home_now(request.viewer, case)
    form = HomeForm(request.POST or None, now=now, towns=every_town(), initial={"since": clock.today()})
    overtaken: list[dict[str, str]] = []
    moved_on: list[Town | None] = []

    def write() -> None:
        data = form.cleaned_data
        moved_on.append(services.move_home(by=request.viewer, number=number, sent=form.sent(), since=data["since"]))

    if taken(request, form, _guarded(form, overtaken, write)):
        town = moved_on[0]
        said = _("The new address is on record.")
        if town:
            said = _(
                "The new address is on record. %(town)s is another team's zone: the case stays here until handed over."
            ) % {"town": town.name}
        return done(request, said, address(case, "case_people"))
    here = " · ".join(part for part in (case.town.name, now["line"], now["directions"]) if part)
    intro = _("Until now: %(home)s. It stays on record with its days.") % {"home": here}
    return _form(request, case, form, title=_("New address"), intro=intro, overtaken=overtaken)


@staff(Permission.CASE_ASSESS)
def coverage(request: HopeRequest, number: str) -> HttpResponseBase:
    case = _case(request, number)
    now = selectors.coverage_now(request.viewer, case)
    form = CoverageForm(request.POST or None, now=now, initial={"since": clock.today()})
    overtaken: list[dict[str, str]] = []

    def write() -> None:
        services.set_coverage(by=request.viewer, number=number, sent=form.sent(), since=form.cleaned_data["since"])

    if taken(request, form, _guarded(form, overtaken, write)):
        return done(request, _("Written down."), address(case, "case_people"))
    intro = _("As the city decided. It helps to find what somebody may receive, and refuses nobody.")
    return _form(request, case, form, title=_("Coverage class"), intro=intro, overtaken=overtaken)


@staff(Permission.CASE_ASSESS)
def came(request: HopeRequest, number: str) -> HttpResponseBase:
    case = _case(request, number)
    form = CameForm(request.POST or None, initial={"since": clock.today()})
    added: list[Person | None] = []

    def write() -> None:
        token = form.cleaned_data["token"]
        added.append(services.somebody_came(by=request.viewer, number=number, newcomer=form.newcomer(), token=token))

    if taken(request, form, write):
        person = added[0]
        if person is None:
            return done(request, _("Written down."), address(case, "case_people"))
        return _told_of_likeness(request, case, person)
    intro = _("Texts and calls wait until somebody has asked how they may be reached.")
    return _form(request, case, form, title=_("Somebody came"), intro=intro)


@staff(Permission.CASE_ASSESS)
def left(request: HopeRequest, number: str, person_id: int) -> HttpResponseBase:
    case = _case(request, number)
    person = person_of(request.viewer, case, person_id)
    form = LeftForm(request.POST or None, initial={"on": clock.today()})

    def write() -> None:
        data = form.cleaned_data
        services.somebody_left(
            by=request.viewer,
            number=number,
            person_id=person_id,
            how=data["how"],
            on=data["on"],
            words=data["words"],
            token=data["token"],
        )

    if taken(request, form, write):
        return done(request, _("Written down. Nothing is sent to them any more."), address(case, "case_people"))
    title = f"{person.name} · {_('Somebody left')}"
    intro = _("What was written stays in the case. From this day on nothing is sent to them any more.")
    return _form(request, case, form, title=title, intro=intro)


def _form(request: HopeRequest, case: Case, form: Any, *, title: str, **extra: Any) -> HttpResponse:
    back = address(case, "case_people")
    return simple_form(request, case, form, title=title, button=_("Save"), back=back, **extra)
