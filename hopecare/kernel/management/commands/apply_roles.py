from typing import Any

from django.core.management.base import BaseCommand

from hopecare.kernel.services.city import apply_roles


class Command(BaseCommand):
    help = "Apply the roles of data/roles.yaml, all and only."

    def handle(self, *args: Any, **options: Any) -> None:
        apply_roles()
        self.stdout.write("Roles are applied.")
