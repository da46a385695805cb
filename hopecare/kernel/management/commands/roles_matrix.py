import yaml

from hopecare.kernel.papers import PaperCommand, table
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.city import DATA


class Command(PaperCommand):
    help = "docs/roles_matrix.md: which role may do what."
    paper = "roles_matrix"

    def text(self) -> str:
        roles = yaml.safe_load((DATA / "roles.yaml").read_text())
        names = [f"{entry['name_en']}<br>{entry['name_ko']}" for entry in roles.values()]
        rows = [
            [f"`{permission}`", *("✓" if permission in entry["may"] else "" for entry in roles.values())]
            for permission in Permission
        ]
        return (
            "# Roles and what each may do\n\n"
            "Roles are data (`hopecare/kernel/data/roles.yaml`), applied all and only by `manage.py apply_roles`.\n"
            "A role is held for one organisation, from and to a day, confirmed every quarter. What somebody sees\n"
            "follows from team and organisation (`hopecare/kernel/access.py`), not from this table alone.\n"
            "The fraud reviewer holds nothing here on purpose (D11).\n\n" + table(["may", *names], rows)
        )
