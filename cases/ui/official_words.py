"""The fields of the ministry's forms in Korean words, whatever language the page is in. Facts in, words out."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.utils import translation

from cases.rules.complexity import risk_kinds
from cases.rules.official_forms import Field, Form
from cases.selectors import catalogue
from cases.selectors.case_page import Member
from cases.selectors.official_forms import Facts
from cases.ui import case_words as words
from hopecare.kernel import clock, phones
from hopecare.kernel.templatetags import hope_formats as formats

_COVERAGE = {"basic_recipient": "기초생활수급자", "near_poverty": "차상위", "low_income": "저소득", "other": "기타"}
_SEX = {"F": "여", "M": "남"}
_SAID = {"none": "없음", "private": "응답 거부"}


def filled(form: Form, facts: Facts) -> list[tuple[Field, str]]:
    """Every field of the form with what stands there; empty where our record holds nothing, or the role may not see."""
    with translation.override("ko"):
        return [(field, _SOURCES[field.source](facts).strip() if field.source else "") for field in form.fields]


def _day(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(clock.SEOUL).date()
    return f"{value:%Y-%m-%d}" if value else ""


def _lines(found: Iterable[str]) -> str:
    return "\n".join(line for line in found if line)


def _born(facts: Facts) -> str:
    person = facts.view.case.main_person
    if person.birth_date is None:
        return ""
    return f"{person.birth_date.year}" if person.birth_year_only else _day(person.birth_date)


def _address(facts: Facts) -> str:
    town = facts.view.case.town.name_ko
    return f"{town} {facts.address.line or facts.address.directions}".strip() if facts.address else town


def _household(facts: Facts) -> str:
    return _lines(_member(facts, member) for member in facts.view.members)


def _member(facts: Facts, member: Member) -> str:
    own = member.person.pk == facts.view.case.main_person_id
    born = str(member.person.birth_date.year) if member.person.birth_date else ""
    said = ("본인" if own else words.relation_words(member.relation), born, "" if member.lives_here else "따로 삶")
    return f"{member.person.name} ({', '.join(part for part in said if part)})"


def _needs(facts: Facts) -> str:
    """The main person's answers, those about the house, and children's; each adult's stay apart (D4)."""
    view, blocks = facts.view, []
    names: dict[int | None, str] = {
        member.person.pk: member.person.name for member in view.members if not member.is_adult
    }
    whose: dict[int | None, str] = {view.case.main_person_id: "본인", None: "가구", **names}
    for key, label in whose.items():
        said = [
            f"{category.name_ko} {_SAID.get(cell.value, cell.value)}"
            for category in catalogue.categories()
            if (cell := view.cells.get(key, {}).get(category.code)) is not None
        ]
        if said:
            blocks.append(f"[{label}] {', '.join(said)}")
    return _lines(blocks)


def _contacts(facts: Facts) -> str:
    return _lines(f"{_day(row['at'])} {row['words']}" for row in facts.contacts if row["words"])


def _risks(facts: Facts) -> str:
    kinds: Any = risk_kinds()
    return _lines(getattr(kinds.get(row.kind), "name_ko", row.kind) for row in facts.risks)


def _actions(facts: Facts) -> str:
    return _lines(
        f"{action.category.name_ko} · {action.title} · {action.owner_organisation.name_ko} · {_day(action.due_on)}까지"
        f" · {words.action_tag(action)[1]}"
        for action in facts.view.actions
        if action.state != "cancelled"
    )


def _services(facts: Facts) -> str:
    return _lines(
        f"{_day(row.given_on)} {row.service.name_ko} · {row.provider.name_ko}"
        f"{f' · {row.spent_won:,}원' if row.spent_won else ''}"
        for row in facts.services
    )


def _meeting(field: str) -> Callable[[Facts], str]:
    def words_of(facts: Facts) -> str:
        return str(getattr(facts.meeting.conference, field)) if facts.meeting else ""

    return words_of


def _present(facts: Facts) -> str:
    seats = facts.meeting.seats if facts.meeting else []
    return _lines(f"{seat.name}{f' ({seat.house})' if seat.house else ''}" for seat in seats if seat.present)


def _decisions(facts: Facts) -> str:
    rows = facts.meeting.decisions if facts.meeting else []
    others = {row.pk: f" (다른 의견: {row.dissent} – {row.dissenters})" for row in rows if row.dissent}
    return _lines(f"{row.words}{others.get(row.pk, '')}" for row in rows)


def _plan(facts: Facts, field: str) -> str:
    return str(getattr(facts.plan, field)) if facts.plan else ""


def _signed(facts: Facts) -> str:
    if facts.plan is None:
        return ""
    on = facts.plan.signed_on
    return f"동의함 {_day(on)}" if on else str(facts.plan.get_unsigned_reason_display())


def _phone(facts: Facts) -> str:
    number = facts.view.case.main_person.phone
    return phones.shown(number) if number else ""


def _income(facts: Facts) -> str:
    means: Any = facts.view.means
    return f"{means.income_won:,}원" if means is not None else ""


def _aftercare(facts: Facts, *, done: bool) -> str:
    rows = [row for row in facts.view.aftercare if bool(row.done_on) == done]
    if not done:
        return _lines(f"{_day(row.due_on)} (종결 {row.months}개월 뒤)" for row in rows)
    return _lines(f"{_day(row.done_on)} {row.get_result_display()} {row.words}" for row in rows)


_SOURCES: dict[str, Callable[[Facts], str]] = {
    "number": lambda facts: facts.view.case.number,
    "visited_on": lambda facts: _day(facts.view.visited_at or facts.view.case.opened_at),
    "lead": lambda facts: facts.view.case.lead.name,
    "door": lambda facts: str(facts.intake.get_door_display()) if facts.intake else "",
    "name": lambda facts: facts.view.case.main_person.name,
    "born": _born,
    "sex": lambda facts: _SEX.get(facts.view.case.main_person.sex, ""),
    "phone": _phone,
    "address": _address,
    "coverage": lambda facts: _COVERAGE.get(facts.coverage, ""),
    "household": _household,
    "own_words": lambda facts: facts.view.own_words,
    "offer": lambda facts: facts.view.offer,
    "contacts": _contacts,
    "stage": lambda facts: words.stage_words(facts.view.case.stage),
    "asked_on": lambda facts: _day(facts.since.get("survey")),
    "income": _income,
    "needs": _needs,
    "risks": _risks,
    "meeting_at": lambda facts: formats.moment(facts.meeting.conference.at) if facts.meeting else "",
    "meeting_place": _meeting("place"),
    "present": _present,
    "agenda": _meeting("agenda"),
    "client_words": _meeting("client_words"),
    "summary": _meeting("summary"),
    "decisions": _decisions,
    "track": lambda facts: str(facts.view.case.get_track_display()),
    "planned_on": lambda facts: _day(facts.plan.made_at) if facts.plan else "",
    "goal": lambda facts: str(facts.plan.get_goal_display()) if facts.plan else "",
    "goal_words": lambda facts: _plan(facts, "goal_words"),
    "actions": _actions,
    "signed": _signed,
    "reviewed_on": lambda facts: _day(facts.since.get("review")),
    "services": _services,
    "opened_on": lambda facts: _day(facts.view.case.opened_at),
    "closed_on": lambda facts: _day(facts.view.case.closed_at),
    "close_reason": lambda facts: str(facts.view.case.get_close_reason_display()) if facts.view.case.closed_at else "",
    "close_words": lambda facts: facts.view.case.close_words,
    "aftercare_planned": lambda facts: _aftercare(facts, done=False),
    "aftercare_done": lambda facts: _aftercare(facts, done=True),
}
