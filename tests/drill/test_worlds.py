"""Three hundred random worlds of access instead of three, through every door; a failing seed stands in the message.

A third of a second to two seconds a world and file; the walk of all addresses takes a tenth of the worlds.
"""

import os
import subprocess
import sys

import pytest

from tests.database import ROOT

WORLDS = os.environ.get("HOPECARE_WORLDS", "300")


FILES = ("test_visibility_property", "test_visibility_oracle", "test_visibility_doors", "test_own_file")


@pytest.mark.parametrize("name", FILES)
def test_three_hundred_worlds_agree_with_the_oracle(name: str) -> None:
    environment = {**os.environ, "HOPECARE_WORLDS": WORLDS}
    command = [sys.executable, "-m", "pytest", f"tests/cases/{name}.py", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
