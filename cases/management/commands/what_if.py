"""`manage.py what_if RUN…`: answer planners' questions in a process of its own, which ends when they are answered."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases.services import what_if


class Command(BaseCommand):
    help = "Reckon waiting questions about all care targets, one after another."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("runs", type=int, nargs="+", metavar="run")

    def handle(self, *args: Any, **options: Any) -> None:
        for run_id in options["runs"]:
            run = what_if.reckon(run_id=run_id)
            found = run.answer.get("households", 0)
            told = "few" if found is None else found
            self.stdout.write(f"run {run.pk}: {told} households, {run.left_out} left out, {run.seconds:.2f} s")
