from typing import Any
from urllib.parse import urlsplit

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hopecare import env
from hopecare.runtime import home
from hopecare.runtime.preparation import PreparationError, prepare_database

#: Static files of other packages that no page of ours names.
_UNUSED = ["django_htmx", "guardian"]


class Command(BaseCommand):
    help = (
        "As the owner: migrate, grant the plain role its rights, load roles and city; --demo fills an empty database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="fill an empty database with the demo city")
        parser.add_argument(
            "--part",
            action="append",
            choices=["database", "pages"],
            help="pages = compile translations and collect static files (default: database only)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        parts = options["part"] or ["database"]
        web_role = urlsplit(env.text("DATABASE_URL")).username or home.WEB
        try:
            if "database" in parts:
                prepare_database(web_role=web_role, demo=options["demo"], say=self.say)
        except PreparationError as problem:
            raise CommandError(str(problem)) from problem
        if "pages" in parts:
            self.prepare_pages()

    def prepare_pages(self) -> None:
        if "translations" in get_commands():
            self.say("Pages: translations")
            call_command("translations", compile=True, verbosity=0)
        self.say("Pages: styles, scripts and fonts")
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=_UNUSED)

    def say(self, words: str) -> None:
        self.stdout.write(f"  {words} …")
        self.stdout.flush()
