"""Three hundred random worlds of access instead of three, through every door; a failing seed stands in the message.

A third of a second to two seconds a world and file; the walk of all addresses takes a tenth of its file's worlds.
"""

import os
import subprocess
import sys

import pytest

from tests.database import ROOT

WORLDS = os.environ.get("HOPECARE_WORLDS", "300")


#: The share of the worlds that each file takes: the slow ones fewer.
FILES = {"property": 1, "oracle": 1, "doors": 4, "own_file": 10}


@pytest.mark.parametrize("kind", FILES)
def test_three_hundred_worlds_agree_with_the_oracle(kind: str) -> None:
    name = "test_own_file" if kind == "own_file" else f"test_visibility_{kind}"
    environment = {**os.environ, "HOPECARE_WORLDS": f"{max(2, int(WORLDS) // FILES[kind])}"}
    command = [sys.executable, "-m", "pytest", f"tests/cases/{name}.py", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
