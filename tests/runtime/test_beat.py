"""Beat carries no city on its back: it knows names and times, and the worker knows what they mean."""

import os
import subprocess
import sys

from hopecare.celery import app
from hopecare.runtime.stamps import ROOT

LOOK = """
import sys
from hopecare.celery import app
app.loader.init_worker()
app.finalize()
print(len(app.conf.beat_schedule), "hopecare.kernel.models" in sys.modules, "cases.models" in sys.modules)
"""


def test_beat_starts_without_the_code_of_the_city() -> None:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "hopecare.beat_settings"}
    told = subprocess.run([sys.executable, "-c", LOOK], env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [f"{len(app.conf.beat_schedule)}", "False", "False"], told.stderr


def test_the_worker_knows_all_that_beat_asks_for() -> None:
    app.loader.import_default_modules()
    asked = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert asked and asked <= set(app.tasks)
