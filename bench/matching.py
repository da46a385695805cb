"""match_*: a week of the city solved and proven, in a fresh process each, with the greedy order beside it.

`python -m bench.matching SEATS HELPERS` prints one JSON line.
"""

import json
import resource
import subprocess
import sys
import time

import numpy as np

from bench import weeks
from bench.instance import Running
from hopecare.runtime.stamps import ROOT
from volunteers import matching
from volunteers.matching.model import NOBODY, Plan, Problem

SEATS, MANY_SEATS = 8_000, 20_000
CHANGED_SHARE = 0.05


def match(running: Running) -> dict[str, tuple[float, str]]:
    """8,000 needs against the active twelfth of the register, and 20,000 against everybody in it."""
    usual = _measured(SEATS, round(weeks.REGISTER * weeks.ACTIVE_SHARE))
    many = _measured(MANY_SEATS, weeks.REGISTER)
    for name, one in (("usual", usual), ("many", many)):
        print(f"  {name}: {json.dumps(one)}", file=sys.stderr, flush=True)
    return {
        "match_seconds": (usual["seconds"], "s"),
        "match_peak_mb": (usual["peak_mb"], "MB"),
        "match_gap_percent": (max(usual["gap"], many["gap"]), "%"),
        "match_greedy_gap_percent": (usual["greedy_gap"], "%"),
        "match_empty_seats": (usual["empty"], "seats"),
        "match_greedy_empty_seats": (usual["greedy_empty"], "seats"),
        "match_20000_seconds": (many["seconds"], "s"),
        "match_incremental_seconds": (usual["again"], "s"),
    }


def _measured(seats: int, helpers: int) -> dict[str, float]:
    argv = [sys.executable, "-m", "bench.matching", str(seats), str(helpers)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return {name: float(value) for name, value in json.loads(done.stdout).items()}


def once(seats: int, helpers: int) -> dict[str, float]:
    """Seconds from arrays to a proven plan; the greedy and the change of a twentieth are timed apart."""
    engine = matching.load()
    problem = weeks.week(seats=seats, helpers=helpers)
    began = time.monotonic()
    plan = engine.solve(problem)
    seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    changed, again = _changed(problem, plan)
    greedy = engine.solve(problem, method="greedy") if seats <= SEATS else plan
    return {
        "seconds": seconds,
        "peak_mb": peak,
        "gap": max(plan.gap_percent, changed.gap_percent),
        "total": plan.total,
        "bound": plan.bound,
        "empty": plan.empty_seats,
        "arcs": plan.arcs,
        "added": plan.added,
        "priced": plan.priced,
        "rounds": plan.rounds,
        "again": again,
        "greedy_gap": 100.0 * (greedy.total - plan.bound) / plan.bound,
        "greedy_empty": greedy.empty_seats,
    }


def _changed(problem: Problem, plan: Plan) -> tuple[Plan, float]:
    """A twentieth of the filled seats say no; those seats are filled again, nobody else is moved. The best of three."""
    filled = np.flatnonzero(plan.window != NOBODY)
    said_no = filled[:: round(1 / CHANGED_SHARE)]
    refusals = np.column_stack([said_no, problem.windows.helper[plan.window[said_no]]])
    problem.links.barred = np.vstack([problem.links.barred, refusals])
    seconds = []
    for _ in range(3):
        began = time.monotonic()
        again = matching.load().resolve(problem, plan, said_no)
        seconds.append(time.monotonic() - began)
    return again, min(seconds)


if __name__ == "__main__":
    print(json.dumps(once(int(sys.argv[1]), int(sys.argv[2]))))
