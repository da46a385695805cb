from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from hopecare.kernel.services.rotation import rotate


class Command(BaseCommand):
    help = "Add a data key and rewrite every ciphertext and keyed hash with it; started again, it goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--add", action="store_const", const=True, help="add a key even if the last rotation is open")
        what.add_argument("--resume", dest="add", action="store_const", const=False, help="add none, only rewrite")

    def handle(self, *args: Any, **options: Any) -> None:
        changed = rotate(say=self.stdout.write, add=options["add"])
        self.stdout.write(f"{changed} rows and files now stand under the newest key. Now make a backup.")
