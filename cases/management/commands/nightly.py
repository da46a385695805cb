import time
from typing import Any

from django.core.management.base import BaseCommand

from cases.services import omissions, overlaps


class Command(BaseCommand):
    help = "Tonight's look for what is given twice or by nobody, now. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()
        twice, nobody = overlaps.sweep(), omissions.sweep()
        seconds = time.monotonic() - start
        self.stdout.write(f"{twice} new overlaps, {nobody} new omissions, {seconds:.3f} s")
