"""Categories and life stages as every case page needs them: read once in five minutes, not once a page."""

import time
from collections.abc import Callable
from typing import Any

from hopecare.kernel.models import Category, FundSource, LifeStage, ProviderKind, Service, Town

KEEP_SECONDS = 300
_kept: dict[str, tuple[float, list[Any]]] = {}


def _remembered(name: str, read: Callable[[], list[Any]]) -> list[Any]:
    """An empty answer is never kept: the city may be loading just now."""
    until, rows = _kept.get(name, (0.0, []))
    if not rows or time.monotonic() > until:
        rows = read()
        _kept[name] = (time.monotonic() + KEEP_SECONDS, rows)
    return rows


def forget_catalogue() -> None:
    """Read again: after `load_city`, and between test databases."""
    _kept.clear()


def categories() -> list[Category]:
    """The eight, in order. Use codes, not ids: another test database numbers them otherwise."""
    return _remembered("categories", lambda: list(Category.objects.order_by("position")))


def by_id(rows: list[Any], key: int | None) -> Any:
    """The remembered row with this id; a row that is too new is None until the memory ends."""
    return next((row for row in rows if row.pk == key), None)


def services() -> list[Service]:
    """Everything that can be given or ever was, by category."""
    rows = Service.objects.select_related("service_class").order_by("category__position", "pk")
    return _remembered("services", lambda: list(rows))


def provider_kinds() -> list[ProviderKind]:
    return _remembered("provider_kinds", lambda: list(ProviderKind.objects.order_by("position")))


def provider_kind(code: str) -> ProviderKind | None:
    return next((kind for kind in provider_kinds() if kind.code == code), None)


def fund_sources() -> list[FundSource]:
    return _remembered("fund_sources", lambda: list(FundSource.objects.order_by("position")))


def life_stages() -> list[LifeStage]:
    return _remembered("life_stages", lambda: list(LifeStage.objects.order_by("position")))


def towns_of(team_ids: tuple[int, ...]) -> list[Town]:
    """The towns of these teams' zones, by name."""

    def read() -> list[Town]:
        return list(Town.objects.filter(zone__teams__among=team_ids).order_by("name_ko").distinct())

    return _remembered(f"towns of {team_ids}", read) if team_ids else []


def life_stage(age: int | None) -> LifeStage | None:
    """The stage of an age in full years; None for an unknown age."""
    if age is None:
        return None
    for stage in life_stages():
        if stage.from_age is not None and stage.to_age is not None and stage.from_age <= age <= stage.to_age:
            return stage
    return None


def payable_services() -> list[Service]:
    """What gifts may pay (K13)."""
    return [service for service in services() if service.active and service.gift_purpose and service.category_id]
