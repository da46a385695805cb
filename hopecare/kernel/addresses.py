"""Addresses of pages, made from the pattern instead of asked from the whole map of addresses for each link.

Whole numbers and case numbers, which nearly all addresses of the desk are made of, fit wherever another of their kind
fits. Anything else is asked of Django each time.
"""

import re
from functools import cache
from typing import Any

from django.urls import NoReverseMatch, reverse

_CASE_NUMBER = re.compile(r"[0-9]{4}-[0-9]{6}")
_STAND_INS = {"whole": "90000000{place}", "case": "9000-00000{place}"}
_MOST = 9


def address(name: str, *args: Any, **kwargs: Any) -> str:
    """`reverse(name, args)` or `reverse(name, kwargs)`, the same text; raises NoReverseMatch as it does."""
    values = (*args, *kwargs.values())
    kinds = tuple([_kind(value) for value in values])
    pattern = _pattern(name, kinds, tuple(kwargs)) if all(kinds) else None
    if pattern is None:
        return reverse(name, args=args, kwargs=kwargs)
    return pattern % values


def _kind(value: Any) -> str:
    if type(value) is int:
        return "whole" if value >= 0 else ""
    return "case" if isinstance(value, str) and _CASE_NUMBER.fullmatch(value) else ""


@cache
def _pattern(name: str, kinds: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    """The address with a place for each value; None where the values do not stand in it one by one, in their order."""
    if len(kinds) > _MOST:
        return None
    told = [_STAND_INS[kind].format(place=place) for place, kind in enumerate(kinds)]
    values: list[Any] = [int(text) if kind == "whole" else text for text, kind in zip(told, kinds, strict=True)]
    args = values[: len(values) - len(names)]
    try:
        found = reverse(name, args=args, kwargs=dict(zip(names, values[len(args) :], strict=True)))
    except NoReverseMatch:
        return None
    pattern, places = found.replace("%", "%%"), []
    for text in told:
        places.append(pattern.find(text))
        if pattern.count(text) != 1:
            return None
        pattern = pattern.replace(text, "\0" * len(text))
    if places != sorted(places):
        return None
    return re.sub("\0+", "%s", pattern)
