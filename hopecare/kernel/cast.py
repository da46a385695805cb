"""The invented cast of the demo city as data (data/cast.yaml): who they are and what their button says."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def cast_data() -> dict[str, Any]:
    """The parsed cast file: `organisations` and `people`, in the order of the buttons."""
    return dict(yaml.safe_load((Path(__file__).parent / "data" / "cast.yaml").read_text()))
