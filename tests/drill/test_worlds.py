"""Three hundred random worlds of access instead of three; a failing seed stands in the message."""

import os
import subprocess
import sys

from tests.database import ROOT

WORLDS = os.environ.get("HOPECARE_WORLDS", "300")


def test_three_hundred_worlds_agree_with_the_oracle() -> None:
    environment = {**os.environ, "HOPECARE_WORLDS": WORLDS}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/cases/test_visibility_property.py",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
