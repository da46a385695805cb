from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hopecare import env
from hopecare.kernel import clock
from hopecare.runtime.backup import BackupError, back_up, server_for
from hopecare.runtime.home import from_environment


class Command(BaseCommand):
    help = "Write database, files and keys into one archive. It holds the keys: keep it as safe as them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path, nargs="?", help="default: hopecare-<time>.tar here")

    def handle(self, *args: Any, **options: Any) -> None:
        now, home, url = clock.now(), from_environment(), env.owner_url()
        archive = options["archive"] or Path(f"hopecare-{now:%Y%m%d-%H%M%S}.tar")
        try:
            with server_for(home, url):
                size = back_up(home, url, archive.resolve(), at=now)
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{archive}: {size / 1_000_000:.1f} MB (database, files, keys)")
