"""Keep what the rules said to a household, and run it again when other rules answer (D12).

On the timeline stand the verdicts with the version of the rules. The answers stay in the section of means, encrypted:
without them nobody could be told that a corrected rule would have answered otherwise.
"""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from cases.models import BenefitRun, EntryKind, TimelineEntry
from cases.services import timeline
from cases.services.locking import actor, locked_case
from eligibility.facts import Simulation
from eligibility.selectors import rules_version
from eligibility.selectors.again import turned
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system, visible_to
from hopecare.kernel.nudge import nudge
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

PURPOSE = "rules_changed"
ONE_CASE = gettext_noop("Rules %(version)s read case %(number)s differently: %(count)s programmes. Please look again.")
A_TEAM = gettext_noop("Rules %(version)s changed results that your team had kept. The list tells which ones.")
#: Results of one transaction; each is run twice, about ten milliseconds a time.
CHUNK = 50


def keep_run(*, by: Viewer, number: str, simulation: Simulation, facts: dict[str, Any]) -> TimelineEntry:
    """The verdicts with the rules' version, in place of those kept before; `facts` as they were reckoned."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS)
        check(by, Permission.SECTION_MEANS)
        verdicts = {result.programme: result.verdict for result in simulation.results}
        version = simulation.rules_version
        visible_to(by, BenefitRun).filter(case=case, replaced_at=None).update(replaced_at=clock.now(), facts="")
        BenefitRun.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            facts=json.dumps(facts, ensure_ascii=False),
            verdicts=verdicts,
            rules_version=version,
            run_version=version,
            by_id=actor(by),
        )
        # What they may receive tells what they have: the timeline says only that somebody looked (section means).
        entry = timeline.append(by, case, EntryKind.NOTE, way="benefits", rules_version=version)
        audit.changed(by, "case", [case.pk], "benefits", owners=[case.provider_id], rules=version)
    return entry


def look_at(*, by: Viewer, number: str) -> BenefitRun:
    """Somebody has looked at what other rules changed and takes it on; a second look changes nothing."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS, open_only=False)
        run = visible_to(by, BenefitRun).select_for_update(of=("self",)).filter(case=case, replaced_at=None).first()
        if run is None or not run.turned:
            raise errors.NotFound("case", number)
        if run.seen_at is None:
            run.seen_at, run.seen_by_id = clock.now(), actor(by)
            run.save(update_fields=["seen_at", "seen_by"])
            audit.changed(by, "case", [case.pk], "benefits_looked_at", owners=[case.provider_id], rules=run.run_version)
    return run


def run_again() -> int:
    """Run every kept result that other rules gave; whoever leads the case and its team hear of what turned.

    Returns how many were run. Safe to repeat and to run twice at once.
    """
    sweep, run = system(Principal.SWEEP), 0
    while True:
        with acting_as(sweep):
            some = _run_some(sweep)
        run += some
        if some < CHUNK:
            return run


def _run_some(sweep: Viewer) -> int:
    version = rules_version()
    rows = visible_to(sweep, BenefitRun).filter(replaced_at=None).exclude(facts="").exclude(run_version=version)
    waiting = list(rows.select_for_update(skip_locked=True).order_by("pk")[:CHUNK])
    changed = []
    for row in waiting:
        found = [one.plain() for one in turned(json.loads(row.facts), row.verdicts)]
        if found != row.turned:
            row.turned, row.turned_at = found, clock.now() if found else None
            row.seen_at = row.seen_by = None
            if found:
                changed.append(row)
        row.run_version = version
        row.save(update_fields=["turned", "turned_at", "seen_at", "seen_by", "run_version"])
    _tell(sweep, changed, version)
    return len(waiting)


def _tell(sweep: Viewer, changed: Sequence[BenefitRun], version: str) -> None:
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute("select case_id, number, lead_id from hc_leads_of(%s)", [[row.case_id for row in changed]])
        leads = {case_id: (number, lead_id) for case_id, number, lead_id in cursor.fetchall()}
    for row in changed:
        number, lead_id = leads[row.case_id]
        words = {"version": version, "number": number, "count": len(row.turned)}
        to, link = Recipient.user(lead_id), f"/desk/cases/{number}/benefits/"
        _notify(sweep, row, ("case", row.case_id), to, (ONE_CASE, words, link))
    for row in {row.team_id: row for row in changed}.values():
        told = A_TEAM, {"version": version}, "/desk/rule-changes/"
        _notify(sweep, row, ("rules", version), Recipient.team(row.team_id), told)


def _notify(
    sweep: Viewer,
    row: BenefitRun,
    about: tuple[str, object],
    to: Recipient,
    told: tuple[str, dict[str, Any], str],
) -> None:
    words, parameters, link = told
    notify(
        by=sweep,
        purpose=PURPOSE,
        about=about,
        step=f"{row.run_version}:{to.kind}:{to.id}",
        to=to,
        words=words,
        parameters=parameters,
        link=link,
        provider_id=row.provider_id,
    )


def rules_activated(payload: dict[str, Any]) -> None:
    """News of the rules: the sweep begins now instead of at its next beat."""
    transaction.on_commit(partial(nudge, "cases.run_benefits_again"), robust=True)
