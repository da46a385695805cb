from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bench.__main__ import main


class Command(BaseCommand):
    help = "Run one benchmark (or all) against an instance of its own; SCALE sets the size."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if main(options["names"], as_json=options["json"]):
            raise CommandError("at least one benchmark failed")
