"""Letters between giver and person: written, read by a worker of the case, passed on or not (D1, D9)."""

import uuid
from typing import Any

from django.utils.translation import gettext_noop

from cases.selectors.published import keys_of_need
from cases.services.published import outcome_problems
from donations.access import visible_to
from donations.models import Letter, LetterReason, LetterWay, Order, Payout
from donations.rules import letters as rules
from donations.services import telling
from donations.states import LETTERS, NO_LETTERS, LetterState, OrderState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import PersonState
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

WRITTEN = gettext_noop("A giver wrote a letter to somebody of one of your cases. Please read it before it goes on.")
OPEN = (LetterState.WAITING, LetterState.CHANGE, LetterState.PASSED)


def write(*, order_id: int, words: str) -> Letter:
    """By whoever holds the gift's code. Raises Impossible with every problem; a second letter is one of them."""
    with acting_as(system(Principal.GIVING)) as viewer:
        order = Order.objects.select_for_update(of=("self",)).select_related("fund", "donor").get(pk=order_id)
        need = keys_of_need(viewer, order.fund.need_uuid) if order.fund.need_uuid else None
        if need is None or order.state != OrderState.PAID or need.closed_for in NO_LETTERS:
            raise errors.Impossible(rules.not_to_givers_need())
        problems = rules.giver_problems(words, order.donor.name if order.donor else "")
        if problems:
            raise errors.Impossible(*problems)
        row = Letter.objects.select_for_update().filter(order=order).first()
        if row is None:
            keys = {"case_id": need.case_id, "team_id": need.team_id, "provider_id": need.provider_id}
            row = Letter(way=LetterWay.GIVER, order=order, need_uuid=order.fund.need_uuid, **keys)
        else:
            _move(row, LetterState.WAITING)
        row.words, row.written_at, row.reason = words.strip(), clock.now(), ""
        _keep(row, "words", "written_at")
        _tell_team(viewer, row)
        return row


def _keep(row: Letter, *also: str) -> None:
    if row.pk is None:
        row.save()
    else:
        row.save(update_fields=["state", "reason", "read_by", "read_at", "handed_on", *also])


def _tell_team(viewer: Viewer, row: Letter) -> None:
    """Without a name or a number: whoever may not see the case learns nothing from it."""
    notify(
        by=viewer,
        purpose="giver_letter",
        about=("letter", row.pk),
        step=f"written{row.written_at:%Y%m%d%H%M%S}",
        to=Recipient.team(row.team_id),
        words=WRITTEN,
        link=f"/desk/letters/{row.uuid}/",
        provider_id=row.provider_id,
    )


def _locked(by: Viewer, key: uuid.UUID) -> Letter:
    rows = visible_to(by, Letter).select_for_update(of=("self",)).select_related("case__main_person")
    row = rows.filter(uuid=key, way=LetterWay.GIVER).first()
    if row is None:
        raise errors.NotFound("letter", str(key))
    return row


def _move(row: Letter, state: LetterState) -> None:
    if state not in LETTERS[LetterState(row.state)]:
        raise errors.Impossible(rules.not_now())
    row.state = state


def pass_on(*, by: Viewer, key: uuid.UUID) -> Letter:
    """Read, and good as it is. What a machine can see is looked at once more, now with the names of the household."""
    check(by, Permission.CASE_PLAN)
    with acting_as(by):
        row = _locked(by, key)
        _move(row, LetterState.PASSED)
        if not row.case.is_open or row.case.main_person.state != PersonState.HERE:
            raise errors.Impossible(rules.nobody_there())
        found = outcome_problems(by=by, number=row.case.number, words=row.words)
        problems = [problem for problem in found if problem.code in ("name", "place")]
        problems += rules.reach_problems(row.words)
        if problems:
            raise errors.Impossible(*problems)
        return _read(by, row, "letter_passed")


def _read(by: Viewer, row: Letter, what: str) -> Letter:
    row.read_by_id, row.read_at = by.user_id, clock.now()
    _keep(row)
    audit.changed(by, "letter", [row.pk], what, owners=[row.provider_id], reason=row.reason)
    return row


def ask_change(*, by: Viewer, key: uuid.UUID, reason: str) -> Letter:
    """The giver may write it otherwise; why is chosen, never typed, so that no word tells who the person is."""
    return _stop(by, key, LetterState.CHANGE, reason, set(LetterReason.values) - {LetterReason.QUIET})


def keep_back(*, by: Viewer, key: uuid.UUID, reason: str) -> Letter:
    return _stop(by, key, LetterState.KEPT, reason, set(LetterReason.values))


def _stop(by: Viewer, key: uuid.UUID, state: LetterState, reason: str, offered: set[str]) -> Letter:
    check(by, Permission.CASE_PLAN)
    with acting_as(by):
        row = _locked(by, key)
        if reason not in offered:
            raise errors.Impossible(rules.needs_reason())
        _move(row, state)
        row.reason = reason
        _read(by, row, f"letter_{state}")
        with acting_as(system(Principal.GIVING)) as giving:
            order = Order.objects.select_related("donor").get(pk=row.order_id or 0)
            if order.donor is not None:
                telling.letter(giving, order.donor, order, f"{state}{row.written_at:%Y%m%d%H%M%S}")
        return row


def handed(*, by: Viewer, key: uuid.UUID) -> Letter:
    """The person has it, on paper or read out."""
    check(by, Permission.CASE_PLAN)
    with acting_as(by):
        row = _locked(by, key)
        _move(row, LetterState.HANDED)
        row.handed_on = clock.today()
        _keep(row)
        audit.changed(by, "letter", [row.pk], "letter_handed", owners=[row.provider_id])
        return row


def printed(*, by: Viewer, row: Letter) -> None:
    """Only what was passed on is printed; printing stands in the log."""
    if row.state not in (LetterState.PASSED, LetterState.HANDED):
        raise errors.NotFound("letter", str(row.uuid))
    audit.changed(by, "letter", [row.pk], "letter_printed", owners=[row.provider_id])


# ---- the other direction: the person's own letter, which the worker writes down together with the proof --------------


def thanks_problems(by: Viewer, number: str, words: str) -> list[Problem]:
    """It leaves the house: no name, place, date or event, and no way to reach anybody."""
    found = outcome_problems(by=by, number=number, words=words)
    told = [Problem(problem.code, problem.words, "thanks") for problem in found if problem.code != "long"]
    return told + rules.reach_problems(words, "thanks")


def thank(*, by: Viewer, payout: Payout, words: str) -> Letter:
    """In the transaction of the proof. The worker has read it with the person: it goes on at once."""
    return Letter.objects.create(
        way=LetterWay.THANKS,
        payout=payout,
        case_id=payout.case_id or 0,
        team_id=payout.team_id,
        provider_id=payout.provider_id,
        words=words.strip(),
        state=LetterState.PASSED,
        read_by_id=by.user_id,
        read_at=clock.now(),
    )


# ---- when nobody can be reached any more (D15) ----------------------------------------------------------------------


def need_closed(payload: dict[str, Any]) -> None:
    if payload["reason"] in NO_LETTERS:
        _nobody_to_write_to(need_uuid=payload["need"])


def case_closed(payload: dict[str, Any]) -> None:
    _nobody_to_write_to(case_id=payload["case_id"])


def _nobody_to_write_to(**which: Any) -> None:
    """What still waits stays here. No message leaves: its day would tell the giver that something happened."""
    with acting_as(system(Principal.GIVING)):
        rows = Letter.objects.filter(way=LetterWay.GIVER, state__in=OPEN, **which)
        rows.update(state=LetterState.KEPT, reason=LetterReason.QUIET)
