"""Every address of the house with the mark of its view, and what each kind of visitor may expect there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from hopecare.kernel.models import UserKind

#: What stands in an address's argument when it is only tried: well-formed, belonging to nobody.
NOBODYS = {
    IntConverter: "999999999",
    UUIDConverter: "00000000-0000-7000-8000-000000000000",
}
ENTERS, LOGIN, HIDDEN = "enters", "log in", "404"


class Unmarked(Exception):
    """A view without @staff, @member or @public: nobody said who may come in."""


@dataclass(frozen=True)
class Address:
    """`path` as written in the URL configuration, `trial` with arguments filled in, `access` the view's mark."""

    path: str
    trial: str
    access: tuple[str, str]

    @property
    def kind(self) -> str:
        return self.access[0]

    @property
    def asks(self) -> tuple[str, ...]:
        """Permissions (any one opens) or kinds of account (none named: everybody who is logged in)."""
        separator = "|" if self.kind == "staff" else ","
        return tuple(part for part in self.access[1].split(separator) if part)

    def expect(self, *, kind: str = "", permissions: frozenset[str] = frozenset()) -> str:
        """What a visitor finds: `kind` of account ("" = not logged in) and, for staff, the role's permissions."""
        if self.kind == "public":
            return ENTERS
        if not kind:
            return LOGIN
        if self.kind == "member":
            return ENTERS if not self.asks or kind in self.asks else HIDDEN
        return ENTERS if kind == UserKind.STAFF and permissions & set(self.asks) else HIDDEN


def addresses() -> list[Address]:
    """All of them, in order of path. Raises Unmarked naming every view without a mark."""
    found, loose = [], []
    for pattern, path, trial in _walk(get_resolver().url_patterns, "/", "/"):
        access = getattr(pattern.callback, "hopecare_access", None)
        if access is None:
            loose.append(path)
        else:
            found.append(Address(path, trial, access))
    if loose:
        raise Unmarked(", ".join(sorted(loose)))
    return sorted(found, key=lambda address: (address.path, address.access))


def _walk(patterns: list[Any], path: str, trial: str) -> Iterator[tuple[URLPattern, str, str]]:
    for pattern in patterns:
        written, tried = path + str(pattern.pattern), trial + _tried(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, written, tried)
        else:
            yield pattern, written, tried


def _tried(pattern: Any) -> str:
    text = str(pattern)
    for name, converter in getattr(pattern, "converters", {}).items():
        value = NOBODYS.get(type(converter), "nobody")
        kinds = (f"<{word}:{name}>" for word in ("int", "str", "slug", "uuid", "path"))
        for written in (*kinds, f"<{name}>"):
            text = text.replace(written, value)
    return text
