"""How long a text is for a telephone: parts by character set, and the 90 bytes of a domestic message. Django-free.

GSM-7: 160 septets alone, 153 in a chain. UCS-2: 70 and 67 units of 16 bit (an emoji counts two). Domestic providers
count EUC-KR (CP949) bytes: up to 90 is one short message, more becomes a long one at about three times the price.
"""

import math
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

DOMESTIC_LIMIT = 90
_DOMESTIC_LONG_PRICE = 3
_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
#: Signs that writing programs put in and CP949 does not have.
_PLAIN = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "•": "·", "…": "..."}
)


class Charset(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"
    EUC_KR = "euc_kr"


class TooLong(ValueError):
    """The text does not fit; `over` counts the bytes too many, -1 when EUC-KR cannot write it at all."""

    def __init__(self, over: int) -> None:
        super().__init__(f"{over} bytes too long" if over >= 0 else "not writable in EUC-KR")
        self.over = over


@dataclass(frozen=True)
class Count:
    """`units`: septets, 16-bit units or bytes, by `charset`."""

    charset: Charset
    units: int
    segments: int


def gsm7_septets(text: str) -> int | None:
    """Septets of a GSM 03.38 text, None when a sign is outside it."""
    total = 0
    for sign in text:
        if sign in _GSM_BASIC:
            total += 1
        elif sign in _GSM_EXTENDED:
            total += 2
        else:
            return None
    return total


def euc_kr_bytes(text: str) -> int | None:
    """Bytes in CP949, the superset of EUC-KR that Korean telephones read; None when it cannot be written."""
    try:
        return len(text.encode("cp949"))
    except UnicodeEncodeError:
        return None


def international(text: str) -> Count:
    """Parts as Twilio counts them."""
    septets = gsm7_septets(text)
    if septets is not None:
        return Count(Charset.GSM7, septets, _parts(septets, 160, 153))
    units = len(text.encode("utf-16-be")) // 2
    return Count(Charset.UCS2, units, _parts(units, 70, 67))


def domestic(text: str) -> Count:
    """Parts as a Korean provider bills them; what EUC-KR cannot write goes out as UCS-2."""
    size = euc_kr_bytes(text)
    if size is None:
        return international(text)
    return Count(Charset.EUC_KR, size, 1 if size <= DOMESTIC_LIMIT else _DOMESTIC_LONG_PRICE)


def count(text: str, charset: Charset) -> Count:
    """By what the provider can carry: `EUC_KR` for domestic ones, anything else counts internationally."""
    return domestic(text) if charset is Charset.EUC_KR else international(text)


def fit(text: str, limit: int = DOMESTIC_LIMIT) -> str:
    """The text in plain signs and single spaces, if it fits into `limit` EUC-KR bytes.

    Raises TooLong: words are never cut off, as half a date or half a telephone number does harm.
    """
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN)
    plain = "\n".join(" ".join(line.split()) for line in plain.strip().splitlines())
    size = euc_kr_bytes(plain)
    if size is None:
        raise TooLong(-1)
    if size > limit:
        raise TooLong(size - limit)
    return plain


def _parts(units: int, alone: int, chained: int) -> int:
    return 1 if units <= alone else math.ceil(units / chained)
