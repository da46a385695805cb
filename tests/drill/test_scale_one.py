"""The whole city: scale 1 is seeded within ten minutes and four gigabytes, and its desk opens.

HOPECARE_DRILL_SCALE makes it smaller for a try.
"""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from tests.drill.browserless import Visitor
from tests.runtime.instances import ROOT, running

SCALE = os.environ.get("HOPECARE_DRILL_SCALE", "1")
SECONDS, MOST_KB = 600, 4 * 1024 * 1024


def test_the_whole_city_is_seeded_and_opens(tmp_path: Path) -> None:
    with running(tmp_path / "큰 도시", HOPECARE_DEMO="1") as instance:
        began = time.monotonic()
        subprocess.run(
            [sys.executable, "manage.py", "seed_city", "--scale", SCALE], cwd=ROOT, env=instance.environment, check=True
        )
        seconds, peak = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        with instance.database() as connection:
            row = connection.execute("select count(*) from cases_case").fetchone()
        assert row is not None
        print(f"scale {SCALE}: {row[0]:,} cases in {seconds:.0f} s, at most {peak / 1024:.0f} MB", flush=True)
        assert seconds <= SECONDS and peak <= MOST_KB and row[0] >= 80_000 * float(SCALE)
        hana = Visitor(f"http://127.0.0.1:{instance.port}").log_in("hana")
        for path in ("/desk/", "/desk/cases/", "/desk/reports/", "/desk/matching/"):
            assert hana.get(path).status == 200, path
