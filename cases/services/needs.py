"""Fill the grid: one person's (or the household's) answers of one visit, words, income (R55, D4, D8, K1).

History is appended. Two colleagues may fill at once: only cells that both changed to different things are in conflict.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import Case, EntryKind, Means, NeedAnswer, Phase, Voice, VoiceKind
from cases.rules import needs as rules
from cases.selectors.work import newest_cells
from cases.services import stages, timeline, weighing
from cases.services.locking import actor, first_time, locked_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, get_visible, visible_to
from hopecare.kernel.models import Category, Membership, Person
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

MONEY_WORRY = gettext_noop("Case %(number)s: please speak about money with your colleague who was there.")


class Overtaken(errors.Impossible):
    """Somebody was faster in some cells; `cells` by category code. What was typed is kept by the form."""

    def __init__(self, cells: Mapping[str, rules.Cell]) -> None:
        self.cells = dict(cells)
        words = _("Somebody else answered here in the meantime. Yours is not lost: please look at both.")
        super().__init__(*(errors.Problem("overtaken", words, code) for code in cells))


@dataclass(frozen=True)
class Asked:
    """What one form says. `values` and `seen` by category code; `seen` = ids of the answers the form showed (0 = none).

    `money`: "" not asked, "fine", "worry", "private" — does anyone use your money? (D8)
    """

    values: Mapping[str, str]
    seen: Mapping[str, int] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    own_words: str = ""
    offer: str = ""
    private_note: str = ""
    money: str = ""
    token: str = ""


def record_answers(*, by: Viewer, number: str, person_id: int | None, phase: str, asked: Asked) -> Case:
    """Append what was asked and move the stage (K1). At review, closing and follow-up unchanged cells are copied, too.

    Raises Overtaken when somebody else changed the same cells, Impossible for cells that would be un-asked.
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS, open_only=phase != Phase.FOLLOW_UP)
        person = _member(by, case, person_id)
        if not first_time(by, asked.token):
            return case
        cells = newest_cells(by, case)
        mine = cells.get(person_id, {})
        overtaken = rules.conflicts(asked.values, asked.seen, mine, asked.before)
        if overtaken:
            raise Overtaken(overtaken)
        written = append_answers(by, case, person, phase, asked.values, mine, asked.before)
        _voices(by, case, person, asked)
        _money(by, case, person, asked.money)
        if written or asked.money:
            _tell(by, case, person, phase, written)
            _move(by, case, cells, person_id, asked.values)
            weighing.reweigh(by, case)
    return case


def _member(by: Viewer, case: Case, person_id: int | None) -> Person | None:
    if person_id is None:
        return None
    membership = get_visible(
        by, Membership, select=("person",), household=case.household_id, person=person_id, ends_on=None
    )
    return membership.person


def append_answers(
    by: Viewer,
    case: Case,
    person: Person | None,
    phase: str,
    values: Mapping[str, str],
    now: Mapping[str, rules.Cell],
    before: Mapping[str, str],
) -> list[str]:
    """Rows for what changed — or, after opening, for every cell that was asked again; returns the category codes."""
    current = _codes_of_phase(by, case, person, phase)
    written, problems = {}, []
    for code, value in values.items():
        cell = now.get(code, rules.Cell())
        if value == rules.UNASKED:
            if cell.answer_id and before.get(code, rules.UNASKED) != rules.UNASKED:
                problems.append(rules.cannot_be_unasked(code))
            continue
        same = value == cell.value
        untouched = value == before.get(code, rules.UNASKED) and not same
        if not untouched and not (same and (phase == Phase.OPEN or code in current)):
            written[code] = value
    if problems:
        raise errors.Impossible(*problems)
    _write(by, case, person, phase, written)
    return list(written)


def _write(by: Viewer, case: Case, person: Person | None, phase: str, values: Mapping[str, str]) -> None:
    categories = {category.code: category for category in Category.objects.all()}
    rows = []
    for code, value in values.items():
        answer, severity = rules.stored(value)
        row = NeedAnswer(case=case, person=person, category=categories[code], phase=phase, answer=answer)
        row.team_id, row.provider_id, row.by_id = case.team_id, case.provider_id, actor(by)
        row.severity, row.asked_at = severity, clock.now()
        rows.append(row)
    NeedAnswer.objects.bulk_create(rows)


def _codes_of_phase(by: Viewer, case: Case, person: Person | None, phase: str) -> set[str]:
    """Categories already copied today in this phase, so that a form sent twice writes once."""
    rows = visible_to(by, NeedAnswer).filter(case=case, person=person, phase=phase)
    return set(rows.filter(asked_at__date=clock.today()).values_list("category__code", flat=True))


def _voices(by: Viewer, case: Case, person: Person | None, asked: Asked) -> None:
    said = (
        (VoiceKind.OWN_WORDS, asked.own_words),
        (VoiceKind.OFFER, asked.offer),
        (VoiceKind.PRIVATE, asked.private_note),
    )
    for kind, words in said:
        newest = visible_to(by, Voice).filter(case=case, person=person, kind=kind).order_by("-at", "-pk").first()
        if words.strip() and (newest is None or newest.words != words.strip()):
            voice = Voice.objects.create(
                case=case,
                team_id=case.team_id,
                provider_id=case.provider_id,
                person=person,
                kind=kind,
                words=words.strip(),
                by_id=actor(by),
            )
            audit.changed(by, "case", [case.pk], f"voice_{kind}", owners=[case.provider_id], voice=voice.pk)


def _money(by: Viewer, case: Case, person: Person | None, answer: str) -> None:
    """D8: a worry about somebody else's hand on the money goes to the lead, in words that tell nothing."""
    if not answer:
        return
    audit.changed(by, "case", [case.pk], "asked_about_money", owners=[case.provider_id], answer=answer)
    if answer == "worry" and person is not None:
        notify(
            by=by,
            purpose="money_worry",
            about=("case", case.pk),
            step=f"{person.pk}:{clock.today().isoformat()}",
            to=Recipient.user(case.lead_id),
            words=MONEY_WORRY,
            parameters={"number": case.number},
            link=f"/desk/cases/{case.number}/needs/{person.pk}/",
            provider_id=case.provider_id,
        )


def _tell(by: Viewer, case: Case, person: Person | None, phase: str, written: list[str]) -> None:
    audit.changed(by, "case", [case.pk], "assessed", owners=[case.provider_id], phase=phase, categories=written)
    details: dict[str, Any] = {"phase": phase, "person": person.pk if person else None, "cells": len(written)}
    timeline.append(by, case, EntryKind.ASSESSED, **details)


def _move(
    by: Viewer,
    case: Case,
    cells: dict[int | None, dict[str, rules.Cell]],
    person_id: int | None,
    values: Mapping[str, str],
) -> None:
    table = {who: {code: cell.value for code, cell in row.items()} for who, row in cells.items()}
    table.setdefault(person_id, {}).update({code: value for code, value in values.items() if value != rules.UNASKED})
    codes = list(Category.objects.values_list("code", flat=True))
    main = [table.get(case.main_person_id, {}).get(code, rules.UNASKED) for code in codes]
    stages.move(by, case, rules.stage_after(case.stage, main, [v for row in table.values() for v in row.values()]))


def record_means(*, by: Viewer, number: str, monthly_income_won: int, household_size: int) -> None:
    """Income as told; needs section.means. It informs and refuses nobody (R37, R87)."""
    check(by, Permission.SECTION_MEANS)
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS)
        newest = visible_to(by, Means).filter(case=case).order_by("-told_on", "-pk").first()
        if newest and (newest.monthly_income_won, newest.household_size) == (monthly_income_won, household_size):
            return
        Means.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            monthly_income_won=monthly_income_won,
            household_size=household_size,
            told_on=clock.today(),
            by_id=actor(by),
        )
        audit.changed(by, "case", [case.pk], "means", owners=[case.provider_id])
