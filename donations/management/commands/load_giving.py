from typing import Any

from django.core.management.base import BaseCommand

from donations.services.books import load_books


class Command(BaseCommand):
    help = "Load or update purposes, chart of accounts, receivers and their standing funds."

    def handle(self, *args: Any, **options: Any) -> None:
        load_books()
        self.stdout.write("Purposes, accounts and funds are loaded.")
