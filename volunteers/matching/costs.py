"""Points by name, for many pairs at once; the same sums as volunteers.rules.matching, which judges one pair."""

import numpy as np

from volunteers.matching.model import Floats, Ints, Problem
from volunteers.rules import matching as rules

EARTH_KM = 6371.0


def kilometres(problem: Problem, need: Ints, helper: Ints) -> Floats:
    """Straight distance of each pair; the formula of the rules, its cosine taken apart so that each is drawn once."""
    here, there = problem.globe
    middle = here.cosine[need] * there.cosine[helper]
    middle -= here.sine[need] * there.sine[helper]
    x = there.lon[helper] - here.lon[need]
    x *= middle
    y = there.lat[helper] - here.lat[need]
    return np.asarray(np.sqrt(x * x + y * y) * EARTH_KM)


def points(problem: Problem, need: Ints, helper: Ints, km: Floats) -> Ints:
    """The sum of `terms` for many pairs that do not know each other, without a table for each term."""
    needs, helpers = problem.needs, problem.helpers
    total = np.minimum(km * rules.POINTS_PER_KM + 0.5, rules.FARTHEST_POINTS).astype(np.int32)
    total += (helpers.reluctance[helper] + helpers.turn[helper]).astype(np.int32)
    total += np.int32(rules.NEW_TO_SERVICE + rules.NEW_TO_HOUSE)
    done = (helpers.practised[helper] >> needs.service[need]) & 1
    total -= done.astype(np.int32) * np.int32(rules.NEW_TO_SERVICE)
    if needs.stairs[need].any():
        total += (needs.stairs[need] & ~helpers.stairs_ok[helper]) * np.int32(rules.STAIRS_HARD)
    return total


def terms(problem: Problem, need: Ints, helper: Ints, known: Ints) -> dict[str, Ints]:
    """Term → points of each pair; `known` is 1 where the helper has been in that house. Burnout is not a pair's."""
    needs, helpers = problem.needs, problem.helpers
    km = kilometres(problem, need, helper)
    way = np.minimum(np.floor(km * rules.POINTS_PER_KM + 0.5), rules.FARTHEST_POINTS).astype(np.int64)
    done = (helpers.practised[helper] >> needs.service[need]) & 1
    hard = needs.stairs[need] & ~helpers.stairs_ok[helper]
    return {
        "distance": way,
        "practice": (1 - done) * rules.NEW_TO_SERVICE,
        "familiar": (1 - known) * rules.NEW_TO_HOUSE,
        "stairs": hard * np.int64(rules.STAIRS_HARD),
        "acceptance": helpers.reluctance[helper],
        "fairness": helpers.turn[helper],
    }


def burnout(load: Ints | int) -> Ints:
    """Points of one visit more for somebody who has made `load` of them this month: it grows, so work spreads."""
    return np.asarray(rules.POINTS_PER_LOAD * (2 * np.asarray(load, np.int64) + 1))
