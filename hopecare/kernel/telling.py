"""Which section a name tells of by its words, as a proposal (data/telling_names.yaml). No model, no clock."""

from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).parent / "data" / "telling_names.yaml"


@cache
def _words() -> dict[str, list[str]]:
    return dict(yaml.safe_load(_FILE.read_text()))


def told_by(*names: str) -> str:
    """The section, or nothing."""
    said = " ".join(names)
    return next((section for section, words in _words().items() if any(word in said for word in words)), "")
