"""`team__among=ids`: equal to any of many numbers, told as one array.

`IN` names every number as a parameter of its own: for a viewer with two hundred single cases that is two hundred
times through the ORM and the driver, in every predicate of every query. An array is one parameter, whatever its
length, and the index serves just the same.
"""

from typing import Any

from django.db.models import CharField, ForeignKey, IntegerField, Lookup

from hopecare.kernel.statements import array


@IntegerField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """The column equals one of the numbers; of none, for no numbers."""

    lookup_name = "among"
    prepare_rhs = False
    as_told = ""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self._numbers(compiler, connection)
        return f"{left} = any ({right}{self.as_told})", [*left_params, *right_params]

    def _numbers(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if self.rhs_is_direct_value():
            return "%s::bigint[]", [array(self.rhs)]
        right, params = self.process_rhs(compiler, connection)
        return right, list(params)


@CharField.register_lookup
class AmongWritten(Among):
    """The column holds one of the numbers as text."""

    as_told = "::text[]"
