"""Papers that are generated from the code and compared with it: a matrix that is out of date fails the check."""

from argparse import ArgumentParser
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

HEAD = "<!-- Generated: `manage.py {command} --write`. Do not edit; `make check` compares it with the code. -->\n"


class PaperCommand(BaseCommand):
    """`--write` (the default) writes docs/<name>.md, `--check` fails when it differs from what the code says."""

    paper = ""
    requires_system_checks: list[str] = []

    def text(self) -> str:
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--write", action="store_true", help="write the paper (the default)")
        what.add_argument("--check", action="store_true", help="fail when the paper is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / f"{self.paper}.md"
        text = HEAD.format(command=self.paper) + self.text()
        if not options["check"]:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            self.stdout.write(f"docs/{self.paper}.md is written.")
            return
        before = path.read_text() if path.exists() else ""
        if before != text:
            difference = "\n".join(
                unified_diff(before.splitlines(), text.splitlines(), "docs", "code", lineterm="", n=0)
            )
            raise CommandError(f"docs/{self.paper}.md is out of date:\n{difference[:4000]}")
        self.stdout.write(f"docs/{self.paper}.md says what the code says.")


def table(columns: list[str], rows: list[list[str]], mark: Callable[[str], str] = str) -> str:
    """A Markdown table; `mark` renders a cell."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(mark(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
