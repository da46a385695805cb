"""Who sends half a head is cut off after ten seconds, with others served meanwhile."""

import time
from pathlib import Path

from tests.journeys.test_slow_clients import HALF, MANY, knock
from tests.runtime.instances import running


def test_half_a_head_is_cut_off(tmp_path: Path) -> None:
    with running(tmp_path / "home") as instance:
        links = [knock(instance.port, HALF) for _ in range(MANY)]
        time.sleep(5)
        assert instance.get() == 200
        for link in links:
            with link:
                assert b"HTTP/1.1 200" not in link.recv(200)  # closed, or told so; a time-out would raise
        assert instance.get() == 200
