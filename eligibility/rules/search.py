"""Finding Korean words as people type them: parts of words, half-typed syllables, initial consonants (ㄱㅊㅇㄱ)."""

from functools import lru_cache

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_FIRST, _LAST = 0xAC00, 0xD7A3


def _parts(sign: str) -> tuple[str, str, str]:
    number = ord(sign) - _FIRST
    return INITIALS[number // 588], VOWELS[number % 588 // 28], FINALS[number % 28]


def _is_syllable(sign: str) -> bool:
    return _FIRST <= ord(sign) <= _LAST


def jamo(text: str) -> str:
    """ "기초" → "ㄱㅣㅊㅗ"; other signs stay, spaces go, letters become small."""
    return "".join("".join(_parts(sign)) if _is_syllable(sign) else sign for sign in _packed(text))


def initials(text: str) -> str:
    """ "기초연금" → "ㄱㅊㅇㄱ"."""
    return "".join(_parts(sign)[0] if _is_syllable(sign) else sign for sign in _packed(text))


def _packed(text: str) -> str:
    return "".join(text.casefold().split())


@lru_cache(maxsize=1024)
def _prepared(text: str) -> tuple[str, str]:
    return jamo(text), initials(text)


def found_in(text: str, typed: str) -> bool:
    """Whether every word typed stands in the text, be it half-typed or by its initials alone."""
    letters, firsts = _prepared(text)
    return all(
        word in firsts if set(word) <= set(INITIALS) else jamo(word) in letters for word in typed.casefold().split()
    )
