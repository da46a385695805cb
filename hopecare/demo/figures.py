"""How many of everything a scale asks for; scale 1 are the figures of the city file."""

from dataclasses import dataclass
from typing import Any

CASELOAD = 60  # open cases a worker can carry


@dataclass(frozen=True)
class Figures:
    cases: int
    open_share: float
    services_per_case: float
    reports: int
    centre_workers: int
    partners: int
    partner_users: int
    volunteers: int
    seats_a_week: int
    sharers: int
    donors: int
    gift_accounts: int

    @classmethod
    def at(cls, scale: float, data: dict[str, Any], givers: float | None = None) -> "Figures":
        """Counts at `scale` (> 0). Staff shrinks slower than households, so that a small city still has its teams.

        `givers`: another scale for givers and their accounts, to measure the books without a whole city.
        """
        gifts = givers or scale
        cases = max(40, round(data["care_targets"]["total"] * scale))
        workers = max(12, round(data["staff"]["centre_workers"] * min(1.0, scale * 4)))
        return cls(
            cases=cases,
            open_share=min(0.55, max(0.03, workers * CASELOAD / cases)),
            services_per_case=data["service_records"]["total"] / data["care_targets"]["total"],
            reports=max(60, round(9_000 * scale)),
            centre_workers=workers,
            partners=max(6, round(data["staff"]["partner_organisations"] * min(1.0, scale * 4))),
            partner_users=max(8, round(data["staff"]["partner_users"] * min(1.0, scale * 4))),
            volunteers=max(120, round(data["volunteers_and_talent_donors"] * scale)),
            sharers=max(14, round(data["businesses"] * scale)),
            seats_a_week=max(48, round(8_000 * scale)),
            donors=max(60, round(data["donors"]["people"] * gifts)),
            gift_accounts=max(240, round(data["donors"]["accounts"] * gifts)),
        )
