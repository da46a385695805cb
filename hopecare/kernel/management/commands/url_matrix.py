import yaml

from hopecare.kernel.models import UserKind
from hopecare.kernel.papers import PaperCommand, table
from hopecare.kernel.services.city import DATA
from hopecare.kernel.url_walk import ENTERS, HIDDEN, LOGIN, Address, addresses

SIGNS = {ENTERS: "✓", LOGIN: "→", HIDDEN: "·"}
OUTSIDE = ("", UserKind.CITIZEN, UserKind.DONOR, UserKind.VOLUNTEER)


class Command(PaperCommand):
    help = "docs/url_matrix.md: every address and who may open it."
    paper = "url_matrix"

    def text(self) -> str:
        roles = yaml.safe_load((DATA / "roles.yaml").read_text())
        columns = [
            "address",
            "mark",
            "nobody",
            "citizen",
            "donor",
            "volunteer",
            *(name.replace("_", " ") for name in roles),
        ]
        return (
            "# Every address × every role\n\n"
            "✓ comes in · → is sent to the log-in · `·` finds nothing (the words of a page that is not there).\n"
            "Coming in is not seeing: what stands on a page follows from team and organisation. A test opens every\n"
            "address as everybody and compares.\n\n"
            + table(columns, [self.row(address, roles) for address in addresses()])
        )

    def row(self, address: Address, roles: dict[str, dict[str, list[str]]]) -> list[str]:
        outside = [address.expect(kind=kind) for kind in OUTSIDE]
        inside = [address.expect(kind=UserKind.STAFF, permissions=frozenset(role["may"])) for role in roles.values()]
        mark = " ".join(part for part in (address.kind, " or ".join(address.asks)) if part)
        return [f"`{address.path}`", mark, *(SIGNS[word] for word in (*outside, *inside))]
