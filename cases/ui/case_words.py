"""How a case reads: safe contact, stages, timeline, consents. Data in, words out; no query."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cases.models import Case, EntryKind, Pregnancy
from cases.rules import pathways
from cases.selectors.case_list import Listed, due_date
from cases.selectors.case_page import CaseView, Member, consents
from cases.selectors.catalogue import life_stage, life_stages
from cases.states import ActionState, CaseStage
from cases.ui.access_words import team_words
from cases.ui.contact_words import contact_words
from hopecare.kernel import clock
from hopecare.kernel.models import PersonState, SafeContact
from hopecare.kernel.templatetags import hope_formats as formats

ORDER = (CaseStage.INTAKE, CaseStage.SURVEY, CaseStage.CONFERENCE, CaseStage.PLANNING, CaseStage.DELIVERY)


def in_language(row: dict[str, Any], name: str) -> str:
    """`name_ko` or `name_en` of a row of JSON, in the reader's language."""
    language = "ko" if (get_language() or "ko").startswith("ko") else "en"
    return str(row.get(f"{name}_{language}") or row.get(f"{name}_ko") or "")


_STAGES = {
    CaseStage.INTAKE: gettext_lazy("Intake"),
    CaseStage.SURVEY: gettext_lazy("Needs and risk survey"),
    CaseStage.CONFERENCE: gettext_lazy("Conference"),
    CaseStage.PLANNING: gettext_lazy("Service plan"),
    CaseStage.DELIVERY: gettext_lazy("Delivery and review"),
    CaseStage.CLOSED: gettext_lazy("Closed"),
}


def stage_words(stage: str) -> str:
    return str(_STAGES[CaseStage(stage)])


def purpose_words(purpose: str) -> str:
    words = {
        "case_management": _("case management"),
        "health": _("health"),
        "volunteers": _("volunteers"),
        "donors": _("introduction to donors"),
    }
    return words.get(purpose, purpose)


def relation_words(relation: str) -> str:
    words = {
        "self": _("herself or himself"),
        "spouse": _("spouse"),
        "child": _("child"),
        "parent": _("parent"),
        "grandparent": _("grandparent"),
        "grandchild": _("grandchild"),
        "sibling": _("sibling"),
        "other": _("other kin"),
    }
    return words.get(relation, relation)


def safe_contact_words(contact: SafeContact | None) -> list[str]:
    """How the person may be reached (D4); an empty list means that nobody asked yet."""
    if contact is None:
        return []
    hours = {"from": contact.from_hour, "to": contact.to_hour}
    words = []
    if not contact.sms_ok:
        words.append(_("no text messages"))
    if not contact.phone_ok:
        words.append(_("no telephone calls"))
    elif contact.to_hour <= 12:
        words.append(_("ring in the morning only, %(from)s–%(to)s") % hours)
    elif (contact.from_hour, contact.to_hour) != (9, 18):
        words.append(_("ring between %(from)s and %(to)s only") % hours)
    if not contact.letter_ok:
        words.append(_("no letters"))
    if contact.neutral_sender:
        words.append(_("never say “welfare”"))
    if contact.number:
        words.append(_("another number"))
    if contact.note:
        words.append(contact.note)
    return words or [_("telephone, text and letter are fine")]


def is_strict(contact: SafeContact | None) -> bool:
    """Whether the tag in the head is red: something is forbidden."""
    return contact is not None and not (contact.sms_ok and contact.phone_ok and not contact.neutral_sender)


def person_line(case: Case, members: Iterable[Member]) -> str:
    """ "78세 · 혼자 삶 · 솔밭면" below the name."""
    here = sum(1 for member in members if member.lives_here)
    together = _("lives alone") if here <= 1 else _("household of %(n)d") % {"n": here}
    return " · ".join(part for part in (formats.age(case.main_person.age), together, case.town.name) if part)


_AWAY = {
    PersonState.HOSPITAL: gettext_lazy("in hospital"),
    PersonState.MOVED: gettext_lazy("moved away"),
    PersonState.DIED: gettext_lazy("died"),
}


class HasState(Protocol):
    """A person, or a row that tells where one is and since when."""

    @property
    def state(self) -> str: ...
    @property
    def state_since(self) -> date | None: ...


def state_words(person: HasState) -> str:
    word = "" if person.state == PersonState.HERE else str(_AWAY[PersonState(person.state)])
    return f"{word} · {formats.day_short(person.state_since)}" if word and person.state_since else word


def pregnancy_words(row: Pregnancy) -> str:
    """ "임신·출산, 예정 2027-03-02": the state of that life stage, and until when."""
    name = next((stage.name for stage in life_stages() if stage.code == "pregnancy"), "")
    return f"{name}, {_('expected %(day)s') % {'day': formats.day_short(row.expected_on)}}"


def member_note(member: Member, case: Case, pregnancy: Pregnancy | None = None) -> str:
    """ "52세 · 노년 · 딸 · 따로 삶"; `pregnancy` where it goes on and the reader reads the section of health."""
    stage = life_stage(member.person.age)
    own = member.person.pk == case.main_person_id
    parts = [
        formats.age(member.person.age),
        stage.name if stage else "",
        pregnancy_words(pregnancy) if pregnancy else "",
        _("main person") if own else relation_words(member.relation),
        "" if member.lives_here else _("lives apart"),
        state_words(member.person),
    ]
    return " · ".join(part for part in parts if part)


def stage_bar(view: CaseView) -> list[dict[str, Any]]:
    """The eight stages of K1 with what was when, and by when what comes."""
    case = view.case
    now = ORDER.index(CaseStage(case.stage)) if case.stage in ORDER else len(ORDER)
    opened = case.opened_at.astimezone(clock.SEOUL).date()
    first = [
        (_("Discovery"), view.reported_at.date() if view.reported_at else None),
        (_("First consultation"), view.visited_at.date() if view.visited_at else None),
    ]
    bar: list[dict[str, Any]] = [
        {"words": words, "note": formats.day_short(day) if day else "", "done": True, "current": False, "late": False}
        for words, day in first
    ]
    dues = [None, case.survey_due, case.conference_due, case.plan_due, None]
    for place, (stage, due) in enumerate(zip(ORDER, dues, strict=True)):
        bar.append(_stage(view, stage, due, place, now, opened))
    closed = case.closed_at.astimezone(clock.SEOUL).date() if case.closed_at else None
    bar.append(
        {
            "words": _("Closing and aftercare"),
            "note": formats.day_short(closed) if closed else "",
            "done": False,
            "current": closed is not None,
            "late": False,
        }
    )
    return bar


def _stage(view: CaseView, stage: CaseStage, due: date | None, place: int, now: int, opened: date) -> dict[str, Any]:
    current, done = place == now, place < now
    day = opened if stage == CaseStage.INTAKE else _left_on(view, place)
    late = current and due is not None and due < clock.today()
    note = ""
    if day and (done or stage == CaseStage.INTAKE):
        note = formats.day_short(day)
    elif current and due:
        note = f"{_by(due)} · {formats.days_left(due)}"
    elif current and stage in view.stage_days:
        note = _("since %(day)s") % {"day": formats.day_short(view.stage_days[stage])}
    elif due and not done:
        note = _by(due)
    return {"words": stage_words(stage), "note": note, "done": done, "current": current, "late": late}


def _by(due: date) -> str:
    return _("by %(day)s") % {"day": formats.day_short(due)}


def _left_on(view: CaseView, place: int) -> date | None:
    """A stage ended on the day on which the next one that was reached began."""
    later = [view.stage_days[stage] for stage in ORDER[place + 1 :] if stage in view.stage_days]
    return later[0] if later else None


def action_tag(action: Any) -> tuple[str, str]:
    """(tone, words) of an action's state: what presses first, then what moves."""
    today = clock.today()
    if action.state == ActionState.DONE:
        return "dim", _("done %(day)s") % {"day": formats.day_short(action.done_on or action.due_on)}
    if action.state == ActionState.CANCELLED:
        return "dim", _("not needed any more")
    if action.due_on < today:
        return "red", formats.days_left(action.due_on)
    if action.state == ActionState.BOOKED:
        return "acc", _("settled")
    if action.state == ActionState.OFFERED:
        return "acc", _("offer sent")
    if (action.due_on - today).days <= 2:
        return "amb", formats.day_words(action.due_on)
    return ("acc", _("under way")) if action.state == ActionState.DOING else ("dim", _("not begun"))


def consent_lists(view: CaseView) -> tuple[list[str], list[str], date | None]:
    """(given, refused, earliest end of those given) of the main person, in words."""
    given: list[str] = []
    refused: list[str] = []
    ends: list[date] = []
    for purpose, holds, end in consents(view.main, clock.today()):
        (given if holds else refused).append(purpose_words(purpose))
        if holds and end:
            ends.append(end)
    return given, refused, min(ends) if ends else None


def due_words(case: Case | Listed) -> str:
    due = due_date(case)
    return f"{formats.day_short(due)} · {formats.days_left(due)}" if due else ""


def entry_words(entry: dict[str, Any]) -> str:
    """One timeline entry as a sentence; who comes first, codes become words."""
    kind, details = entry["kind"], entry["details"] or {}
    said = _SENTENCES.get(kind, _plain)(kind, details)
    who = entry["by"] if entry["by"] not in {"", "offers", "sweep", "intake", "messages"} else ""
    return f"{who} · {said}" if who else said


def _plain(kind: str, details: dict[str, Any]) -> str:
    return str(EntryKind(kind).label)


def _service(kind: str, details: dict[str, Any]) -> str:
    if "came_back_won" not in details:
        return _plain(kind, details)
    return _("%(won)s of a payment came back; it corrects the record") % {"won": formats.won(details["came_back_won"])}


def _stage_sentence(kind: str, details: dict[str, Any]) -> str:
    return _("Now: %(stage)s") % {"stage": stage_words(details.get("after", CaseStage.SURVEY))}


def _planned(kind: str, details: dict[str, Any]) -> str:
    title = details.get("title", "")
    words = {
        "conference": _("called a conference"),
        "conference_held": _("the conference took place"),
        "decided": _("decided at a conference"),
        "approval_asked": _("asked for approval"),
        "approval_approved": _("approved"),
        "approval_returned": _("returned, to be changed"),
        "approval_withdrawn": _("withdrawn from the line of approval"),
        "goal": _("set the goal"),
        "added": _("new task: %(title)s") % {"title": title},
        "changed": _("task changed: %(title)s") % {"title": title},
        "doing": _("begun: %(title)s") % {"title": title},
        "done": _("done: %(title)s") % {"title": title},
        "cancelled": _("not needed any more: %(title)s") % {"title": title},
    }
    return words.get(details.get("what", ""), str(EntryKind(kind).label))


def _offer(kind: str, details: dict[str, Any]) -> str:
    values = {"title": details.get("title", ""), "helper": details.get("helper", "")}
    words = {
        "asked": _("asking volunteers: %(title)s") % values,
        "booked": _("volunteer %(helper)s said yes: %(title)s") % values,
        "nobody": _("no volunteer yet: %(title)s") % values,
        "done": _("the volunteer was there: %(title)s") % values,
        "cancelled": _("not needed any more: %(title)s") % values,
    }
    return words.get(details.get("what", ""), str(EntryKind(kind).label))


def _referral(kind: str, details: dict[str, Any]) -> str:
    if details.get("what") == "pathway":
        way = pathways.kinds()[details["way"]]
        return f"{way.name}: {way.step_words(details['step'])}"
    values = {"house": details.get("house", "")}
    words = {
        "sent": _("referred to %(house)s") % values,
        "accepted": _("%(house)s accepted the referral") % values,
        "attended": _("was at %(house)s") % values,
        "missed": _("was not at %(house)s") % values,
        "back": _("the referral to %(house)s did not come about") % values,
    }
    return words.get(details.get("what", ""), str(EntryKind(kind).label))


def _lead(kind: str, details: dict[str, Any]) -> str:
    return _("%(name)s leads now") % {"name": details.get("to", "")} if details.get("to") else _plain(kind, details)


def _signed(kind: str, details: dict[str, Any]) -> str:
    return _("plan agreed at the visit") if details.get("herself", True) else _("plan not agreed yet, reason recorded")


def _state(kind: str, details: dict[str, Any]) -> str:
    words = {
        "died": _("has died. We stop everything that would hurt."),
        "hospital": _("in hospital; visits and messages stopped"),
        "moved": _("moved away; visits and messages stopped"),
        "here": _("at home again"),
        "contact": _("how somebody may be reached was changed"),
        "person": _("name, birth or telephone was corrected"),
        "address": _("a new address was written down"),
        "came": _("somebody came to the household"),
        "left": _("somebody left the household"),
        "coverage": _("the coverage class was changed"),
    }
    return words.get(details.get("state") or details.get("what", ""), str(EntryKind(kind).label))


def _consent(kind: str, details: dict[str, Any]) -> str:
    values = {"what": purpose_words(details.get("purpose", ""))}
    words = {
        "given": _("agreed to this: %(what)s") % values,
        "refused": _("did not agree to this: %(what)s") % values,
        "taken_back": _("consent taken back: %(what)s") % values,
        "taken_back_here": _("sharing of this case ended by their wish; the consent goes on elsewhere"),
    }
    return words.get(details.get("what", ""), str(EntryKind(kind).label))


_SENTENCES = {
    EntryKind.CONSENT: _consent,
    EntryKind.SERVICE: _service,
    EntryKind.STAGE: _stage_sentence,
    EntryKind.PLANNED: _planned,
    EntryKind.OFFER: _offer,
    EntryKind.REFERRAL: _referral,
    EntryKind.CONTACT: contact_words,
    EntryKind.NOTE: contact_words,
    EntryKind.LEAD: _lead,
    EntryKind.MEMBER: team_words,
    EntryKind.SIGNED: _signed,
    EntryKind.STATE: _state,
}
