from typing import Any

from django.core.management.base import BaseCommand, CommandError

from donations.selectors.ledger import trouble
from donations.services.periods import broken_links
from hopecare.kernel.access import Principal, acting_as, system


class Command(BaseCommand):
    help = "Read all books: does everything balance, has every won its place, does the chain of seals follow?"

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(system(Principal.GIVING)):
            found = trouble()
        found += [f"the seal of {day} does not follow from the books" for day in broken_links()]
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(f"{len(found)} things are not in their place.")
        self.stdout.write("The books are whole.")
