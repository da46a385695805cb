"""Genogram and eco-map, a person's time by life stage, and the assessment on paper (R55, R21, D4)."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases import access
from cases.models import EntryKind, Pregnancy
from cases.rules import family_drawing as drawing
from cases.selectors.assessment import Assessment, assessment_of, ties_of
from cases.selectors.case_page import Member, actions_of, members_of, read_case
from cases.selectors.catalogue import categories
from cases.selectors.life_line import Chapter, Moment, life_line
from cases.selectors.pregnancies import expected_in
from cases.selectors.same_person import records_of
from cases.selectors.unsealing import who_sees
from cases.selectors.work import person_of
from cases.services import pregnancies
from cases.services.pregnancies import Told
from cases.ui import assessment_words as words
from cases.ui import case_words
from cases.ui.case_frame import address, done, frame, simple_form, taken
from cases.ui.forms_assessment import PregnancyForm
from hopecare.kernel import audit, errors, names
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import PersonState
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags import hope_formats as formats
from hopecare.kernel.web import HopeRequest, staff


def _kin(member: Member, main_id: int) -> drawing.Kin:
    person = member.person
    own = person.pk == main_id
    return drawing.Kin(
        id=person.pk,
        label=person.name,
        note=formats.age(person.age),
        sex=person.sex,
        relation=member.relation,
        main=own,
        lives_here=member.lives_here,
        died=person.state == PersonState.DIED,
    )


def _told(member: Member, main_id: int) -> str:
    """One line of the list that says the same as the picture."""
    person = member.person
    sexes = {"F": _("woman"), "M": _("man")}
    own = person.pk == main_id
    parts = [
        _("main person") if own else case_words.relation_words(member.relation),
        formats.age(person.age),
        sexes.get(person.sex, ""),
        "" if member.lives_here else _("lives apart"),
        _("died") if person.state == PersonState.DIED else "",
    ]
    return f"{person.name}: {', '.join(part for part in parts if part)}"


@staff(Permission.CASE_VIEW)
def family(request: HopeRequest, number: str) -> HttpResponse:
    """Who belongs to whom, and who stands around: two pictures, each with the same in words beside it."""
    viewer = request.viewer
    case = read_case(viewer, number)
    members = members_of(viewer, case)
    ties = ties_of(viewer, case)
    around = [(tie.name, tie.get_kind_display(), tie.strength) for tie in ties]
    known = {tie.name for tie in ties}
    houses = dict.fromkeys(
        names.shown(viewer, action.owner_organisation, leads=case.lead_id == viewer.user_id)
        for action in actions_of(viewer, case)
        if action.state not in {"done", "cancelled"}
    )
    around += [(house, _("helps by plan"), "ordinary") for house in houses if house not in known]
    context = {
        **frame(case, _("Family and surroundings")),
        "genogram": drawing.genogram([_kin(member, case.main_person_id) for member in members]),
        "half": drawing.SIZE // 2,
        "family": [_told(member, case.main_person_id) for member in members],
        "ties": ties,
        "around": drawing.ecomap(around),
        "width": drawing.WIDTH,
        "height": drawing.HEIGHT,
        "houses": [house for house in houses if house not in known],
        "may_assess": viewer.may(Permission.CASE_ASSESS) and case.is_open,
    }
    return render(request, "cases/case/family.html", context)


def _moment(moment: Moment) -> dict[str, Any]:
    data = moment.data
    if moment.kind == "answer":
        said = [f"{category.name} {words.plain_value(value)}" for category, value in data["said"]]
        return {"on": moment.on, "tag": _("asked"), "words": " · ".join(said)}
    if moment.kind == "service":
        money = f" · {formats.won(data['won'])}" if data["won"] else ""
        return {"on": moment.on, "tag": _("given"), "words": f"{data['service'].name} · {data['kind'].name}{money}"}
    sentence = case_words.entry_words(data)
    return {"on": moment.on, "tag": str(EntryKind(moment.kind).label), "words": sentence, "note": data["words"]}


def _days_of(row: Pregnancy) -> str:
    days = {"since": formats.day_long(row.since), "until": formats.day_long(row.ended_on or row.expected_on)}
    if row.ended_on is None:
        return _("from %(since)s, expected %(until)s") % days
    return f"{_('from %(since)s to %(until)s') % days} · {row.get_ended_as_display()}"


def _chapter(chapter: Chapter) -> dict[str, Any]:
    stage = chapter.stage
    ages = _days_of(chapter.pregnancy) if chapter.pregnancy else ""
    if chapter.from_age is not None and chapter.to_age is not None:
        upper = "" if chapter.to_age >= 120 else str(chapter.to_age)
        ages = _("age %(from)s–%(to)s") % {"from": chapter.from_age, "to": upper}
    name = stage.name if stage else _("Age not known")
    return {"name": name, "ages": ages, "moments": [_moment(one) for one in chapter.moments]}


def may_record_pregnancy(viewer: Viewer) -> bool:
    return viewer.may(Permission.CASE_ASSESS) and access.may_section(viewer, "health")


@staff(Permission.CASE_ASSESS)
def pregnancy(request: HopeRequest, number: str, person_id: int) -> HttpResponseBase:
    """Written down, its day moved, or ended: by a human, in one form (R21)."""
    access.demand_section(request.viewer, "health")
    case = read_case(request.viewer, number)
    person = person_of(request.viewer, case, person_id)
    row = expected_in(request.viewer, case).get(person.pk)
    known = {"expected_on": row.expected_on, "since": row.since} if row else {}
    form = PregnancyForm(request.POST or None, initial=known)
    back = address(case, "case_person_line", person_id=person.pk)

    def write() -> None:
        pregnancies.record(by=request.viewer, number=number, person_id=person.pk, told=Told(**form.cleaned_data))

    if taken(request, form, write):
        return done(request, _("Written down."), back)
    intro = _("Only what they told you. Whoever reads the section of health reads it; no message tells of it.")
    title = _("Pregnancy and birth: %(name)s") % {"name": person.name}
    return simple_form(request, case, form, title=title, button=_("Save"), intro=intro, back=back)


@staff(Permission.CASE_VIEW)
def person_line(request: HopeRequest, number: str, person_id: int) -> HttpResponse:
    """One person's time, chapter by chapter of a life."""
    case = read_case(request.viewer, number)
    person = person_of(request.viewer, case, person_id)
    records = records_of(request.viewer, person)
    line = life_line(request.viewer, person, records)
    context = {
        **frame(case, person.name),
        "person": person,
        "age": formats.age(person.age),
        "chapters": [_chapter(chapter) for chapter in line.chapters],
        "next_on": line.next_on,
        "next_stage": line.next_stage,
        "waits": records.waits,
        "may_merge": request.viewer.may(Permission.CASE_OPEN),
        "may_open": person.sealed and request.viewer.user_id in who_sees(person),
        "may_assess": may_record_pregnancy(request.viewer) and case.is_open,
        "may_protect": request.viewer.may(Permission.PERSON_SEAL) and case.is_open,
    }
    return render(request, "cases/case/person_line.html", context)


def _told_rows(view: Assessment, person_id: int | None) -> list[dict[str, str]]:
    row = view.cells.get(person_id, {})
    return [
        {"name": category.name, "said": words.plain_answer(row[category.code].value), "value": row[category.code].value}
        for category in categories()
        if category.code in row
    ]


@staff(Permission.CASE_ASSESS)
def paper(request: HopeRequest, number: str, person_id: int | None = None) -> HttpResponse:
    """In plain words, for one adult alone — or for the household, without any adult's answers (D4).

    No note, risk or weight stands on it; printing is recorded.
    """
    view = assessment_of(request.viewer, number)
    case = view.case
    adults = {member.person.pk: member for member in view.members if member.is_adult}
    if person_id is not None and person_id not in adults:
        raise errors.NotFound("person", str(person_id))
    if person_id is None:
        shown = [(member.person.name, member.person.pk) for member in view.members if not member.is_adult]
        blocks = [(name, _told_rows(view, key), ("", "")) for name, key in shown]
        blocks.insert(0, (_("The whole household"), _told_rows(view, None), view.heard.get(None, ("", ""))))
        name = _("the household of %(name)s") % {"name": case.main_person.name}
    else:
        name = adults[person_id].person.name
        blocks = [(name, _told_rows(view, person_id), view.heard.get(person_id, ("", "")))]
    audit.changed(request.viewer, "case", [case.pk], "assessment_printed", owners=[case.provider_id], person=person_id)
    context = {
        "case": case,
        "title": _("What you told us"),
        "name": name,
        "blocks": blocks,
        "apart": [member.person.name for member in adults.values()] if person_id is None else [],
        "contact_name": case.lead.name,
        "contact_phone": case.lead.phone or case.provider.phone,
        "back": address(case, "case_assessment"),
    }
    return render(request, "cases/case/assessment_paper.html", context)
