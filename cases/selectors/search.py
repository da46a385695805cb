"""Find a case by number, name as far as it is typed, telephone, address or need; one line for everything (D5).

Hangul is compared by its jamo, so that a half-typed "윤ㅅ" finds 윤순덕, and "한봇" (with the next
syllable's ㅅ) finds 한보순.
"""

import json
import re
import unicodedata
from dataclasses import asdict, dataclass

from django.db import connection

from cases.selectors.needed import cases_in_need
from hopecare.kernel import address_words, clock, phones
from hopecare.kernel.access import Viewer
from hopecare.kernel.permissions import Permission

MOST = 301  # a longer answer is no answer: type one syllable more
FIRST_YEAR = 2007
_NUMBER = re.compile(r"^(\d{4})\s*-\s*(\d{1,6})$")
_DIGITS = re.compile(r"^\+?[\d\s().-]+$")
#: Consonants as typed → the conjoining initial of a syllable.
_INITIALS = {sign: chr(0x1100 + place) for place, sign in enumerate("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")}
_VOWELS = {chr(0x314F + place): chr(0x1161 + place) for place in range(21)}
#: A final, and what it becomes when the next vowel pulls its last part over.
_FINALS_IN_ORDER = "ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ "
_FINALS_IN_ORDER += "ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ"
_FINALS = _FINALS_IN_ORDER.split()
_FIRST_FINAL = 0x11A8


@dataclass(frozen=True)
class Wanted:
    """What the line may mean. `names`: LIKE patterns over the jamo, alternatives inside, all of the outer must hold."""

    names: tuple[tuple[str, ...], ...] = ()
    initials: str = ""
    phones: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    places: tuple["Place", ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.names or self.initials or self.phones or self.tails or self.numbers)


@dataclass(frozen=True)
class Place:
    """One typed piece of an address: a town's name as far as it is typed, marks of the line, jamo of the directions."""

    town: str
    marks: tuple[str, ...]
    jamo: tuple[str, ...]


def understood(line: str) -> Wanted:
    """Read the line; empty when there is too little to search for (a single consonant, one letter)."""
    text = unicodedata.normalize("NFC", line).strip()[:80]
    if not text:
        return Wanted()
    if number := _NUMBER.match(text):
        return Wanted(numbers=(f"{number[1]}-{int(number[2]):06d}",))
    if _DIGITS.match(text):
        return _by_digits(text)
    bare = "".join(text.split())
    if all(sign in _INITIALS for sign in bare):
        if len(bare) < 2:
            return Wanted()
        return Wanted(initials=_like(bare) + "%" if len(bare) < 3 else f"%{_like(bare)}%")
    if len(bare) < 2 and not _is_syllable(bare):
        return Wanted()
    return Wanted(names=tuple(_patterns(word) for word in text.split()[:4]), places=_places(text))


def _places(text: str) -> tuple[Place, ...]:
    """A piece of an address has a number or two signs; a line of numbers alone is none."""
    found = [piece for piece in address_words.pieces(text)[:6] if piece[0].isdigit() or len(piece) > 1]
    if all(piece[0].isdigit() for piece in found):
        return ()
    return tuple(Place(f"{_like(one)}%", tuple(address_words.candidates(one)), _in_words(one)) for one in found)


def _in_words(piece: str) -> tuple[str, ...]:
    """A number of the directions needs a word beside it: alone it holds no trigram."""
    return (f"%{_jamo(piece)}%",) if len(_jamo(piece)) > 2 else ()


def _by_digits(text: str) -> Wanted:
    digits = "".join(sign for sign in text if sign.isdigit())
    if len(digits) >= 9 or text.startswith("+"):
        try:
            return Wanted(phones=tuple(phones.candidates(phones.normal(text))))
        except phones.BadPhone:
            return Wanted()
    if not 1 <= len(digits) <= 6:
        return Wanted()
    years = range(FIRST_YEAR, clock.today().year + 1)
    numbers = tuple(f"{year}-{int(digits):06d}" for year in years)
    return Wanted(tails=tuple(phones.tail_candidates(digits)) if len(digits) == 4 else (), numbers=numbers)


def _is_syllable(sign: str) -> bool:
    return "가" <= sign <= "힣"


def _like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _patterns(word: str) -> tuple[str, ...]:
    """LIKE patterns of one word: as typed, and with the last final consonant pulled over to the next syllable."""
    whole = _jamo(word)
    found = [_anchored(whole)]
    last = word[-1]
    if _is_syllable(last) and (ord(last) - 0xAC00) % 28:
        base = chr(ord(last) - (ord(last) - 0xAC00) % 28)
        final = _FINALS[(ord(last) - 0xAC00) % 28 - 1]
        kept = chr(_FIRST_FINAL + _FINALS.index(final[0])) if len(final) > 1 else ""
        found.append(_anchored(_jamo(word[:-1] + base) + kept + _INITIALS[final[-1]]))
    return tuple(found)


def _jamo(word: str) -> str:
    """As hc_jamo writes a name; lone consonants stand for any syllable that begins with them."""
    parts = []
    for place, sign in enumerate(word):
        if sign in _INITIALS:
            parts.append(_INITIALS[sign] + ("%" if place < len(word) - 1 else ""))
        else:
            parts.append(_like(unicodedata.normalize("NFD", _VOWELS.get(sign, sign).lower())))
    return "".join(parts)


def _anchored(pattern: str) -> str:
    """Fewer than three signs hold no trigram: they must begin the name, so that the index still serves."""
    return f"{pattern}%" if len(pattern.replace("%", "")) < 3 else f"%{pattern}%"


def matching_case_ids(viewer: Viewer, line: str, *, most: int = MOST) -> list[int]:
    """Ids of visible cases, the most recently worked on first; at most `most`. Runs inside `acting_as(viewer)`."""
    wanted = understood(line)
    if wanted.is_empty:
        return []
    needed = cases_in_need(viewer, line, most=most) if wanted.names else []
    places = wanted.places if viewer.may(Permission.SECTION_IDENTITY) else ()
    with connection.cursor() as cursor:
        cursor.execute(
            "select case_id from hc_case_search(%s::jsonb, %s, %s::text[], %s::text[], %s::text[], %s::jsonb,"
            " %s::bigint[], %s)",
            [
                json.dumps(wanted.names),
                wanted.initials,
                list(wanted.phones),
                list(wanted.tails),
                list(wanted.numbers),
                json.dumps([asdict(place) for place in places]),
                needed,
                most,
            ],
        )
        return [row[0] for row in cursor.fetchall() if row[0] not in viewer.reach.locked]
