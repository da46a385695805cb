from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hopecare.privacy import selectors

ADVICE = """
hopecare/privacy/data/retention.yaml says for every field whom it tells about and how long it is kept. Put these lines
under `models:` of the group they belong to (or make a group), move what tells about somebody to `personal`, and give
the group a rule when the time it promises is not yet obeyed. A model about nobody goes to `nobody`.
"""


class Command(BaseCommand):
    help = "Does the retention file know every field? --check fails when not, --missing prints the lines to paste."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="fail when a field is not mapped (the default)")
        what.add_argument("--missing", action="store_true", help="print the lines that are missing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["missing"]:
            self.stdout.write(selectors.missing_lines())
            return
        found = selectors.gaps()
        if found:
            raise CommandError("\n".join([*found, ADVICE, selectors.missing_lines()]))
        self.stdout.write("Every field of every model has its place in the retention file.")
