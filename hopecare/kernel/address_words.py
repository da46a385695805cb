"""Finding an encrypted address by a part of it: keyed hashes of its words and of how far one has typed them.

"솔밭면 강가로12번길 3, 2층" is kept as marks of 솔밭, 솔밭면, 강가, 강가로, 12, 12번, 12번길 …
A mark is the first 64 bits of an HMAC, so whoever holds the table alone learns which rows share a word and no word.
"""

import re

from hopecare.kernel import crypto

LONGEST = 12
_PURPOSE = "address-word"
_PIECE = re.compile(r"\d+(?:-\d+)?[^\W\d_]*|[^\W\d_]+")
_NUMBER = re.compile(r"\d+(?:-\d+)?")


def pieces(text: str) -> list[str]:
    """Words and numbers in their order: "강가로12번길 3-1" → 강가로, 12번길, 3-1."""
    return _PIECE.findall(text.casefold())


def marks(text: str) -> list[str]:
    """What is stored beside an address; each once, sorted."""
    return sorted(
        {_short(crypto.keyed_hash(part, purpose=_PURPOSE)) for piece in pieces(text) for part in _parts(piece)}
    )


def candidates(piece: str) -> list[str]:
    """The marks that one typed piece may stand for, under every key of the ring."""
    return [_short(found) for found in crypto.hash_candidates(piece[:LONGEST], purpose=_PURPOSE)]


def _parts(piece: str) -> set[str]:
    """A word from its second sign on; a number whole, without what stands behind its dash, and with its unit."""
    piece = piece[:LONGEST]
    number = _NUMBER.match(piece)
    if number is None:
        return {piece[:end] for end in range(2, len(piece) + 1)} or {piece}
    whole = {piece[:end] for end in range(number.end(), len(piece) + 1)}
    return {*whole, number[0].split("-")[0]}


def _short(found: str) -> str:
    key, _, digest = found.partition(":")
    return f"{key}:{digest[:16]}"
