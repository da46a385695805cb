"""A version of the rules begins to answer: it is written down, told upward, and kept answers are run again (D12)."""

import json

from django.db.models import F

from eligibility.models import RulesVersion, SavedAnswers
from eligibility.selectors.again import turned
from eligibility.selectors.simulation import rules_version
from hopecare.kernel import audit, clock, events
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to

#: Rows of one transaction; each is run twice, about ten milliseconds a time.
CHUNK = 50


def activate() -> bool:
    """Write down that the rules of this release answer from now on; whether they are new here. Safe to repeat."""
    sweep = system(Principal.SWEEP)
    with acting_as(sweep):
        row, new = RulesVersion.objects.get_or_create(version=rules_version())
        if new:
            audit.changed(sweep, "rules", [row.pk], "activated", version=row.version)
            events.publish("rules.activated", version=row.version)
    return new


def run_answers_again() -> int:
    """Run every kept answer that other rules gave; a verdict that turned reopens it. Returns how many were run."""
    sweep, run = system(Principal.SWEEP), 0
    while True:
        with acting_as(sweep):
            some = _run_some(sweep)
        run += some
        if some < CHUNK:
            return run


def _run_some(sweep: Viewer) -> int:
    version = rules_version()
    rows = visible_to(sweep, SavedAnswers).filter(expires_at__gt=clock.now()).exclude(outcome="")
    waiting = rows.exclude(run_version=version).select_for_update(skip_locked=True).order_by("pk")[:CHUNK]
    run = wrong = 0
    for row in waiting:
        outcome = json.loads(row.outcome)
        found = turned(outcome["facts"], outcome["verdicts"])
        outcome["turned"] = {one.programme: one.before for one in found}
        row.outcome, row.run_version, row.reopened = json.dumps(outcome), version, bool(found)
        row.save(update_fields=["outcome", "run_version", "reopened"])
        run += 1
        wrong += any(one.own_day for one in found)
    if run:
        RulesVersion.objects.filter(version=version).update(
            answers_run=F("answers_run") + run, answers_wrong=F("answers_wrong") + wrong
        )
    return run
