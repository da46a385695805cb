"""`translations --update [app …]`, `--compile`, `--check`: Korean and every other language, without GNU gettext."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hopecare.kernel import catalogues


class Command(BaseCommand):
    help = "Keep the catalogues in locale/ in step with the code, compile them, or say what is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--update", nargs="*", metavar="app", help="add new msgids, remove those no longer used")
        what.add_argument("--compile", action="store_true", help="write the .mo files that are out of date")
        what.add_argument("--check", action="store_true", help="fail on missing, empty, fuzzy or obsolete words")

    def handle(self, *args: Any, **options: Any) -> None:
        root = settings.BASE_DIR
        if options["compile"]:
            self.stdout.write(f"{catalogues.compile_all(root)} catalogues compiled.")
        elif options["check"]:
            self._check()
        else:
            self._update(options["update"])

    def _update(self, chosen: list[str]) -> None:
        found = catalogues.messages(settings.BASE_DIR)
        unknown = sorted(set(chosen) - set(found))
        if unknown:
            raise CommandError(f"No such app: {', '.join(unknown)}. There are: {', '.join(found)}")
        for app in chosen or found:
            for language in catalogues.languages(settings.BASE_DIR, app):
                added, removed, empty = catalogues.update(settings.BASE_DIR, app, found[app], language)
                self.stdout.write(f"{app}/{language}: {added} added, {removed} removed, {empty} still without words")

    def _check(self) -> None:
        complaints = catalogues.complaints(settings.BASE_DIR)
        if complaints:
            lines = "\n".join(f"  {complaint}" for complaint in complaints)
            raise CommandError(f"{len(complaints)} words need a translator:\n{lines}")
        self.stdout.write("Every word is translated.")
