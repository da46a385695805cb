"""Requests are counted by route and status, over all processes that live, and never by an address."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from hopecare.kernel import traffic


@pytest.fixture
def counted(settings: Any, tmp_path: Path) -> Any:
    """Figures of this test alone."""
    settings.HOPECARE_HOME, before = tmp_path, traffic._own[:]
    traffic._own.clear()
    yield tmp_path / "traffic"
    traffic._close()
    traffic._own[:] = before


@pytest.mark.django_db
def test_requests_and_how_long_they_took_stand_in_the_figures_without_any_code(counted: Path, city: Any) -> None:
    client = Client()
    for code in ("7K2M-4Q9P-X3A5C", "7K2M-4Q9P-X3A5D"):
        client.get(f"/api/v1/reports/{code}")
        client.get(f"/report/{code}/")
    client.get("/nowhere/7K2M-4Q9P-X3A5C/")
    text = client.get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    assert 'hopecare_requests_total{route="api:read_report_status",method="GET",status="404"} 2' in text
    assert 'hopecare_requests_total{route="unknown",method="GET",status="404"} 1' in text
    assert 'hopecare_request_seconds_bucket{route="api:read_report_status",le="+Inf"} 2' in text
    assert 'hopecare_request_seconds_count{route="api:read_report_status"} 2' in text
    assert "7K2M" not in text and "X3A5" not in text


def test_a_dead_process_leaves_nothing_and_a_full_file_counts_on(
    counted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traffic, "SLOTS", 2)
    counts = traffic._counts()
    assert counts is not None
    for key in ("a GET 200", "b GET 200", "c GET 200", "a GET 200"):
        counts.add(key, 0.03)
    (counted / "1").write_bytes(counts.memory[:])  # of a process that nobody holds any more
    assert {key: sum(numbers[:-1]) for key, numbers in traffic.everywhere().items()} == {
        ("a", "GET", "200"): 2,
        ("b", "GET", "200"): 1,
    }
    assert [path.name for path in counted.iterdir()] == [str(counts.pid)]
