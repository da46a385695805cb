"""`manage.py likeness_weights [FILE]`: estimate anew what each likeness weighs, and show the old beside the new."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.rules import estimating, weights
from cases.rules.weights import FIELDS, Weights
from cases.selectors import likeness_pairs
from cases.services.import_files import lines
from cases.services.import_work import known_mappings
from hopecare.kernel import clock, errors

_OWN = 20_000


class Command(BaseCommand):
    help = (
        "Estimate the weights of likeness from our own people, or from a list of the city's system beside them. "
        "Writes figures, never anything about anybody; nothing changes until the file is used (LIKENESS_WEIGHTS)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="a list of the city's system; none = our own people")
        parser.add_argument("--mapping", default="city_people", help="how to read it: a file of cases/data/imports")
        parser.add_argument("--write", type=Path, help="write the new weights into this file")
        parser.add_argument("--told", default="", help="on what it was estimated, for the file")

    def handle(self, *args: Any, **options: Any) -> None:
        old = weights.current()
        listed = self._rows(options["file"], options["mapping"]) if options["file"] else None
        asked = likeness_pairs.ours(_OWN) if listed is None else listed
        pairs = likeness_pairs.sought(asked)
        u = {**old.u, **estimating.of_two(likeness_pairs.by_lot(asked), likeness_pairs.shares_alike())}
        found = estimating.rounds(pairs, len(asked), u, old.m)
        for one in found:
            self.stdout.write(
                f"by {one.by}: {one.pairs} pairs, {one.people:.0f} of them one person, {one.clear:.0%} of those surely"
            )
        new = replace(old, m=estimating.together(found, old.m), u=u, people=max(2, likeness_pairs.people()))
        if listed and found:  # of our own people beside each other nobody can say how many rows of a list are ours
            new = replace(new, known=min(0.99, max(one.people for one in found) / len(asked)))
        told = options["told"] or ("our own people" if listed is None else f"a list of {len(listed)} rows")
        counted = f"{sum(pairs.values())} pairs by name, birth date or telephone"
        new = replace(new, told={"day": clock.today(), "on": f'"{told}"', "from": f'"{counted}"'})
        self._show(old, new)
        if not found:
            self.stdout.write("Too few people stand twice: how often one person shows a level stays as it was.")
        if options["write"]:
            options["write"].write_text(weights.as_text(new), encoding="utf-8")

    def _rows(self, path: Path, mapping: str) -> list[tuple[int, Any]]:
        way = known_mappings().get(mapping)
        if way is None or not path.is_file():
            raise CommandError(f"no mapping {mapping} or no file {path}")
        try:
            found = lines(path)
            places = way.places(next(found))
            rows = [{name: line[place] for name, place in places.items() if line[place]} for line in found]
        except errors.Impossible as refusal:
            raise CommandError("\n".join(str(problem.words) for problem in refusal.problems)) from refusal
        return likeness_pairs.strangers(way, rows)

    def _show(self, old: Weights, new: Weights) -> None:
        self.stdout.write(f"{'level':<14}{'m':>10}{'u':>12}{'weight':>9}{'was':>9}")
        for levels in FIELDS.values():
            for level in levels:
                m, u, bits, was = new.m[level], new.u[level], new.bits[level], old.bits[level]
                self.stdout.write(f"{level:<14}{m:>10.4f}{u:>12.3g}{bits:>9.2f}{was:>9.2f}")
        self.stdout.write(f"known {new.known:.3f} (was {old.known:.3f}) of {new.people} people (was {old.people})")
