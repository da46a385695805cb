"""Volunteers of the demo city."""

from hopecare.demo.world import World
from hopecare.kernel.models import User


def seed_volunteers(world: World, cast: dict[str, User]) -> None:
    pass
