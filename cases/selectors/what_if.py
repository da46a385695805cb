"""What planners asked about all care targets. Sums alone; whoever may ask may read everybody's questions."""

from collections.abc import Sequence
from datetime import timedelta

from cases.models import WhatIfRun
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.permissions import Permission

MOST = 30
#: A run that has not come home by then died with its process.
LOST = timedelta(minutes=15)


def recent(viewer: Viewer) -> Sequence[WhatIfRun]:
    """Newest first; one query."""
    check(viewer, Permission.WHAT_IF)
    return list(WhatIfRun.objects.select_related("asked_by").order_by("-asked_at")[:MOST])


def run(viewer: Viewer, run_id: int) -> WhatIfRun | None:
    check(viewer, Permission.WHAT_IF)
    return WhatIfRun.objects.select_related("asked_by").filter(pk=run_id).first()


def waiting() -> list[int]:
    """Runs to reckon now; none while one is being reckoned, so that planners never hold every thread of the worker."""
    open_runs = WhatIfRun.objects.filter(finished_at=None)
    if open_runs.filter(started_at__gt=clock.now() - LOST).exists():
        return []
    return list(open_runs.filter(started_at=None).order_by("pk").values_list("pk", flat=True))
