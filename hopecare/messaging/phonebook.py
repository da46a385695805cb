"""Whose telephone is whose on the demo's phone page: apps register a reader in AppConfig.ready().

phonebook.register(lambda: {"+821000000001": "문보라"})
"""

from collections.abc import Callable

_readers: list[Callable[[], dict[str, str]]] = []


def register(reader: Callable[[], dict[str, str]]) -> None:
    """`reader` → E.164 number to name; it opens `acting_as` itself when it reads private rows."""
    if reader not in _readers:
        _readers.append(reader)


def names() -> dict[str, str]:
    """Every number of the cast with its name. For the demo only: callers check that."""
    return {number: name for reader in _readers for number, name in reader().items()}
