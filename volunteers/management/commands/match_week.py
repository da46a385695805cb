"""`manage.py match_week RUN…`: solve waiting runs in a process of its own, which ends when they are done."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from volunteers.services import week


class Command(BaseCommand):
    help = "Solve waiting runs of the week's plan, one after another, and say what each came to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("runs", type=int, nargs="+", metavar="run")

    def handle(self, *args: Any, **options: Any) -> None:
        for run_id in options["runs"]:
            run = week.solve(run_id=run_id)
            self.stdout.write(
                f"run {run.pk}: {run.filled}/{run.seats} seats, cost {run.total}, bound {run.bound},"
                f" gap {run.gap_percent:.3f} %, {run.arcs} arcs ({run.added} brought back) of {run.priced} pairs,"
                f" {run.seconds:.2f} s, {run.method}"
            )
