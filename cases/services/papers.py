"""Papers of a case: a picture drawn anew or a PDF that was looked at; said before they run out, ended when replaced."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop

from cases.models import CasePaper
from cases.rules import papers as rules
from cases.services.locking import actor, first_time, locked_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, case_key, check, system, visible_to
from hopecare.kernel.models import Person
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import documents
from hopecare.kernel.services.documents import Draft
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

RUNS_OUT = gettext_noop("A paper of case %(number)s runs out on %(day)s. Please ask for the next one.")


@dataclass(frozen=True)
class Kept:
    """A paper as told; without a person it is the whole household's. `token`: one per form."""

    kind: str
    title: str
    picture: Draft | None
    person: Person | None = None
    expires_on: date | None = None
    token: str = ""
    original: Draft | None = None
    pages: int = 1


def keep(*, by: Viewer, number: str, kept: Kept) -> CasePaper | None:
    """Add it to the case. None when this form was taken before; Forbidden for a section the role does not open."""
    facts = rules.PaperFacts(kept.title, kept.picture is not None, kept.expires_on)
    problems = rules.paper_problems(facts, today=clock.today())
    if problems or kept.picture is None:
        raise errors.Impossible(*problems)
    section = rules.SECTIONS.get(kept.kind, "")
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS)
        if section and section not in by.sections and case.pk not in by.reach.led:
            raise errors.Forbidden(f"section.{section}")
        if not first_time(by, kept.token):
            return None
        keys = [case.team_id, -case.provider_id, case_key(case.pk)]
        row = CasePaper.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            document=documents.adopt(kept.picture, scope_keys=keys),
            original=documents.adopt(kept.original, scope_keys=keys) if kept.original else None,
            pages=kept.pages,
            person=kept.person,
            kind=kept.kind,
            title=kept.title.strip(),
            expires_on=kept.expires_on,
            added_by_id=actor(by),
            section=section,
        )
        audit.changed(by, "case", [case.pk], "paper_kept", owners=[case.provider_id], paper=row.pk)
        return row


def end(*, by: Viewer, number: str, paper_id: int) -> CasePaper:
    """Replaced or not needed: it leaves the list and is asked about no more; the picture goes with the case's words."""
    check(by, Permission.CASE_ASSESS)
    with acting_as(by):
        rows = visible_to(by, CasePaper).select_for_update(of=("self",))
        row = rows.filter(pk=paper_id, case__number=number).first()
        if row is None:
            raise errors.NotFound("paper", str(paper_id))
        if row.ended_on is None:
            row.ended_on = clock.today()
            row.save(update_fields=["ended_on"])
            audit.changed(by, "case", [row.case_id], "paper_ended", owners=[row.provider_id], paper=row.pk)
        return row


def watch() -> int:
    """Each night: the lead of an open case hears once of every paper that runs out within thirty days."""
    machine = system(Principal.SWEEP)
    with acting_as(machine):
        rows = CasePaper.objects.filter(
            ended_on=None, expires_on__lte=clock.today() + rules.AHEAD, case__closed_at=None
        ).select_related("case")
        return sum(
            notify(
                by=machine,
                purpose="paper_runs_out",
                about=("case", row.case_id),
                step=f"{row.pk}:{row.expires_on}",
                to=Recipient.user(row.case.lead_id),
                words=RUNS_OUT,
                parameters={"number": row.case.number, "day": f"{row.expires_on:%m/%d}"},
                link=f"/desk/cases/{row.case.number}/papers/",
                provider_id=row.provider_id,
            ).fresh
            for row in rows.order_by("pk")
        )
