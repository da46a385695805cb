from typing import Any

from django.core.management.base import BaseCommand

from hopecare.privacy.services import install


class Command(BaseCommand):
    help = "As the owner: write the rules of privacy/data/retention.yaml into the database, all and only."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{install()} rules of retention are in force.")
