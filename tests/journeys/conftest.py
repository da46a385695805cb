"""A whole instance with its demo city for the walks: web, worker, beat, broker and the telephone company's stand-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.instances import Instance, running


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    home: Path = tmp_path_factory.mktemp("street")
    with running(home, HOPECARE_DEMO="1") as instance:
        yield instance
