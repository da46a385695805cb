"""`/desk/cases/<number>/`: everything about one case on one screen."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import notes_since
from cases.selectors.case_page import CaseView, Member, case_view, read_case, timeline_of
from cases.selectors.catalogue import categories
from cases.selectors.health import may_read
from cases.selectors.intakes import of_case as intakes_of
from cases.ui import case_words as words
from cases.ui import house_words
from cases.ui.approval_words import waiting_rows
from cases.ui.case_frame import address, frame
from cases.ui.checks_words import tries_words
from hopecare.kernel.access import Viewer
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags import hope_formats as formats
from hopecare.kernel.web import HopeRequest, staff

#: From so many people on, the page draws closer: one line a person.
_FULL_HOUSE = 3
_SHOWN_OVER = 2  # finished tasks that stay in sight below the open ones


def _grid(view: CaseView) -> list[dict[str, Any]]:
    rows = [_grid_row(view, member) for member in view.members]
    asked = view.asked_on.get(None)
    note = _("asked %(day)s") % {"day": formats.day_short(asked)} if asked else _("not asked yet")
    rows.append(
        {
            "name": _("Whole household"),
            "note": note,
            "url": address(view.case, "case_needs_household"),
            "values": _values(view, None),
        }
    )
    return rows


def _grid_row(view: CaseView, member: Member) -> dict[str, Any]:
    person = member.person
    return {
        "name": person.name,
        "note": words.member_note(member, view.case),
        "url": address(view.case, "case_needs_person", person_id=person.pk),
        "values": _values(view, person.pk),
    }


def _values(view: CaseView, person_id: int | None) -> list[str]:
    row = view.cells.get(person_id, {})
    return [row[category.code].value if category.code in row else "unasked" for category in categories()]


def _actions(view: CaseView, viewer: Viewer) -> list[dict[str, Any]]:
    over = [action for action in view.actions if action.state in {"done", "cancelled"}]
    shown = [action for action in view.actions if action not in over] + over[:_SHOWN_OVER]
    found = []
    for action in shown:
        tone, said = words.action_tag(action)
        who, house = house_words.action_owner(action, viewer, leads=view.case.lead_id == viewer.user_id)
        found.append({"action": action, "tone": tone, "said": said, "who": who, "house": house})
    return found


def _people(view: CaseView) -> list[dict[str, Any]]:
    return [
        {
            "person": member.person,
            "relation": words.relation_words(member.relation),
            "age": formats.age(member.person.age),
            "apart": not member.lives_here,
            "state": words.state_words(member.person),
            "url": address(view.case, "case_life", person_id=member.person.pk),
            "main": member.person.pk == view.case.main_person_id,
        }
        for member in view.members
    ]


def _head(view: CaseView) -> dict[str, Any]:
    case = view.case
    contact = getattr(case.main_person, "safe_contact", None)
    given, refused, until = words.consent_lists(view)
    return {
        "person_line": words.person_line(case, view.members),
        "safe_words": words.safe_contact_words(contact),
        "safe_strict": words.is_strict(contact),
        "state_words": words.state_words(case.main_person),
        "tries": tries_words(case.tries),
        "warnings": view.warnings,
        "given": given,
        "refused": refused,
        "consent_until": until,
        "guardian": view.main.guardian if view.main else "",
        "stages": words.stage_bar(view),
    }


def _may(viewer: Viewer) -> dict[str, bool]:
    names = ("assess", "plan", "service", "close", "lead", "open")
    return {name: viewer.may(Permission(f"case.{name}")) for name in names}


@staff(Permission.CASE_VIEW)
def case_page(request: HopeRequest, number: str) -> HttpResponse:
    view = case_view(request.viewer, number)
    case = view.case
    context = {
        "case": case,
        "view": view,
        "kind": case.get_kind_display(),
        "categories": categories(),
        "grid": _grid(view),
        "full": len(view.members) > _FULL_HOUSE,
        "actions": _actions(view, request.viewer),
        "goal": view.plan.get_goal_display() if view.plan else "",
        "unsigned": view.plan.get_unsigned_reason_display() if view.plan and not view.plan.signed_on else "",
        "people": _people(view),
        "adults": sum(1 for member in view.members if member.is_adult),
        "team": house_words.team_rows(request.viewer, view),
        "services": view.services,
        "entries": [{"at": row["at"], "words": words.entry_words(row), "note": row["words"]} for row in view.entries],
        "open_checks": [check for check in view.aftercare if check.done_on is None],
        "notes_since": notes_since(request.viewer, case),
        "may": {**_may(request.viewer), "health": may_read(request.viewer, case)},
        "waits": waiting_rows(view.waits),
        **_head(view),
    }
    return render(request, "cases/case/page.html", context)


_HISTORY = gettext_lazy("What happened")


@staff(Permission.CASE_VIEW)
def history(request: HopeRequest, number: str) -> HttpResponse:
    """The whole timeline, newest first, with the life stage the person was in."""
    case = read_case(request.viewer, number)
    show, line = request.GET.get("show", ""), request.GET.get("words", "")
    entries = [
        {"at": row["at"], "words": words.entry_words(row), "note": row["words"]}
        for row in timeline_of(request.viewer, case, show=show, words=line)
    ]
    context = {**frame(case, str(_HISTORY)), "entries": entries, "show": show, "line": line}
    context["intakes"] = intakes_of(request.viewer, case)
    context["notes_since"] = notes_since(request.viewer, case)
    return render(request, "cases/case/history.html", context)
