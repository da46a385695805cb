"""`/desk/protections/`: protected people whom fewer than two of the two at work still see; two others are named (D5).

Nothing of the person stands here: a number, a house, and accounts of staff.
"""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import KeeperNaming
from cases.selectors import keepers as found_by
from cases.services import keepers
from cases.ui.access_pages import board
from cases.ui.case_frame import done, taken
from cases.ui.forms_access import KeeperAnswerForm, KeepersForm
from hopecare.kernel import audit, errors, names
from hopecare.kernel.access import Viewer
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

audit.register_words(
    {
        "keepers_asked": gettext_lazy("asked that two others see a protected person"),
        "keepers_named": gettext_lazy("agreed that two others see a protected person"),
        "keepers_refused": gettext_lazy("left who sees a protected person as it is"),
    }
)


@staff(Permission.PERSON_SEAL)
def protections(request: HopeRequest) -> HttpResponseBase:
    """What waits for two others, and what waits for a second word."""
    viewer = request.viewer
    waiting = found_by.stuck(viewer)
    numbers = {one.case_id: one.number for one in waiting}
    parts = [
        {
            "title": _("Fewer than two are left"),
            "entries": [_stuck_entry(viewer, one, found_by.asks_centrally(viewer)) for one in waiting],
            "empty": _("Every protected person is seen by two who are at work."),
        },
        {
            "title": _("Waiting for a second word"),
            "entries": [_asked_entry(viewer, row, numbers.get(row.case_id, "")) for row in found_by.asked(viewer)],
            "empty": _("Nobody asked for anything."),
        },
    ]
    intro = _("Two people alone see a protected person. When they left, two others take their place.")
    more = _("Whoever names them sees neither the record nor the person.")
    return board(request, {"title": _("Protections without two"), "intro": f"{intro} {more}", "parts": parts})


def _stuck_entry(viewer: Viewer, one: found_by.Stuck, may_ask: bool) -> dict[str, Any]:
    words = {True: _("%(name)s (at work)"), False: _("%(name)s (gone)")}
    people = [words[user.pk in one.at_work] % {"name": user.name} for user in one.seers]
    left = [_("nobody left"), _("one is left"), _("two see another protected person here")]
    entry = {
        "tag": left[min(2, len(one.at_work))],
        "tone": "amb" if one.at_work else "red",
        "title": one.number,
        "note": f"{names.shown(viewer, one.provider)} · {one.team.name}",
        "clock": ", ".join(people),
    }
    return entry | {"url": reverse("protection", args=[one.number])} if may_ask else entry


def _asked_entry(viewer: Viewer, row: KeeperNaming, number: str) -> dict[str, Any]:
    pair = {"lead": row.lead.name, "deputy": row.deputy.name}
    return {
        "tag": row.asked_by.name,
        "tone": "acc",
        "at": row.asked_at,
        "title": number or names.shown(viewer, row.provider),
        "note": _("%(lead)s leads, %(deputy)s deputises") % pair,
        "words": row.reason,
        "url": reverse("protection_answer", args=[row.pk]),
    }


@staff(Permission.PERSON_SEAL)
def protection(request: HopeRequest, number: str) -> HttpResponseBase:
    """The central desk names two; somebody else has to agree."""
    viewer = request.viewer
    if not found_by.asks_centrally(viewer):
        raise errors.NotFound("protection", number)
    one = found_by.stuck_case(viewer, number)
    form = KeepersForm(request.POST or None, people=found_by.to_choose(viewer, one))
    if taken(request, form, lambda: keepers.name(by=viewer, number=number, **form.cleaned_data)):
        return done(request, _("Asked. Until somebody else agrees, nothing changes."), reverse("protections"))
    parts = [{"title": _("Who saw the person"), "entries": [_stuck_entry(viewer, one, False)], "empty": ""}]
    intro = _("Whoever you name sees name, address and all that is written. You see nothing of it.")
    context = {"title": _("Name two others"), "intro": intro, "parts": parts, "form": form, "risk": True}
    context |= {"form_title": _("Who shall see the person"), "button": _("Ask for a second word")}
    return board(request, context)


@staff(Permission.PERSON_SEAL)
def protection_answer(request: HopeRequest, naming_id: int) -> HttpResponseBase:
    """The second word."""
    viewer = request.viewer
    found_by.demand_say(viewer)
    row = next((one for one in found_by.asked(viewer) if one.pk == naming_id), None)
    if row is None:
        raise errors.NotFound("protection", str(naming_id))
    own = row.asked_by_id == viewer.user_id
    form = KeeperAnswerForm(request.POST or None, own=own)
    if taken(request, form, lambda: keepers.answer(by=viewer, naming_id=naming_id, agrees=form.agrees())):
        said = _("The two see the person now.") if form.agrees() else _("It stays as it is.")
        return done(request, said, reverse("protections"))
    number = found_by.numbers_of(viewer).get(row.case_id, "")
    entry = {key: value for key, value in _asked_entry(viewer, row, number).items() if key != "url"}
    parts = [{"title": _("What was asked"), "entries": [entry], "empty": ""}]
    intro = _("If you agree, these two see the person, the first one leads the case, and the privacy officer is told.")
    context = {"title": _("Two others for a protected person"), "intro": intro, "parts": parts, "form": form}
    return board(request, {**context, "form_title": _("Your answer"), "button": _("Answer"), "risk": not own})
