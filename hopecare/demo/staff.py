"""Centre workers, town officials, partners and their users, beside the cast."""

from datetime import timedelta

from hopecare.demo.world import World, words
from hopecare.kernel.models import (
    Affiliation,
    Organisation,
    OrganisationKind,
    Role,
    TeamMembership,
    User,
    UserKind,
)
from hopecare.kernel.services.cast import put_cast


def seed_staff(world: World) -> dict[str, User]:
    """The cast by user name; fills the zones' workers and officials."""
    cast = put_cast()
    roles = {role.code: role for role in Role.objects.all()}
    _add_workers(world, roles)
    _add_officials(world, roles)
    _add_partners(world, roles)
    world.zones["east"].workers[:0] = [cast["hana"], cast["hana"], cast["eli"]]  # she is met most often
    world.zones["north"].workers.insert(0, cast["chi"])
    hwado = next(town for town in world.zones["east"].towns if town.code == "hwado")
    world.zones["east"].officials[hwado.pk] = cast["ana"]
    return cast


def _hire(world: World, username: str, role: Role, organisation_id: int, phone: str, team_id: int | None) -> User:
    sex = world.pick(["F", "F", "M"])
    user = User.objects.create(
        username=username, name=world.name(sex, world.dice.randrange(26, 58)), kind=UserKind.STAFF, phone=phone
    )
    user.set_unusable_password()
    user.save(update_fields=["password"])
    joined = world.days_ago(world.dice.randrange(200, 3_000))
    Affiliation.objects.create(
        user=user,
        organisation_id=organisation_id,
        role=role,
        starts_on=joined,
        confirmed_on=world.today - timedelta(days=world.dice.randrange(3, 60)),
    )
    if team_id:
        TeamMembership.objects.create(team_id=team_id, user=user, starts_on=joined)
    return user


def _add_workers(world: World, roles: dict[str, Role]) -> None:
    kinds = ["social_worker", "social_worker", "case_manager", "social_worker", "nurse", "social_worker"]
    posts = list(world.zones.items())
    for number in range(world.figures.centre_workers):
        code, post = posts[number % len(posts)]
        kind = kinds[(number // len(posts)) % len(kinds)]
        user = _hire(
            world,
            f"{code}_worker_{number:02d}",
            roles[kind],
            post.centre_id,
            f"031-000-{300 + number:04d}",
            post.team_id,
        )
        if kind != "nurse":
            post.workers.append(user)


def _add_officials(world: World, roles: dict[str, Role]) -> None:
    for post in world.zones.values():
        for town in post.towns:
            name = f"{town.code}_official"
            phone = f"031-000-{400 + town.pk:04d}"
            post.officials[town.pk] = _hire(world, name, roles["city_official"], town.office_id, phone, post.team_id)


def _add_partners(world: World, roles: dict[str, Role]) -> None:
    names = words()["partners"]
    hanbit = Organisation.objects.filter(code="hanbit").values_list("pk", flat=True).first()
    world.partner_ids = [hanbit] if hanbit else []
    for number in range(world.figures.partners):
        suffix = "" if number < len(names) else f" {number // len(names) + 1}호점"
        partner, _ = Organisation.objects.update_or_create(
            code=f"partner_{number:02d}",
            defaults={
                "name_ko": names[number % len(names)] + suffix,
                "name_en": f"Partner institution {number + 1}",
                "kind": OrganisationKind.INSTITUTION,
                "phone": f"031-000-{500 + number:04d}",
            },
        )
        world.partner_ids.append(partner.pk)
    for number in range(world.figures.partner_users):
        organisation = world.partner_ids[number % len(world.partner_ids)]
        _hire(world, f"partner_user_{number:03d}", roles["partner_worker"], organisation, "", None)
