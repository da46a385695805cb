"""Accounts, roles as data, and for whom somebody acts (one organisation, one role, dated)."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from hopecare.kernel import clock
from hopecare.kernel.models.base import Dated, Named
from hopecare.kernel.models.places import Organisation, Zone


class UserKind(models.TextChoices):
    STAFF = "staff"
    VOLUNTEER = "volunteer"
    DONOR = "donor"
    CITIZEN = "citizen"
    SYSTEM = "system"


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser, PermissionsMixin):
    """An account. What it may do comes from its affiliation (role × organisation), never from the account itself."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True, help_text="the work telephone printed on papers")
    kind = models.CharField(max_length=10, choices=UserKind, default=UserKind.STAFF)
    language = models.CharField(max_length=8, default="ko")
    is_active = models.BooleanField(default=True)
    password_told = models.BooleanField(default=False, help_text="somebody else knows it: the owner chooses another")
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.username


class Role(Named):
    """A role of domain.md; its permissions are rows, applied "all and only" by `manage.py apply_roles`."""


class RolePermission(models.Model):
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="permissions")
    permission = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "permission"], name="role_permission_once")]


class Affiliation(Dated):
    """Somebody acts for an organisation in a role; re-confirmed every quarter or it rests."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="affiliations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="affiliations")
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT)
    confirmed_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role", "starts_on"], name="affiliation_once")
        ]


class TeamKind(models.TextChoices):
    MIXED = "mixed"
    TOWN = "town"
    CENTRAL = "central"


class Team(Named):
    """People who work from one record; a mixed team spans organisations (R47, R54)."""

    kind = models.CharField(max_length=8, choices=TeamKind, default=TeamKind.MIXED)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="teams")


class TeamMembership(Dated):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="team_memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user", "starts_on"], name="team_membership_once")]
