"""Ask what another line would change for all care targets; the worker reckons, sums stay with the rules' version."""

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.models import WhatIfRun
from cases.selectors.care_targets import care_targets
from cases.selectors.what_if import LOST
from cases.services.locking import actor
from eligibility.facts import Cell, WhatIf
from eligibility.selectors import levers, rules_version, what_if
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.nudge import nudge
from hopecare.kernel.permissions import Permission

#: Where a line may be put: unit of the lever → figures, and what is said to others.
RANGES = {"percent": range(1, 301), "man_won": range(1, 1001)}
OUT_OF_RANGE = {
    "percent": _("Between 1 and 300 percent, please."),
    "man_won": _("Between 10,000 and 10,000,000 won, please: in units of 10,000 won."),
}


def ask(*, by: Viewer, lever: str, figure: int) -> WhatIfRun:
    """Have it reckoned; the same question of the same day and rules is answered once. `figure`: in the lever's unit.

    Raises Impossible for an unknown line and for a figure that is out of range or is the line of today.
    """
    check(by, Permission.WHAT_IF)
    today = clock.today()
    known = {one.code: one for one in levers(on=today)}
    if lever not in known:
        raise errors.Impossible(errors.required("lever"))
    unit = known[lever].unit
    if figure not in RANGES[unit]:
        raise errors.Impossible(errors.Problem("range", OUT_OF_RANGE[unit], "figure"))
    if figure == known[lever].today:
        words = _("That is where the line stands today. Please choose another one.")
        raise errors.Impossible(errors.Problem("same", words, "figure"))
    asked = {"lever": lever, "figure": figure, "day": today, "rules_version": rules_version()}
    with acting_as(by):
        _give_up_lost()
        before = WhatIfRun.objects.filter(failed=False, **asked).first()
        if before is not None:
            return before
        run = WhatIfRun.objects.create(today_figure=known[lever].today, asked_by_id=actor(by), **asked)
        audit.changed(by, "what_if", [run.pk], "asked", lever=lever, figure=figure)
        transaction.on_commit(partial(nudge, "cases.reckon_what_if"), robust=True)
    return run


def _give_up_lost() -> None:
    lost = WhatIfRun.objects.filter(finished_at=None, started_at__lte=clock.now() - LOST)
    lost.update(failed=True, finished_at=clock.now())


def reckon(*, run_id: int) -> WhatIfRun:
    """Reckon a waiting run; one that is not waiting is left as it is."""
    sweep = system(Principal.SWEEP)
    with acting_as(sweep):
        if not WhatIfRun.objects.filter(pk=run_id, started_at=None).update(started_at=clock.now()):
            return WhatIfRun.objects.get(pk=run_id)
    try:
        return _reckon(sweep, WhatIfRun.objects.get(pk=run_id))
    except Exception:
        with acting_as(sweep):
            WhatIfRun.objects.filter(pk=run_id).update(failed=True, finished_at=clock.now())
        raise


def _reckon(sweep: Viewer, run: WhatIfRun) -> WhatIfRun:
    began = time.monotonic()
    with acting_as(sweep):
        targets = care_targets()
    run.left_out = targets.left_out
    if targets.homes.sizes:
        found = what_if(
            targets.homes, lever=run.lever, figure=run.figure, on=run.day, progress=_progress(sweep, run.pk)
        )
        run.answer = _kept(found, targets.codes)
    run.finished_at, run.seconds, run.progress = clock.now(), time.monotonic() - began, 100
    run.rules_version = rules_version()
    with acting_as(sweep):
        run.save()
    return run


def _progress(sweep: Viewer, run_id: int) -> Callable[[int, int], None]:
    """Half of the way is reading; the rest goes block by block."""

    def tell(done: int, of: int) -> None:
        with acting_as(sweep):
            WhatIfRun.objects.filter(pk=run_id).update(progress=50 + 50 * done // of)

    return tell


def _kept(found: WhatIf, codes: dict[str, list[str]]) -> dict[str, Any]:
    """As JSON, with the codes of groups instead of their numbers; `not_known` only where it matters."""
    cells = [{**_figures(cell), "group": cell.group, "code": codes[cell.group][cell.code]} for cell in found.cells]
    whole = {"households": found.households, "before": found.before, "after": found.after}
    if found.not_known is not None:
        whole["not_known"] = found.not_known
    return {**whole, "total": _figures(found.total), "cells": cells}


def _figures(cell: Cell) -> dict[str, int | None]:
    told: dict[str, int | None] = asdict(cell)
    return {name: told[name] for name in ("gained", "lost", "won_a_year")}
