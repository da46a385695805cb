"""One interface for every way to pay. Calls raise Transient, Uncertain or Permanent (gateway.errors)."""

from collections.abc import Callable
from typing import Protocol

from django.conf import settings

from donations.facts import CardFact, PaymentFact
from donations.gateway import portone_cards, stripe_cards
from donations.gateway.errors import Forged

STRIPE, PORTONE, CMS, BANK = "stripe", "portone", "cms", "bank"


class Cards(Protocol):
    """What every provider of cards is asked; a module each."""

    def open_window(self, *, key: str, won: int, words: str, back: str) -> tuple[str, str]: ...
    def charge(self, *, key: str, attempt: int, won: int, token: str, words: str) -> PaymentFact: ...
    def look_up(self, *, key: str, reference: str) -> PaymentFact: ...
    def refund(self, *, key: str, reference: str, won: int, total: int) -> None: ...


_CARDS: dict[str, Cards] = {STRIPE: stripe_cards, PORTONE: portone_cards}
#: Providers that are asked call by call; the others speak in files.
ONLINE = frozenset(_CARDS)


def offered() -> list[str]:
    """Ways to pay once that this installation has; small gifts go by bank first (K20)."""
    cards = [PORTONE] if settings.PORTONE_API_SECRET and settings.PORTONE_WINDOW_URL else []
    return [BANK, *cards, *([STRIPE] if settings.STRIPE_API_KEY else [])]


def monthly_ways() -> list[str]:
    """Ways to pay each month: debit from a bank account first (K20), then a card whose number we never see."""
    return [CMS, *([STRIPE] if settings.STRIPE_API_KEY else [])]


def open_enrolment(*, key: str, back: str) -> tuple[str, str]:
    return stripe_cards.open_enrolment(key=key, back=back)


def enrolment(*, reference: str) -> CardFact:
    return stripe_cards.enrolment(reference=reference)


def open_window(provider: str, *, key: str, won: int, words: str, back: str) -> tuple[str, str]:
    return _CARDS[provider].open_window(key=key, won=won, words=words, back=back)


def charge(provider: str, *, key: str, attempt: int, won: int, token: str, words: str) -> PaymentFact:
    return _CARDS[provider].charge(key=key, attempt=attempt, won=won, token=token, words=words)


def look_up(provider: str, *, key: str, reference: str) -> PaymentFact:
    return _CARDS[provider].look_up(key=key, reference=reference)


def refund(provider: str, *, key: str, reference: str, won: int, total: int) -> None:
    _CARDS[provider].refund(key=key, reference=reference, won=won, total=total)


def key_of(provider: str, about: str) -> str:
    """Our key of a payment that the provider names by its own number; empty when it is not ours."""
    return stripe_cards.key_of(about) if provider == STRIPE else about


def genuine(provider: str, body: bytes, header: Callable[[str], str]) -> tuple[str, str]:
    """(event id, what it is about) of a call-back. Raises Forged."""
    if provider == STRIPE:
        return stripe_cards.genuine(body, header("Stripe-Signature"))
    if provider == PORTONE:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        return portone_cards.genuine(body, {name: header(name) for name in names})
    raise Forged(provider)
