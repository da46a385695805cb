"""One interface for every way to pay. Calls raise Transient, Uncertain or Permanent (gateway.errors)."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings

from donations.facts import CardFact, PaymentFact
from donations.gateway.errors import Forged

STRIPE, PORTONE, CMS, BANK = "stripe", "portone", "cms", "bank"


#: A module each with `open_window`, `charge`, `look_up`, `refund` and `genuine`, as below.
_CARDS = {STRIPE: "stripe_cards", PORTONE: "portone_cards"}
#: How the references of card entries begin that are not finished.
ENTRIES = ("cs_", "issue_")
#: Providers that are asked call by call; the others speak in files.
ONLINE = frozenset(_CARDS)


def _cards(provider: str) -> Any:
    """Imported on first use: a provider's client costs every start of a process up to a second and a half."""
    return import_module(f"donations.gateway.{_CARDS[provider]}")


def card_ways() -> list[str]:
    """Card companies of this installation, the Korean one first."""
    korean = [PORTONE] if settings.PORTONE_API_SECRET and settings.PORTONE_CHANNEL_KEY else []
    return [*korean, *([STRIPE] if settings.STRIPE_API_KEY else [])]


def offered() -> list[str]:
    """Ways to pay once that this installation has; small gifts go by bank first (K20)."""
    return [BANK, *card_ways()]


def monthly_ways() -> list[str]:
    """Ways to pay each month: debit from a bank account first (K20), then a card whose number we never see."""
    return [CMS, *card_ways()]


def open_enrolment(provider: str, *, key: str, back: str) -> tuple[str, str]:
    """(reference, address) of the page on which a card is typed once; the reference begins as in `ENTRIES`."""
    found: tuple[str, str] = _cards(provider).open_enrolment(key=key, back=back)
    return found


def enrolment(provider: str, *, reference: str, back: str) -> CardFact:
    found: CardFact = _cards(provider).enrolment(reference=reference, back=back)
    return found


def open_window(provider: str, *, key: str, won: int, words: str, back: str) -> tuple[str, str]:
    found: tuple[str, str] = _cards(provider).open_window(key=key, won=won, words=words, back=back)
    return found


def charge(provider: str, *, key: str, attempt: int, won: int, token: str, words: str) -> PaymentFact:
    fact: PaymentFact = _cards(provider).charge(key=key, attempt=attempt, won=won, token=token, words=words)
    return fact


def look_up(provider: str, *, key: str, reference: str) -> PaymentFact:
    fact: PaymentFact = _cards(provider).look_up(key=key, reference=reference)
    return fact


def refund(provider: str, *, key: str, reference: str, won: int, total: int) -> None:
    _cards(provider).refund(key=key, reference=reference, won=won, total=total)


def key_of(provider: str, about: str) -> str:
    """Our key of a payment that the provider names by its own number; empty when it is not ours."""
    return str(_cards(STRIPE).key_of(about)) if provider == STRIPE else about


def genuine(provider: str, body: bytes, header: Callable[[str], str]) -> tuple[str, str]:
    """(event id, what it is about) of a call-back. Raises Forged."""
    found: tuple[str, str]
    if provider == STRIPE:
        found = _cards(STRIPE).genuine(body, header("Stripe-Signature"))
    elif provider == PORTONE:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        found = _cards(PORTONE).genuine(body, {name: header(name) for name in names})
    else:
        raise Forged(provider)
    return found
