"""The papers speak of files that are there."""

import re
from pathlib import Path

import polib
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
WORDS_OF_THE_FIELD = (
    *("위기 알림", "주담당", "이관", "의뢰", "중복", "누락", "맞춤형복지팀"),
    *("초기상담", "사례회의", "서비스 제공계획", "서비스연계", "사후관리"),
)


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


@pytest.mark.rule("K18")
def test_the_field_s_own_words_stand_on_the_pages() -> None:
    """Whoever works with the ministry's forms all day finds the same words here."""
    spoken = " ".join(entry.msgstr for path in ROOT.glob("locale/*/ko/**/*.po") for entry in polib.pofile(str(path)))
    glossary = (ROOT / "docs/glossary.md").read_text()
    for word in WORDS_OF_THE_FIELD:
        assert word in spoken and word in glossary, word


#: What the case record is asked for, by the numbers of the requirements.
ASKED_OF_THE_RECORD = [
    f"R{number}" for first, last in ((1, 26), (32, 32), (35, 60), (77, 88)) for number in range(first, last + 1)
]


def test_every_requirement_and_every_danger_has_a_test_that_bears_its_name() -> None:
    marks = [
        found for path in ROOT.glob("tests/**/*.py") for found in re.findall(r"mark\.rule\(([^)]*)\)", path.read_text())
    ]
    borne = {name for mark in marks for name in re.findall(r'"(\w+)"', mark)}
    wanted = {
        *ASKED_OF_THE_RECORD,
        *(f"D{number}" for number in range(1, 18)),
        *(f"K{number}" for number in range(1, 21)),
    }
    assert wanted - borne == set()
