"""Telephone numbers: E.164 inside, encrypted and hashed; shown the Korean way."""

import phonenumbers

from hopecare.kernel import crypto


class BadPhone(ValueError):
    """Not a telephone number."""


def normal(text: str) -> str:
    """What somebody typed → E.164, e.g. `010-0000-1234` → `+821000001234`. Empty stays empty; BadPhone otherwise."""
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, "KR")
    except phonenumbers.NumberParseException as error:
        raise BadPhone(text) from error
    if not phonenumbers.is_possible_number(number):
        raise BadPhone(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown(e164: str) -> str:
    """`+821000001234` → `010-0000-1234`."""
    digits = "0" + e164.removeprefix("+82") if e164.startswith("+82") else e164
    if digits.startswith("010") and len(digits) == 11:
        return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
    if digits.startswith("0") and len(digits) == 10:
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return digits


def hashed(e164: str) -> str:
    return crypto.keyed_hash(e164, purpose="phone") if e164 else ""


def tail_hashed(e164: str) -> str:
    """Keyed hash of the last four digits, so that staff find a caller by what they read out."""
    return crypto.keyed_hash(e164[-4:], purpose="phone-tail") if e164 else ""


def candidates(e164: str) -> list[str]:
    return crypto.hash_candidates(e164, purpose="phone")


def tail_candidates(digits: str) -> list[str]:
    return crypto.hash_candidates(digits, purpose="phone-tail")
