"""Which records are one person, for reading across (D6)."""

from dataclasses import dataclass

from django.db.models import Q

from cases.models import Merge, MergeGround
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Person


@dataclass(frozen=True)
class Records:
    """`ordinary`: ids to read open services and dates from; `sensitive`: ids to read everything else from, too."""

    ordinary: tuple[int, ...]
    sensitive: tuple[int, ...]

    @property
    def waits(self) -> bool:
        """Whether a second person has still to confirm."""
        return self.ordinary != self.sensitive


def records_of(viewer: Viewer, person: Person) -> Records:
    """The person and whoever is the same. By likeness, until a second yes, only what is open, of people not sealed."""
    root = person.canonical_id or person.pk
    rows = visible_to(viewer, Merge).filter(Q(kept=root) | Q(merged=root), undone_at=None)
    ordinary, sensitive = {person.pk}, {person.pk}
    pairs = rows.values_list("kept_id", "merged_id", "ground", "confirmed_at", "kept__sealed", "merged__sealed")
    for kept, merged, ground, confirmed_at, *sealed in pairs:
        sure = ground == MergeGround.NUMBER or confirmed_at is not None
        if sure or not any(sealed):
            ordinary |= {kept, merged}
        if sure:
            sensitive |= {kept, merged}
    return Records(tuple(sorted(ordinary)), tuple(sorted(sensitive)))


def merges_of(viewer: Viewer, person: Person) -> list[Merge]:
    """Every merge of this record, undone ones too, the newest first."""
    rows = visible_to(viewer, Merge).filter(Q(kept=person) | Q(merged=person))
    return list(rows.select_related("kept", "merged", "by", "confirmed_by", "undone_by").order_by("-at", "-pk"))
