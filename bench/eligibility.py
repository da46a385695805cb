"""Figures of the simulator: answers over HTTP, and a whole city in arrays in a process of its own.

`python -m bench.eligibility SCALE` prints the population's figures as JSON; its peak is that of a fresh process.
"""

import json
import random
import resource
import subprocess
import sys
import time
from datetime import date
from typing import Any

from bench.client import Browser, percentile, side_by_side
from bench.instance import Running
from hopecare.runtime.stamps import ROOT

HOUSEHOLDS, CARE_TARGETS, PERSONS_EACH = 270_000, 83_423, 2.45
REQUESTS, CLIENTS, SECONDS = 200, 4, 15.0
URL = "/api/v1/eligibility/simulations"
DICE = random.Random(11)
Figures = dict[str, tuple[float, str]]


def simulations(running: Running) -> Figures:
    """p95 of full answers of one client; full and verdict-only answers a second of four clients on the same cores."""
    one = Browser(running.port)
    asked = [body(number, "full") for number in range(REQUESTS + 20)]
    times = [_ask(one, told) for told in asked][20:]
    return {
        "simulation_full_p95_ms": (percentile(times, 0.95), "ms"),
        "simulations_full_per_second": (_rate(running, "full"), "1/s"),
        "simulations_verdicts_per_second": (_rate(running, "verdicts"), "1/s"),
    }


def _ask(browser: Browser, told: str) -> float:
    answer = browser.request("POST", URL, told, **{"Content-Type": "application/json"})
    if answer.status != 200:
        raise RuntimeError(f"a simulation answered {answer.status}: {answer.body[:200]!r}")
    return answer.seconds * 1000


def _rate(running: Running, detail: str) -> float:
    asked = [body(number, detail) for number in range(REQUESTS)]
    until = time.monotonic() + SECONDS

    def client(number: int) -> list[float]:
        browser, times = Browser(running.port), list[float]()
        while time.monotonic() < until:
            times.append(_ask(browser, asked[(number * 53 + len(times)) % len(asked)]))
        return times

    return len(side_by_side(client, CLIENTS)) / SECONDS


def body(number: int, detail: str) -> str:
    """A household of one to five people with everything told, each a different one."""
    people = [_person("a", "head", DICE.randint(1935, 2003))]
    if number % 3:
        people.append(_person("b", "spouse", DICE.randint(1935, 2003)))
    people += [_person(f"c{child}", "child", DICE.randint(2006, 2025)) for child in range(number % 4)]
    home: dict[str, Any] = {
        "tenure": DICE.choice(["owned", "jeonse", "monthly_rent", "free"]),
        "supporters": [],
        "parents_household": {"size": 2, "monthly_income": 3_000_000, "property": 100_000_000},
        "crisis": DICE.choice(["none", "job_loss"]),
        "single_parent": number % 3 == 0,
        "single_parent_kind": "divorced",
        "car_use": "private",
        "car_cc": 1600,
        "car_age_years": 11,
    }
    for name in ("deposit", "home_value", "other_property", "financial_assets", "debt", "car_value"):
        home[name] = DICE.choice([0, 0, DICE.randint(0, 200_000_000)])
    home["monthly_rent"] = DICE.choice([0, DICE.randint(100_000, 700_000)])
    told = {"as_of": "2026-11-21", "town": "hwado", "detail": detail, "persons": people, "household": home}
    return json.dumps(told)


def _person(name: str, relation: str, year: int) -> dict[str, Any]:
    grown = year < 2005
    told: dict[str, Any] = {"id": name, "relation": relation, "birth_date": f"{year}-{DICE.randint(1, 12):02d}-11"}
    for income in ("earned", "business", "property", "transfer", "public_pension"):
        told[f"{income}_income"] = DICE.choice([0, 0, DICE.randint(0, 2_500_000)]) if grown else 0
    return told | {"disability": "none", "illness": "none", "school": "none", "childcare": "home", "pregnant": False}


def population(running: Running) -> Figures:
    """Verdicts and amounts of every programme for the city, one what-if over the care targets; a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.eligibility", str(running.bench.scale)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return {name: (value, "MB" if name.endswith("_mb") else "s") for name, value in found.items()}


def reckon_city(scale: float) -> dict[str, float]:
    """Times the city and a what-if; called in a process of its own."""
    from eligibility import programmes  # noqa: PLC0415 - this half runs in a process of its own
    from eligibility.engine import load  # noqa: PLC0415
    from eligibility.engine.population import reckon  # noqa: PLC0415
    from eligibility.engine.what_if import what_if  # noqa: PLC0415

    system, day = load().system, date(2026, 11, 21)
    city = made_up(int(HOUSEHOLDS * scale), 1)
    began = time.perf_counter()
    reckon(system, day, city)
    seconds = time.perf_counter() - began
    targets = made_up(int(CARE_TARGETS * scale), 2)
    began = time.perf_counter()
    what_if(system, day, targets, programmes.levers()["nbls_livelihood"], 3500)
    asked = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"population_seconds": seconds, "population_peak_mb": peak, "whatif_seconds": asked}


def made_up(households: int, seed: int) -> Any:
    """A made-up city: sizes, ages, incomes and property of about the right kind."""
    import numpy as np  # noqa: PLC0415 - as above

    from eligibility.engine.population import Population  # noqa: PLC0415

    dice = np.random.default_rng(seed)
    sizes = 1 + dice.binomial(5, (PERSONS_EACH - 1) / 5, households)
    persons = int(sizes.sum())
    starts = np.cumsum(sizes) - sizes
    place = np.arange(persons) - np.repeat(starts, sizes)
    grown = (place < 2) | (dice.random(persons) < 0.2)
    born = np.where(grown, dice.integers(1936, 2004, persons), dice.integers(2007, 2026, persons))
    couple = np.repeat((sizes > 1) & (dice.random(households) < 0.7), sizes)
    some = {name: dice.random(persons) < 0.4 for name in ("earned", "public_pension", "transfer")}
    inputs = {
        "birth": born * 10_000 + dice.integers(1, 13, persons) * 100 + dice.integers(1, 29, persons),
        "spouse_row": np.where(couple & (place == 0), 1, np.where(couple & (place == 1), 0, -1)),
        "is_head": place == 0,
        "is_spouse": couple & (place == 1),
        "disability": np.where(dice.random(persons) < 0.05, dice.integers(1, 3, persons), 0),
        "illness": np.where(dice.random(persons) < 0.1, dice.integers(1, 3, persons), 0),
        "school": np.where(grown, 0, dice.integers(0, 5, persons)),
        "class_told": np.full(persons, -1),
        "today": np.full(households, 20261121),
        "tenure": dice.integers(0, 4, households),
        "parents_size": np.full(households, 2),
        "raises_alone": (sizes > 1) & (dice.random(households) < 0.1),
        "crisis": np.where(dice.random(households) < 0.05, 1, 0),
    }
    for name, chosen in some.items():
        inputs[name] = np.where(grown & chosen, dice.integers(0, 4_000_000, persons), 0)
    for name, most in (("deposit", 2e8), ("home_value", 6e8), ("financial", 5e7), ("debt", 1e8), ("monthly_rent", 6e5)):
        inputs[name] = np.where(dice.random(households) < 0.5, dice.integers(0, int(most), households), 0)
    groups = {name: dice.integers(0, most, households) for name, most in (("zone", 4), ("class", 3), ("stage", 6))}
    return Population(sizes, inputs, groups)


if __name__ == "__main__":
    print(json.dumps(reckon_city(float(sys.argv[1]))))
