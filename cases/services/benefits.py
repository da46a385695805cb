"""Keep what the rules said to a household on a day: on its timeline, with the version of the rules."""

from cases.models import EntryKind, TimelineEntry
from cases.services import timeline
from cases.services.locking import locked_case
from eligibility.facts import Simulation
from hopecare.kernel import audit
from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.permissions import Permission


def keep_run(*, by: Viewer, number: str, simulation: Simulation) -> TimelineEntry:
    """The verdicts with the rules' version; no income, no illness, nothing of what was asked."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS)
        likely = ", ".join(result.name for result in simulation.of("likely"))
        verdicts = {result.programme: result.verdict for result in simulation.results}
        entry = timeline.append(
            by,
            case,
            EntryKind.NOTE,
            words=likely,
            way="benefits",
            rules_version=simulation.rules_version,
            verdicts=verdicts,
        )
        audit.changed(by, "case", [case.pk], "benefits", owners=[case.provider_id], rules=simulation.rules_version)
    return entry
