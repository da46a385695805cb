"""The whole OpenAPI with many examples each, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_api_keeps_its_document_through_many_examples() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/mobile_api/test_schema.py"]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "HOPECARE_API_EXAMPLES": "200"}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-4000:]
