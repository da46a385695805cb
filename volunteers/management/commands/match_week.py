"""`manage.py match_week RUN`: solve one waiting run in a process of its own, which ends when it is done."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from volunteers.services import week


class Command(BaseCommand):
    help = "Solve a waiting run of the week's plan and say what it came to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        run = week.solve(run_id=options["run"])
        self.stdout.write(
            f"run {run.pk}: {run.filled}/{run.seats} seats, cost {run.total}, bound {run.bound},"
            f" gap {run.gap_percent:.3f} %, {run.arcs} arcs ({run.added} brought back) of {run.priced} pairs,"
            f" {run.seconds:.2f} s, {run.method}"
        )
