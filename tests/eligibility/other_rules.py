"""The same rules with other figures, as a release that was put in: real files, a real engine."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eligibility import engine, parameters, programmes
from eligibility.engine import judge, system

_KEPT = (
    parameters.names,
    parameters.rules,
    parameters.entries,
    parameters.turning_days,
    programmes.corrections,
    engine.load,
    judge.about_criterion,
    judge.announced,
    judge.confirmed,
    judge.fresh_columns,
    system._turning,
)
CORRECTION = """
- version: "2027-01-15"
  programmes: [basic_pension]
  answered_from: 2026-11-01
  answered_through: 2027-01-14
  who_ko: 혼자 사시는 분 가운데 소득이 선을 조금 넘는다고 들으신 분
  who_en: people living alone who were told that they are a little over the line
  wrong_ko: 선을 넘는다
  wrong_en: over the line
  right_ko: 선 안이다
  right_en: below the line
"""


@contextmanager
def other_rules(folder: Path, version: str, name: str, old: str, new: str) -> Iterator[None]:
    """In file `name` of the figures `old` reads `new`; everything reckoned inside answers by `version`."""
    ours, words = parameters.FOLDER, programmes.FOLDER
    copy = Path(shutil.copytree(ours, folder / "figures", dirs_exist_ok=True))
    text = (copy / f"{name}.yaml").read_text()
    assert old in text
    (copy / f"{name}.yaml").write_text(text.replace(old, new))
    rules = (copy / "rules.yaml").read_text()
    (copy / "rules.yaml").write_text(rules.replace(str(parameters.rules()["version"]), version))
    (folder / "corrections.yaml").write_text(CORRECTION)
    parameters.FOLDER, programmes.FOLDER = copy, folder
    try:
        for one in _KEPT:
            one.cache_clear()
        yield
    finally:
        parameters.FOLDER, programmes.FOLDER = ours, words
        for one in _KEPT:
            one.cache_clear()
