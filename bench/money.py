"""fund_balance_ms, trial_balance_seconds, transparency_p95_ms, monthly_run_seconds, ledger_commits_per_second.

`python -m bench.money` measures inside the instance named by the environment and prints one JSON line.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import django

from bench.client import Browser, page_times, percentile
from bench.instance import Running, _instance
from hopecare.runtime.stamps import ROOT

REQUESTS, HANDS, COMMITS = 200, 8, 4_000


def money(running: Running) -> dict[str, tuple[float, str]]:
    """The page over HTTP, the rest through the services with the plain role, fsync on."""
    paths = [f"/donate/transparency/?n={number}" for number in range(REQUESTS)]
    page = page_times(Browser(running.port), paths)
    with tempfile.TemporaryDirectory() as home:
        shutil.copytree(running.bench.home.path / "keys", Path(home) / "keys")
        common = _instance(running.bench.home, running.port).common()
        environment = {**os.environ, **common, "MONEY_HOME": home}
        argv = [sys.executable, "-W", "ignore", "-m", "bench.money"]
        done = subprocess.run(argv, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    inside = json.loads(done.stdout.splitlines()[-1])
    return {
        "fund_balance_ms": (inside["balance"], "ms"),
        "trial_balance_seconds": (inside["trial"], "s"),
        "transparency_p95_ms": (percentile(page, 0.95), "ms"),
        "transparency_fresh_ms": (inside["fresh"], "ms"),
        "monthly_run_seconds": (inside["monthly"], "s"),
        "monthly_run_accounts": (inside["accounts"], ""),
        "ledger_commits_per_second": (inside["commits"], "1/s"),
    }


def inside() -> dict[str, float]:
    """Everything that needs no page. The monthly run goes through a debit file and its result, every account paid."""
    django.setup()
    from django.conf import settings  # noqa: PLC0415

    settings.HOPECARE_HOME = Path(os.environ["MONEY_HOME"])
    figures = _readings()
    figures["commits"] = _commits()
    figures |= _month()
    return figures


def _readings() -> dict[str, float]:
    from donations.models import Fund  # noqa: PLC0415
    from donations.selectors import ledger, transparency  # noqa: PLC0415
    from hopecare.kernel.access import Principal, acting_as, system  # noqa: PLC0415

    with acting_as(system(Principal.GIVING)):
        ids = list(Fund.objects.filter(is_gift=True).values_list("pk", flat=True))
        balance = [_timed(partial(ledger.fund_balance, ids[n % len(ids)])) for n in range(400)]
        today = date.today()  # noqa: DTZ011
        trial = [_timed(lambda: ledger.trial_balance(date(today.year, 1, 1), today)) for _ in range(10)]
    fresh = []
    for _ in range(10):
        transparency.forget()
        fresh.append(_timed(transparency.transparency))
    return {
        "balance": percentile(balance, 0.95) * 1000,
        "trial": max(trial),
        "fresh": statistics.median(fresh) * 1000,
    }


def _timed(work: object) -> float:
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


def _commits() -> float:
    """Gifts of eight hands into four receivers' general funds, each its own commit."""
    from django.db import connections  # noqa: PLC0415

    from donations.facts import NewGift  # noqa: PLC0415
    from donations.models import Fund  # noqa: PLC0415
    from donations.services import ledger  # noqa: PLC0415
    from hopecare.kernel import clock  # noqa: PLC0415
    from hopecare.kernel.access import Principal, acting_as, system  # noqa: PLC0415

    with acting_as(system(Principal.GIVING)):
        funds = list(Fund.objects.filter(kind__in=("general", "cause")).values_list("pk", flat=True))
    giving, mark, today = system(Principal.GIVING), time.time_ns(), clock.today()

    def hand(number: int) -> None:
        for count in range(COMMITS // HANDS):
            key = f"bench:{mark}:{number}:{count}"
            row = NewGift(funds[(number + count) % len(funds)], 5_000, "once", today)
            with acting_as(giving) as viewer:
                ledger.receive(by=viewer, key=key, gifts=[row], booked_on=today, into="bank")
        connections.close_all()

    start = time.monotonic()
    with ThreadPoolExecutor(HANDS) as hands:
        list(hands.map(hand, range(HANDS)))
    return COMMITS / (time.monotonic() - start)


def _month() -> dict[str, float]:
    """All accounts on one day: charges, debit file, result file, books; run again afterwards, which may add nothing."""
    from donations.gateway import files  # noqa: PLC0415
    from donations.models import Charge, Gift, MonthlyRun, Pledge  # noqa: PLC0415
    from donations.services import filing, monthly  # noqa: PLC0415
    from donations.standin.book import Book  # noqa: PLC0415
    from donations.standin.files import Banks  # noqa: PLC0415
    from hopecare.kernel import clock  # noqa: PLC0415
    from hopecare.kernel.access import Principal, acting_as, system  # noqa: PLC0415

    day = (clock.today().replace(day=28) + timedelta(days=33)).replace(day=27)
    with acting_as(system(Principal.GIVING)):
        accounts = Pledge.objects.filter(state="active").count()
        Pledge.objects.filter(state="active").update(day=day.day)
        before = Gift.objects.count()
        while Charge.objects.filter(key__startswith="month:", key__endswith=f":{day:%Y-%m}").exists():
            day = (day + timedelta(days=10)).replace(day=27)  # measured before on this city: the next month
        for what in (MonthlyRun.DEBITS, MonthlyRun.NOTICES):
            MonthlyRun.objects.get_or_create(day=day - timedelta(days=1), what=what)  # told in time, and no outage
    banks = Banks(files.folder("cms", "out").parents[2], Book(None))
    with clock.pinned(clock.at(day, clock.OPENS)):
        start = time.monotonic()
        monthly.run_today()
        banks.once()
        filing.take_results()
        seconds = time.monotonic() - start
        monthly.run_today()
        filing.take_results()
    with acting_as(system(Principal.GIVING)):
        made = Gift.objects.count() - before
    if made != accounts:
        raise RuntimeError(f"{accounts} accounts made {made} gifts")
    return {"monthly": seconds, "accounts": accounts}


if __name__ == "__main__":
    print(json.dumps(inside()))
