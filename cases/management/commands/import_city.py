import resource
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from cases.services import imports
from cases.services.import_work import known_mappings
from hopecare.kernel import errors
from hopecare.kernel.models import User
from hopecare.kernel.viewers import viewer_of


class Command(BaseCommand):
    help = "Take a file of the city's system in (CSV, XLSX, JSON). Interrupted, the same command goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", required=True, help="how to read it: a file of cases/data/imports")
        parser.add_argument("--by", required=True, help="the account in whose name it comes in")
        parser.add_argument("--language", default="ko", choices=["ko", "en"])

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"no file {path}")
        if options["mapping"] not in known_mappings():
            raise CommandError(f"no mapping {options['mapping']}; there are: {', '.join(known_mappings())}")
        user = User.objects.filter(username=options["by"]).first()
        if user is None:
            raise CommandError(f"no account {options['by']}")
        start = time.monotonic()
        with translation.override(options["language"]):
            self._run(path, options["mapping"], user)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.stdout.write(f"{time.monotonic() - start:.3f} s, {peak:.0f} MB")

    def _run(self, path: Path, mapping: str, user: User) -> None:
        try:
            file = imports.bring(by=viewer_of(user), path=path, name=path.name, code=mapping)
        except errors.Impossible as refusal:
            raise CommandError("\n".join(str(problem.words) for problem in refusal.problems)) from refusal
        except (errors.NotFound, errors.Forbidden) as refusal:
            raise CommandError(f"{user.username} may not bring files: central desk and city hall only") from refusal
        done = imports.take_in(file_id=file.pk)
        self.stdout.write(f"file {file.pk}: {file.rows_read} rows, {file.rows_same} known before, {done} looked at")
