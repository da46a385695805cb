"""Codes that are read out on the telephone: random, without look-alike signs, with a check character.

Crockford base32 (no I, L, O, U): 12 signs + 1 check sign modulo 37 carry 60 random bits. A person who
mistypes one sign is told at once instead of being told that nothing is there.
"""

import secrets
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = ALPHABET + "*~$=U"
LENGTH = 12


def _check(body: str) -> str:
    value = 0
    for sign in body:
        value = value * 32 + ALPHABET.index(sign)
    # Signs that are hard to say aloud are avoided: bodies whose check falls on one of them are not given out.
    return CHECKS[value % 37]


def new_code(choose: Callable[[str], str] = secrets.choice) -> str:
    """A fresh code, 13 signs, without hyphens; only the demo city passes other dice than the system's."""
    while True:
        body = "".join(choose(ALPHABET) for _ in range(LENGTH))
        check = _check(body)
        if check in ALPHABET:
            return body + check


def shown(code: str) -> str:
    """`7K2M4Q9PX3A5C` → `7K2M-4Q9P-X3A5C`, in groups that fit the breath."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def read(text: str) -> str | None:
    """What somebody typed → the code, or None when it cannot be one. Forgives case, spaces, O/0, I/L/1."""
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    signs = signs.replace("O", "0").replace("I", "1").replace("L", "1")
    if len(signs) != LENGTH + 1 or any(sign not in ALPHABET for sign in signs):
        return None
    return signs if _check(signs[:LENGTH]) == signs[LENGTH] else None
