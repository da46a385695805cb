from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hopecare.kernel.services.city import load_city


class Command(BaseCommand):
    help = "Load or update the city's zones, towns, organisations and catalogue from its file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", nargs="?", default=settings.HOPECARE_CITY)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load_city(options["code"])
        except FileNotFoundError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"City {options['code']} is loaded.")
