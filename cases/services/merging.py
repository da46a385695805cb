"""Two persons are one: a pointer with history; by likeness a second person confirms before anything sensitive (D6)."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Merge, MergeGround
from cases.services import imports
from cases.services.locking import actor
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, get_visible, visible_to
from hopecare.kernel.models import Person, ResidentNumber
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.people import point_to


def merge(*, by: Viewer, kept_id: int, merged_id: int, reasons: Iterable[str] = ()) -> Merge:
    """`merged` is the same as `kept`. The same resident number settles it; likeness waits for a second person.

    Until the second person said yes neither record points to the other: texts, imports and questions follow the
    pointer, and each stays with its own record (D4, D6). Merging twice gives the first.
    """
    check(by, Permission.CASE_OPEN)
    with acting_as(by):
        kept = get_visible(by, Person, named="person", pk=kept_id)
        merged = get_visible(by, Person, named="person", pk=merged_id)
        row = visible_to(by, Merge).filter(kept=kept, merged=merged, undone_at=None).first()
        if row is not None:
            return row
        if merged.canonical_id == kept.pk or kept.pk == merged.pk:
            raise errors.Impossible(errors.Problem("same", _("That is one and the same record.")))
        _demand_free(by, kept, merged)
        ground = MergeGround.NUMBER if _same_number(by, kept, merged) else MergeGround.LIKENESS
        row = _write(by, kept, merged, ground, list(reasons))
        audit.changed(by, "person", [kept.pk, merged.pk], "merge", ground=str(ground), merge=row.pk)
        if ground == MergeGround.NUMBER:
            point_to(by=by, person=merged, canonical=kept, ground=str(ground))
        return row


def _demand_free(by: Viewer, kept: Person, merged: Person, besides: int = 0) -> None:
    """No chains: what is merged away is not merged again, and nothing is merged into it, confirmed or not.

    `besides`: the merge that is asked about itself.
    """
    others = visible_to(by, Merge).filter(undone_at=None).exclude(pk=besides)
    away = others.filter(merged__in=[kept, merged]).exists()
    if away or kept.canonical_id is not None or merged.canonical_id is not None:
        words = _("One of the two is merged with a third record already. Take that apart first.")
        raise errors.Impossible(errors.Problem("chain", words))
    if others.filter(kept=merged).exists() or Person.objects.filter(canonical=merged).exists():
        words = _("Other records point to this one. Keep it, and merge the other one into it.")
        raise errors.Impossible(errors.Problem("is_kept", words))


def _same_number(by: Viewer, kept: Person, merged: Person) -> bool:
    rows = visible_to(by, ResidentNumber).filter(person__in=[kept.pk, merged.pk])
    hashes = dict(rows.values_list("person_id", "number_hash"))
    return len(hashes) == 2 and len(set(hashes.values())) == 1


def _write(by: Viewer, kept: Person, merged: Person, ground: str, reasons: list[str]) -> Merge:
    try:
        with transaction.atomic():
            return Merge.objects.create(
                team_id=_team(by),
                provider_id=int(by.organisation_id or 0),
                kept=kept,
                merged=merged,
                ground=ground,
                reasons=reasons,
                by_id=actor(by),
            )
    except IntegrityError as error:
        raise errors.Impossible(errors.Problem("twice", _("Somebody has just merged this record."))) from error


def _team(by: Viewer) -> int:
    if not by.team_ids:
        raise errors.Forbidden("a team")
    return by.team_ids[0]


def confirm(*, by: Viewer, merge_id: int) -> Merge:
    """A second person has looked at both and says yes; whoever merged cannot (the database refuses it, too)."""
    check(by, Permission.CASE_OPEN)
    with acting_as(by):
        row = _locked(by, merge_id)
        if row.confirmed_at is not None or row.undone_at is not None:
            return row
        if row.by_id == actor(by):
            words = _("Somebody else must confirm this: four eyes look before anything sensitive is read across.")
            raise errors.Impossible(errors.Problem("same_person", words))
        if row.merged.canonical_id is None:
            _demand_free(by, row.kept, row.merged, besides=row.pk)
        row.confirmed_at, row.confirmed_by_id = clock.now(), actor(by)
        row.save(update_fields=["confirmed_at", "confirmed_by"])
        audit.changed(by, "person", [row.kept_id, row.merged_id], "merge_confirmed", merge=row.pk)
        if row.merged.canonical_id is None:
            point_to(by=by, person=row.merged, canonical=row.kept, ground=str(row.ground))
        return row


def undo(*, by: Viewer, merge_id: int, words: str) -> Merge:
    """They are two after all: the pointer is cleared, imports go to their own person again, the history stays."""
    check(by, Permission.CASE_OPEN)
    with acting_as(by):
        row = _locked(by, merge_id)
        if row.undone_at is not None:
            return row
        if not words.strip():
            raise errors.Impossible(errors.required("words"))
        row.undone_at, row.undone_by_id, row.undone_words = clock.now(), actor(by), words.strip()[:300]
        row.save(update_fields=["undone_at", "undone_by", "undone_words"])
        audit.changed(by, "person", [row.kept_id, row.merged_id], "merge_undone", merge=row.pk)
        if row.merged.canonical_id == row.kept_id:
            point_to(by=by, person=row.merged, canonical=None, ground="undone")
            imports.take_back(by=by, people=[row.kept_id, row.merged_id])
        return row


def _locked(by: Viewer, merge_id: int) -> Merge:
    """The merge, visible together with both records; NotFound otherwise."""
    rows = visible_to(by, Merge).select_for_update(of=("self",))
    row = rows.filter(pk=merge_id).first()
    if row is None:
        raise errors.NotFound("merge", str(merge_id))
    row.kept = get_visible(by, Person, named="person", pk=row.kept_id)
    row.merged = get_visible(by, Person, named="person", pk=row.merged_id)
    return row
