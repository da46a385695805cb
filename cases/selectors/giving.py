"""Who receives gifts, as a giving page must say (K11): the bodies that run the centres, never the city."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db.models import Q

from hopecare.kernel import clock
from hopecare.kernel.models import OperatorContract


@dataclass(frozen=True)
class Receiver:
    """One receiving body: its name, its centre and telephone, its registration (empty: told on paper)."""

    name: str
    centre: str
    phone: str
    registration: str


@cache
def _registrations() -> dict[str, Any]:
    path = Path(__file__).resolve().parent.parent / "data" / "giving.yaml"
    return dict(yaml.safe_load(path.read_text()) or {})


def receivers() -> list[Receiver]:
    """Operators whose contract is in force today; one question."""
    today = clock.today()
    contracts = (
        OperatorContract.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)
        .select_related("operator", "facility__organisation")
        .order_by("pk")
    )
    return [
        Receiver(
            contract.operator.name,
            contract.facility.organisation.name,
            contract.facility.phone,
            str(_registrations().get(contract.operator.code, {}).get("registration", "")),
        )
        for contract in contracts
    ]
