"""Named reads of the catalogue: the eight categories. Public reference data, no viewer needed."""

from collections.abc import Sequence

from hopecare.kernel.models import Category


def categories_in_order() -> Sequence[Category]:
    return list(Category.objects.order_by("position"))
