"""The papers speak of files that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAPERS = [
    "README.md",
    "docs/architecture.md",
    "docs/api.md",
    "docs/operations.md",
    "docs/roadmap.md",
    "docs/glossary.md",
]


@pytest.mark.parametrize("paper", PAPERS)
def test_links_and_named_files_exist(paper: str) -> None:
    text = (ROOT / paper).read_text()
    linked = [(ROOT / paper).parent / link for link in re.findall(r"\]\(([^)#:]+)\)", text)]
    named = [ROOT / name for name in re.findall(r"`([\w./-]+/[\w./-]+\.(?:py|md|yaml|css|html))`", text)]
    missing = [str(path) for path in [*linked, *named] if not path.exists()]
    assert missing == []


def test_every_feature_of_the_table_names_a_file() -> None:
    rows = re.findall(r"^\| ([^|]+) \| (`[^|]+`) \|$", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)
    assert len(rows) > 20
    for feature, files in rows:
        for name in re.findall(r"`([^`]+)`", files):
            assert (ROOT / name).exists() or "/" not in name, f"{feature}: {name}"
