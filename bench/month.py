"""offers_*: a month of asking, simulated for our waves, for a broadcast to ten and for first come, first served.

Who answers how is drawn once per helper: willing in half of the cases on average, three in ten say no, the others stay
silent; answers come after a few hours. Each way of asking meets the same needs, the same people and the same dice.

`python -m bench.month` prints one JSON line.
"""

import heapq
import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench import weeks
from bench.instance import Running
from hopecare.runtime.stamps import ROOT
from volunteers import matching
from volunteers.matching import costs, pairs
from volunteers.matching.model import NOBODY, Book, Problem
from volunteers.rules import matching as rules

SEATS, HELPERS, WEEKS, OPTIONS = 2_000, 14_916, 4, 40
#: One in five stays silent; of the others somebody of middling will says yes in five cases of eight.
SILENT, WILLING = 0.2, 1.25
ANSWER_HOURS, NOTICE, DAY = 4.0, 2.0, 24.0
BROADCAST, EVERYBODY = 10, 30


@dataclass
class Month:
    """What a way of asking came to. `texts`: questions and confirmations; `closings`: "it is settled" to the others."""

    wanted: int = 0
    filled: int = 0
    texts: int = 0
    closings: int = 0
    turned_away: int = 0
    urgent_left: int = 0
    asked: Any = field(default_factory=lambda: np.zeros(HELPERS, np.int64))
    served: Any = field(default_factory=lambda: np.zeros(HELPERS, np.int64))


@dataclass
class Seat:
    """One seat of one week: whom one could ask, best first, and until when."""

    options: list[tuple[int, int]]  # (helper, window)
    ends: float
    urgent: bool
    open: set[int] = field(default_factory=set)
    filled: bool = False


def offers(running: Running) -> dict[str, tuple[float, str]]:
    done = subprocess.run([sys.executable, "-m", "bench.month"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found = json.loads(done.stdout)
    for name, figures in found.items():
        print(f"  {name}: {json.dumps(figures)}", file=sys.stderr, flush=True)
    ours = found["waves"]
    return {
        "offers_sms_per_seat": (ours["sms_per_seat"], "texts"),
        "offers_closings_per_seat": (ours["closings_per_seat"], "texts"),
        "offers_most_to_one": (ours["most_to_one"], "offers"),
        "offers_fill_rate": (ours["fill_rate"], ""),
        "offers_turned_away": (ours["turned_away"], "answers"),
        "offers_urgent_left": (ours["urgent_left"], "seats"),
        "offers_hours_gini": (ours["hours_gini"], ""),
        "offers_broadcast_sms_per_seat": (found["broadcast"]["sms_per_seat"], "texts"),
        "offers_broadcast_most_to_one": (found["broadcast"]["most_to_one"], "offers"),
        "offers_first_come_sms_per_seat": (found["first_come"]["sms_per_seat"], "texts"),
    }


def simulate() -> dict[str, dict[str, float]]:
    found = {}
    for way in ("waves", "broadcast", "first_come"):
        month = Month()
        for week in range(WEEKS):
            _week(month, week, way)
        found[way] = _figures(month)
    return found


def willingness() -> Any:
    """How willing each helper is, the same in every week; the history of their answers was drawn from it too."""
    return np.random.default_rng(5).beta(3, 3, HELPERS)


def _figures(month: Month) -> dict[str, float]:
    served = np.sort(month.served[month.asked > 0]).astype(float)
    rank = np.arange(1, len(served) + 1)
    gini = float(2 * (rank * served).sum() / (len(served) * served.sum()) - (len(served) + 1) / len(served))
    return {
        "wanted": month.wanted,
        "fill_rate": month.filled / month.wanted,
        "sms_per_seat": month.texts / month.filled,
        "closings_per_seat": month.closings / month.filled,
        "turned_away": month.turned_away,
        "most_to_one": int(month.asked.max()),
        "urgent_left": month.urgent_left,
        "hours_gini": gini,
    }


def _week(month: Month, number: int, way: str) -> None:
    problem = weeks.week(seats=SEATS, helpers=HELPERS, seed=100)
    needs = weeks.week(seats=SEATS, helpers=HELPERS, seed=200 + number).needs
    needs.bundle[:] = NOBODY
    problem = Problem(needs, problem.helpers, problem.windows, problem.links)
    helpers = problem.helpers
    will, past = willingness(), np.random.default_rng(6)
    asked = past.integers(0, 12, HELPERS)
    accepted = past.binomial(asked, (1 - SILENT) * np.minimum(will * WILLING, 1))
    helpers.reluctance[:] = rules.RELUCTANT_POINTS * (asked - accepted + 1) // (asked + 4)
    helpers.turn[:] = np.minimum(month.asked * rules.POINTS_PER_QUESTION, rules.MOST_FOR_QUESTIONS)
    helpers.load[:] = month.served
    if way == "waves":
        helpers.room[month.asked >= rules.MOST_QUESTIONS] = 0
    seats = _seats(problem, planned=way == "waves")
    _Play(month, problem, seats, way, np.random.default_rng(900 + number)).run()


def _seats(problem: Problem, *, planned: bool) -> list[Seat]:
    """Options of each seat, cheapest first; whom the plan proposes stands first."""
    everybody = np.arange(len(problem.needs))
    options: list[list[tuple[int, int]]] = [[] for _ in everybody]
    for part in pairs.feasible(problem, Book.empty(problem), everybody):
        if not len(part):
            continue
        tired = costs.burnout(problem.helpers.load[problem.windows.helper[part.window]])
        near = pairs.cheapest(part, tired, OPTIONS)
        price = near.cost + costs.burnout(problem.helpers.load[problem.windows.helper[near.window]])
        for at in np.lexsort((price, near.need)).tolist():
            options[near.need[at]].append((int(problem.windows.helper[near.window[at]]), int(near.window[at])))
    if planned:
        plan = matching.load().solve(problem)
        for seat in np.flatnonzero(plan.window != NOBODY).tolist():
            first = (int(problem.windows.helper[plan.window[seat]]), int(plan.window[seat]))
            options[seat] = [first, *(one for one in options[seat] if one != first)]
    needs = problem.needs
    return [
        Seat(
            options[at], DAY * (1 + int(needs.weekday[at])) + float(needs.starts[at]) / 60, bool(needs.empty[at] > 1000)
        )
        for at in everybody
    ]


class _Play:
    """One week, event by event; hours count from Sunday midnight."""

    def __init__(self, month: Month, problem: Problem, seats: list[Seat], way: str, dice: Any) -> None:
        self.month, self.problem, self.seats, self.way, self.dice = month, problem, seats, way, dice
        self.will = willingness()
        self.events: list[tuple[float, int, str, int, int, int]] = []
        self.busy: set[int] = set()
        self.taken: set[int] = set()
        self.visits = np.zeros(HELPERS, np.int64)
        self.count = 0

    def run(self) -> None:
        self.month.wanted += len(self.seats)
        for number, seat in enumerate(self.seats):
            self._put(9.0 + self.dice.random(), "ask", number, 3 if seat.urgent else 1, 0)
        while self.events:
            now, _, what, number, helper, window = heapq.heappop(self.events)
            {"ask": self._ask, "yes": self._yes, "no": self._no, "late": self._late}[what](now, number, helper, window)
        self.month.urgent_left += sum(1 for seat in self.seats if seat.urgent and not seat.filled)

    def _put(self, at: float, what: str, seat: int, helper: int, window: int) -> None:
        self.count += 1
        heapq.heappush(self.events, (at, self.count, what, seat, helper, window))

    def _ask(self, now: float, number: int, many: int, _window: int) -> None:
        seat = self.seats[number]
        if self.way == "waves":
            many = max((3 if seat.urgent else many) - len(seat.open), 0)
        else:
            many = BROADCAST if self.way == "broadcast" else EVERYBODY
        if seat.filled or now > seat.ends - NOTICE:
            return
        for helper, window in list(seat.options):
            if many == 0:
                return
            if not self._free(helper, window):
                continue
            seat.options.remove((helper, window))
            many -= 1
            self._send(now, number, seat, helper, window)

    def _free(self, helper: int, window: int) -> bool:
        if window in self.taken or self.visits[helper] >= self.problem.helpers.room[helper]:
            return False
        often = self.month.asked[helper] >= rules.MOST_QUESTIONS
        return self.way != "waves" or (helper not in self.busy and not often)

    def _send(self, now: float, number: int, seat: Seat, helper: int, window: int) -> None:
        self.month.asked[helper] += 1
        self.month.texts += 1
        self.busy.add(helper)
        seat.open.add(helper)
        hours = 1.0 if seat.urgent else ANSWER_HOURS
        said, delay = self.dice.random(), self.dice.exponential(hours / 3)
        if said < SILENT:
            self._put(min(now + hours, seat.ends - NOTICE), "late", number, helper, window)
        else:
            willing = (said - SILENT) / (1 - SILENT) < self.will[helper] * WILLING
            self._put(now + min(delay, hours), "yes" if willing else "no", number, helper, window)

    def _yes(self, now: float, number: int, helper: int, window: int) -> None:
        seat = self.seats[number]
        self.busy.discard(helper)
        seat.open.discard(helper)
        if seat.filled or window in self.taken:
            self.month.turned_away += 1
            return
        seat.filled = True
        self.taken.add(window)
        self.visits[helper] += 1
        self.month.served[helper] += 1
        self.month.filled += 1
        self.month.texts += 1
        self.month.closings += len(seat.open)

    def _no(self, now: float, number: int, helper: int, _window: int) -> None:
        self.busy.discard(helper)
        self.seats[number].open.discard(helper)
        if self.way == "waves" or not self.seats[number].open:
            self._put(now, "ask", number, 1, 0)

    def _late(self, now: float, number: int, helper: int, _window: int) -> None:
        """Silence: time runs, so two are asked; whoever is still thinking keeps the question for the broadcast."""
        self.busy.discard(helper)
        self.seats[number].open.discard(helper)
        if self.way == "waves" or not self.seats[number].open:
            self._put(now, "ask", number, 2, 0)


if __name__ == "__main__":
    print(json.dumps(simulate()))
