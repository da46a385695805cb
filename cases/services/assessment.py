"""Beside the answers: risk flags, a specialist's advice, ties of the household (R45, R55, D13)."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases import access
from cases.models import Case, Consultation, EntryKind, RiskFlag, Tie, TieKind, TieStrength
from cases.rules import complexity as rules
from cases.selectors.assessment import advisers_of
from cases.services import timeline, weighing
from cases.services.locking import actor, first_time, locked_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, get_visible
from hopecare.kernel.models import Membership
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

ASKED = gettext_noop("Your advice is asked on case %(number)s, until %(until)s.")
ANSWERED = gettext_noop("Case %(number)s: the advice you asked for is here.")
NOT_TAKEN = gettext_noop("Case %(number)s: no advice was given on your question; the reason stands there.")


def _of(case: Case) -> dict[str, int]:
    return {"case_id": case.pk, "team_id": case.team_id, "provider_id": case.provider_id}


def raise_flag(
    *, by: Viewer, number: str, kind: str, person_id: int | None = None, words: str = "", check_on: date | None = None
) -> RiskFlag | None:
    """Note a risk; None when it stands there already. The timeline says that a risk was noted, never which.

    What visitors are warned of is looked at again by `check_on`, or after the days of its kind.
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS)
        if kind not in rules.risk_kinds():
            raise errors.Impossible(errors.required("kind"))
        section, again = rules.risk_kinds()[kind].section, rules.risk_kinds()[kind].again
        access.demand_section(by, section)
        if person_id is not None:
            get_visible(by, Membership, named="person", household=case.household_id, person=person_id, ends_on=None)
        try:
            with transaction.atomic():
                flag = RiskFlag.objects.create(
                    **_of(case),
                    person_id=person_id,
                    kind=kind,
                    section=section,
                    words=words.strip(),
                    check_on=check_on or _again(again),
                    by_id=actor(by),
                )
        except IntegrityError:
            return None
        audit.changed(by, "case", [case.pk], "risk_noted", owners=[case.provider_id], flag=flag.pk)
        timeline.append(by, case, EntryKind.NOTE, way="risk", whose=person_id)
        weighing.reweigh(by, case)
        return flag


def _again(days: int) -> date | None:
    return clock.today() + timedelta(days=days) if days else None


def still_so(*, by: Viewer, flag_id: int) -> RiskFlag:
    """Somebody looked again and it is still so: the day of the next look moves on, who noted it first stays."""
    check(by, Permission.CASE_ASSESS)
    with acting_as(by):
        flag = get_visible(by, RiskFlag, named="risk", select=("case",), pk=flag_id)
        case = locked_case(by, flag.case.number, Permission.CASE_ASSESS, open_only=False)
        flag.refresh_from_db()
        kind = rules.risk_kinds().get(flag.kind)
        if flag.ended_at is None and kind is not None and kind.again:
            flag.check_on = _again(kind.again)
            flag.save(update_fields=["check_on"])
            audit.changed(by, "case", [case.pk], "risk_still_so", owners=[case.provider_id], flag=flag.pk)
        return flag


def end_flag(*, by: Viewer, flag_id: int, words: str) -> RiskFlag:
    """The risk is over, and how one knows; ended once."""
    check(by, Permission.CASE_ASSESS)
    with acting_as(by):
        flag = get_visible(by, RiskFlag, named="risk", select=("case",), pk=flag_id)
        case = locked_case(by, flag.case.number, Permission.CASE_ASSESS, open_only=False)
        flag.refresh_from_db()
        if flag.ended_at is not None:
            return flag
        if not words.strip():
            raise errors.Impossible(errors.Problem("no_words", _("Say how you know that it is over."), "words"))
        flag.ended_at, flag.ended_by_id, flag.ended_words = clock.now(), actor(by), words.strip()
        flag.save(update_fields=["ended_at", "ended_by", "ended_words"])
        audit.changed(by, "case", [case.pk], "risk_over", owners=[case.provider_id], flag=flag.pk)
        timeline.append(by, case, EntryKind.NOTE, way="risk_over", whose=flag.person_id)
        weighing.reweigh(by, case)
        return flag


def ask_specialist(*, by: Viewer, number: str, specialist: str, question: str, token: str = "") -> Consultation | None:
    """Ask for advice; the answer is hoped for within the days of that kind. None for a repeated form."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS)
        kind = rules.specialists().get(specialist)
        problems = [errors.required("specialist")] if kind is None else []
        if not question.strip():
            problems.append(errors.required("question"))
        if problems or kind is None:
            raise errors.Impossible(*problems)
        if not first_time(by, token):
            return None
        asked = Consultation.objects.create(
            **_of(case),
            specialist=specialist,
            question=question.strip(),
            asked_by_id=actor(by),
            due_on=clock.today() + timedelta(days=kind.days),
        )
        audit.changed(by, "case", [case.pk], "advice_asked", owners=[case.provider_id], specialist=specialist)
        timeline.append(by, case, EntryKind.NOTE, way="advice_asked")
        until = {"until": f"{asked.due_on:%m/%d}"}
        for account in advisers_of(by, case, specialist):
            _tell(by, case, asked, account, ASKED, until)
        return asked


def end_consultation(
    *, by: Viewer, consultation_id: int, adviser: str = "", answer: str = "", not_taken: str = ""
) -> Consultation:
    """Write down the advice and whose it is — or why none was taken; once."""
    check(by, Permission.CASE_ASSESS)
    with acting_as(by):
        row = get_visible(by, Consultation, named="consultation", select=("case",), pk=consultation_id)
        case = locked_case(by, row.case.number, Permission.CASE_ASSESS, open_only=False)
        row.refresh_from_db()
        if row.ended_at is not None:
            return row
        adviser, answer, not_taken = adviser.strip(), answer.strip(), not_taken.strip()
        if bool(answer) == bool(not_taken):
            words = _("Write down the advice, or why none was taken.")
            raise errors.Impossible(errors.Problem("one_of_two", words, "answer"))
        if answer and not adviser:
            raise errors.Impossible(errors.Problem("who", _("Whose advice is it?"), "adviser"))
        row.ended_at, row.ended_by_id, row.adviser = clock.now(), actor(by), adviser if answer else ""
        row.answer, row.not_taken = answer, not_taken
        row.save(update_fields=["ended_at", "ended_by", "adviser", "answer", "not_taken"])
        audit.changed(by, "case", [case.pk], "advice", owners=[case.provider_id], taken=bool(answer))
        timeline.append(by, case, EntryKind.NOTE, way="advice" if answer else "advice_not_taken")
        if row.asked_by_id != actor(by):
            _tell(by, case, row, row.asked_by_id, ANSWERED if answer else NOT_TAKEN)
        return row


def _tell(
    by: Viewer, case: Case, row: Consultation, account: int, words: str, more: dict[str, str] | None = None
) -> None:
    """A notice names the case and nothing else; what is asked stands on its page."""
    ended = row.ended_at is not None
    address = "assessment/" if ended else f"assessment/advice/{row.pk}/"
    notify(
        by=by,
        purpose="advice",
        about=("case", case.pk),
        step=f"{row.pk}:{account}:{'ended' if ended else 'asked'}",
        to=Recipient.user(account),
        words=words,
        parameters={"number": case.number, **(more or {})},
        link=f"/desk/cases/{case.number}/{address}",
        provider_id=case.provider_id,
    )


def add_tie(
    *, by: Viewer, number: str, name: str, kind: str, strength: str, note: str = "", token: str = ""
) -> Tie | None:
    """Somebody around the household; None for a repeated form."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS)
        problems = [] if name.strip() else [errors.required("name")]
        problems += [] if kind in TieKind.values else [errors.required("kind")]
        problems += [] if strength in TieStrength.values else [errors.required("strength")]
        if problems:
            raise errors.Impossible(*problems)
        if not first_time(by, token):
            return None
        tie = Tie.objects.create(
            **_of(case),
            name=name.strip(),
            kind=kind,
            strength=strength,
            note=note.strip(),
            since=clock.today(),
            by_id=actor(by),
        )
        audit.changed(by, "case", [case.pk], "tie", owners=[case.provider_id], tie=tie.pk)
        return tie


def end_tie(*, by: Viewer, tie_id: int) -> Tie:
    """Not there any more; it stays in the history."""
    check(by, Permission.CASE_ASSESS)
    with acting_as(by):
        tie = get_visible(by, Tie, named="tie", select=("case",), pk=tie_id)
        case = locked_case(by, tie.case.number, Permission.CASE_ASSESS, open_only=False)
        if tie.ended_on is None:
            tie.ended_on = clock.today()
            tie.save(update_fields=["ended_on"])
            audit.changed(by, "case", [case.pk], "tie_ended", owners=[case.provider_id], tie=tie.pk)
        return tie
