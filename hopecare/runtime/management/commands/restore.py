from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hopecare import env
from hopecare.runtime import home as homes
from hopecare.runtime.backup import BackupError, restore, server_for
from hopecare.runtime.preparation import PreparationError, prepare_database


class Command(BaseCommand):
    help = "Bring an archive of `backup` into an empty HOPECARE_HOME (or an empty outside database)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        home, url = homes.from_environment(), env.owner_url()
        web_role = urlsplit(env.text("DATABASE_URL")).username or homes.WEB
        try:
            with server_for(home, url, create=True):
                about = restore(home, url, options["archive"])
                prepare_database(web_role=web_role, demo=False, say=self.say)
        except (BackupError, PreparationError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Restored the state of {about['at']} into {home.path}.")

    def say(self, words: str) -> None:
        self.stdout.write(f"  {words} …")
