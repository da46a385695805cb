from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from hopecare.kernel.papers import PaperCommand, table

Step = tuple[str, str, str]


class Command(PaperCommand):
    help = "docs/state_diagrams.md: the workflows, drawn from the tables in each app's states.py."
    paper = "state_diagrams"

    def text(self) -> str:
        parts = [
            "# Workflows\n\nEach is a table in an app's `states.py`; the owner of a step is the permission, the system"
            " principal or the person that may cause it.\n"
        ]
        for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
            if not config.name.startswith(("hopecare.", "cases", "volunteers", "eligibility")):
                continue
            if find_spec(f"{config.name}.states"):
                parts += [draw(f"{config.label}: {name}", steps) for name, steps in tables(f"{config.name}.states")]
        return "\n".join(parts)


def tables(module: str) -> Iterator[tuple[str, list[Step]]]:
    """`CASE_STEPS` (rows with before, after, owner) and `TRANSITIONS` (from → a set) of a states module."""
    for name, value in sorted(vars(import_module(module)).items()):
        if name.endswith("_STEPS") and not name.startswith("_"):
            steps = [(str(step.before), str(step.after), str(step.owner)) for step in value]
            yield name.removesuffix("_STEPS").lower(), steps
        elif name.endswith("TRANSITIONS"):
            yield (name.removesuffix("TRANSITIONS").strip("_").lower() or "message"), list(_from_sets(value))


def _from_sets(value: dict[Any, Any]) -> Iterator[Step]:
    for before, afters in value.items():
        for after in sorted(str(state) for state in afters):
            yield str(before), after, ""


def draw(title: str, steps: list[Step]) -> str:
    arrows = [f"  {before} --> {after}{': ' + owner if owner else ''}" for before, after, owner in steps]
    diagram = "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])
    return f"## {title}\n\n{diagram}\n\n{table(['from', 'to', 'owner'], [list(step) for step in steps])}"
