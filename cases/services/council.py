"""Groups that talk before things become quarrels: founded, seated, asked, decided with dissent (R8, R13)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Council, CouncilDecision, CouncilIssue, CouncilPromise, CouncilSeat
from cases.rules import council as rules
from cases.services.locking import actor, first_time
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.models import Category, Organisation, Zone
from hopecare.kernel.permissions import Permission


def found(*, by: Viewer, name: str, kind: str, purpose: str, zone: Zone | None = None) -> Council:
    """A new group. Raises Impossible where one of that name is there."""
    check(by, Permission.COUNCIL_KEEP)
    problems = [errors.required(field) for field, text in (("name", name), ("purpose", purpose)) if not text.strip()]
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        try:
            with transaction.atomic():
                row = Council.objects.create(
                    name=name.strip(), kind=kind, purpose=purpose.strip(), zone=zone, by_id=actor(by)
                )
        except IntegrityError as error:
            words = _("A group of this name is there already.")
            raise errors.Impossible(errors.Problem("same_name", words, "name")) from error
        audit.changed(by, "council", [row.pk], "council_founded")
        return row


def meet(*, by: Viewer, council_id: int, at: datetime | None, place: str = "") -> Council:
    """When and where the group meets next; without a time, nothing is planned."""
    check(by, Permission.COUNCIL_KEEP)
    if at is not None and at <= clock.now():
        raise errors.Impossible(errors.Problem("past", _("That time has passed already."), "day"))
    with acting_as(by):
        row = _council(council_id)
        row.meets_at, row.meets_in = at, place.strip()[:120] if at else ""
        row.save(update_fields=["meets_at", "meets_in"])
        audit.changed(by, "council", [row.pk], "council_meets")
        return row


def seat(
    *,
    by: Viewer,
    council_id: int,
    name: str,
    sector: str,
    starts_on: date | None,
    ends_on: date | None,
    house: str = "",
) -> CouncilSeat:
    """Somebody sits for a sector and a term; who was a member before stays on record."""
    check(by, Permission.COUNCIL_KEEP)
    problems = rules.term_problems(name=name, starts_on=starts_on, ends_on=ends_on)
    if problems or starts_on is None or ends_on is None:
        raise errors.Impossible(*problems)
    with acting_as(by):
        row = CouncilSeat.objects.create(
            council=_council(council_id),
            name=name.strip(),
            house=house.strip(),
            sector=sector,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        audit.changed(by, "council", [council_id], "council_seated", seat=row.pk)
        return row


def end_seat(*, by: Viewer, seat_id: int) -> CouncilSeat:
    """The term ends today, or before it began where it never did."""
    check(by, Permission.COUNCIL_KEEP)
    with acting_as(by):
        row = CouncilSeat.objects.select_for_update().filter(pk=seat_id).first()
        if row is None:
            raise errors.NotFound("council_seat", str(seat_id))
        if row.ends_on > clock.today():
            row.ends_on = max(row.starts_on, clock.today())
            row.save(update_fields=["ends_on"])
            audit.changed(by, "council", [row.council_id], "council_unseated", seat=row.pk)
        return row


def raise_issue(
    *, by: Viewer, council_id: int, title: str, words: str, category: Category | None = None, token: str = ""
) -> CouncilIssue | None:
    """Any organisation may raise one; None when this form was taken before."""
    check(by, Permission.COUNCIL_VIEW)
    problems = rules.issue_problems(title=title, words=words)
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        if not first_time(by, token):
            return None
        row = CouncilIssue.objects.create(
            council=_council(council_id),
            title=title.strip(),
            words=words.strip(),
            category=category,
            raised_by_id=actor(by),
            house_id=_house(by),
        )
        audit.changed(by, "council", [council_id], "issue_raised", issue=row.pk)
        return row


@dataclass(frozen=True)
class Verdict:
    """What was decided and why; `dissent` with the names of those who saw it otherwise."""

    words: str
    why: str
    review_on: date | None
    dissent: str = ""
    dissenters: str = ""
    token: str = ""


def decide(*, by: Viewer, issue_id: int, verdict: Verdict) -> CouncilDecision | None:
    """A decision is added; an earlier one of the same issue stays beside it. None when this form was taken before."""
    check(by, Permission.COUNCIL_KEEP)
    facts = rules.DecisionFacts(verdict.words, verdict.why, verdict.dissent, verdict.dissenters, verdict.review_on)
    problems = rules.verdict_problems(facts, today=clock.today())
    if problems or verdict.review_on is None:
        raise errors.Impossible(*problems)
    with acting_as(by):
        issue = _issue(issue_id)
        if not first_time(by, verdict.token):
            return None
        row = CouncilDecision.objects.create(
            issue=issue,
            words=verdict.words.strip(),
            why=verdict.why.strip(),
            dissent=verdict.dissent.strip(),
            dissenters=verdict.dissenters.strip(),
            decided_on=clock.today(),
            review_on=verdict.review_on,
            by_id=actor(by),
        )
        issue.decided_at, issue.review_on = clock.now(), verdict.review_on
        issue.save(update_fields=["decided_at", "review_on"])
        audit.changed(by, "council", [issue.council_id], "issue_decided", issue=issue.pk)
        return row


def promise(
    *, by: Viewer, issue_id: int, words: str, owner: Organisation, due_on: date | None, token: str = ""
) -> CouncilPromise | None:
    """An organisation will do something until a day; None when this form was taken before."""
    check(by, Permission.COUNCIL_KEEP)
    problems = rules.promise_problems(words=words, due_on=due_on, today=clock.today())
    if problems or due_on is None:
        raise errors.Impossible(*problems)
    with acting_as(by):
        issue = _issue(issue_id)
        if not first_time(by, token):
            return None
        row = CouncilPromise.objects.create(
            issue=issue, words=words.strip(), owner=owner, due_on=due_on, by_id=actor(by)
        )
        audit.changed(by, "council", [issue.council_id], "promised", issue=issue.pk, owner=owner.pk)
        return row


def keep_promise(*, by: Viewer, promise_id: int) -> CouncilPromise:
    """Done, said by the organisation that promised it or by whoever keeps the group; said twice, it is one."""
    check(by, Permission.COUNCIL_VIEW)
    with acting_as(by):
        rows = CouncilPromise.objects.select_related("issue").select_for_update(of=("self",))
        row = rows.filter(pk=promise_id).first()
        if row is None or not (by.may(Permission.COUNCIL_KEEP) or row.owner_id == by.organisation_id):
            raise errors.NotFound("council_promise", str(promise_id))
        if row.done_on is None:
            row.done_on = clock.today()
            row.save(update_fields=["done_on"])
            audit.changed(by, "council", [row.issue.council_id], "promise_kept", promise=row.pk)
        return row


def _house(by: Viewer) -> int:
    if by.organisation_id is None:
        raise errors.Forbidden("an organisation")
    return by.organisation_id


def _council(council_id: int) -> Council:
    row = Council.objects.filter(pk=council_id).first()
    if row is None:
        raise errors.NotFound("council", str(council_id))
    return row


def _issue(issue_id: int) -> CouncilIssue:
    row = CouncilIssue.objects.select_for_update().filter(pk=issue_id).first()
    if row is None:
        raise errors.NotFound("council_issue", str(issue_id))
    return row
