"""Cards through Stripe: the only file that knows its client. Every card number stays on Stripe's own page."""

import json
from functools import cache
from typing import Any

import stripe
from django.conf import settings

from donations.facts import CardFact, PaymentFact
from donations.gateway.addresses import check_host
from donations.gateway.errors import Forged, Permanent, Transient, Uncertain

CONNECT_SECONDS, READ_SECONDS = 3.0, 8.0
#: https://docs.stripe.com/declines/codes – another day may be better; every other decline needs another card.
SOFT = frozenset(
    {"insufficient_funds", "processing_error", "try_again_later", "issuer_not_available", "approve_with_id"}
)
LOST = frozenset({"needs_response", "under_review", "lost"})
_EXPAND = ["latest_charge"]


@cache
def _client(key: str, url: str) -> stripe.StripeClient:
    http = stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS))
    return stripe.StripeClient(key, base_addresses={"api": url}, http_client=http, max_network_retries=0)


def client() -> stripe.StripeClient:
    return _client(settings.STRIPE_API_KEY, check_host(settings.STRIPE_API_URL))


def _said(work: Any) -> Any:
    try:
        return work()
    except stripe.CardError:
        raise
    except (stripe.RateLimitError, stripe.AuthenticationError) as error:
        raise Transient(type(error).__name__) from error
    except stripe.APIConnectionError as error:
        if "refused" in str(error).casefold():
            raise Transient("connect") from error
        raise Uncertain("connection") from error
    except stripe.APIError as error:
        raise Uncertain(str(error.http_status)) from error
    except stripe.StripeError as error:
        raise Permanent(error.code or type(error).__name__) from error


def open_window(*, key: str, won: int, words: str, back: str) -> tuple[str, str]:
    """(reference, address) of a hosted page on which the giver pays once. Repeating answers the same page."""
    price = {"currency": "krw", "unit_amount": won, "product_data": {"name": words}}
    asked: Any = {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": back,
        "cancel_url": back,
        "client_reference_id": key,
        "payment_intent_data": {"metadata": {"charge": key}},
    }
    made = _said(lambda: client().v1.checkout.sessions.create(asked, {"idempotency_key": f"{key}:window"}))
    return str(made.id), str(made.url)


def open_enrolment(*, key: str, back: str) -> tuple[str, str]:
    """(reference, address) of Stripe's page on which the giver types a card once, for later debits."""
    asked: Any = {
        "mode": "setup",
        "currency": "krw",
        "customer_creation": "always",
        "success_url": back,
        "cancel_url": back,
        "client_reference_id": key,
    }
    made = _said(lambda: client().v1.checkout.sessions.create(asked, {"idempotency_key": f"{key}:card"}))
    return str(made.id), str(made.url)


def enrolment(*, reference: str, back: str) -> CardFact:
    """Whether the card is there: its token and last four digits, never its number."""
    wanted: Any = {"expand": ["setup_intent.payment_method"]}
    session = _said(lambda: client().v1.checkout.sessions.retrieve(reference, wanted))
    intent = session.setup_intent
    if session.status != "complete" or intent is None:
        return CardFact("expired" if session.status == "expired" else "waiting", str(session.url or ""))
    method = intent.payment_method
    customer = session.customer if isinstance(session.customer, str) else session.customer.id
    return CardFact("done", token=f"{customer}/{method.id}", label=f"{method.card.brand} •• {method.card.last4}")


def charge(*, key: str, attempt: int, won: int, token: str, words: str) -> PaymentFact:
    """Debit without the giver; `token` = customer/payment method. The same key and attempt never debits twice."""
    customer, _, method = token.partition("/")
    asked: Any = {
        "amount": won,
        "currency": "krw",
        "customer": customer,
        "payment_method": method,
        "off_session": True,
        "confirm": True,
        "description": words,
        "metadata": {"charge": key},
        "expand": _EXPAND,
    }
    try:
        made = _said(lambda: client().v1.payment_intents.create(asked, {"idempotency_key": f"{key}:{attempt}"}))
    except stripe.CardError as error:
        code = str((error.error and error.error.decline_code) or error.code or "declined")
        return PaymentFact("failed", failure=code, soft=code in SOFT)
    return _fact(made)


def look_up(*, key: str, reference: str) -> PaymentFact:
    """What became of a payment: by its reference, else by our own key in its metadata."""
    if reference.startswith("cs_"):
        session = _said(lambda: client().v1.checkout.sessions.retrieve(reference, {"expand": ["payment_intent"]}))
        intent = session.payment_intent
        if intent is None or session.payment_status != "paid":
            return PaymentFact("failed" if session.status == "expired" else "waiting", reference=reference)
        reference = str(intent if isinstance(intent, str) else intent.id)
    if reference:
        return _fact(_said(lambda: client().v1.payment_intents.retrieve(reference, {"expand": _EXPAND})))
    query: Any = {"query": f"metadata['charge']:'{key}'", "expand": ["data.latest_charge"]}
    found = _said(lambda: client().v1.payment_intents.search(query)).data
    return _fact(found[0]) if found else PaymentFact("none")


def key_of(about: str) -> str:
    """The charge's key that we wrote into a payment's metadata."""
    if not about.startswith("pi_"):
        return ""
    intent = _said(lambda: client().v1.payment_intents.retrieve(about))
    told = intent.metadata.to_dict() if intent.metadata else {}
    return str(told.get("charge", ""))


def refund(*, key: str, reference: str, won: int, total: int) -> None:
    """Give `won` back; `total` = what will have been given back in all, so that repeating changes nothing."""
    intent = look_up(key=key, reference=reference).reference
    asked: Any = {"payment_intent": intent, "amount": won}
    _said(lambda: client().v1.refunds.create(asked, {"idempotency_key": f"{key}:refund:{total}"}))


def _fact(intent: Any) -> PaymentFact:
    taken = intent.latest_charge
    if intent.status != "succeeded" or taken is None or isinstance(taken, str):
        failed = intent.status in {"canceled", "requires_payment_method"}
        error = intent.last_payment_error
        code = str((error and (error.decline_code or error.code)) or "") if failed else ""
        return PaymentFact("failed" if failed else "waiting", failure=code, soft=code in SOFT, reference=str(intent.id))
    disputed = 0
    if taken.disputed:
        found = _said(lambda: client().v1.disputes.list({"payment_intent": str(intent.id)})).data
        disputed = sum(int(one.amount) for one in found if one.status in LOST)
    return PaymentFact(
        "paid", int(intent.amount_received), int(taken.amount_refunded or 0), disputed, reference=str(intent.id)
    )


def genuine(body: bytes, signature: str) -> tuple[str, str]:
    """(event id, payment intent or session it is about) of a signed call-back. Raises Forged."""
    try:
        text = body.decode()
        stripe.WebhookSignature.verify_header(text, signature, settings.STRIPE_WEBHOOK_SECRET, 300)
        event = json.loads(text)
        thing = event["data"]["object"]
        about = thing.get("payment_intent") or thing["id"]
        return str(event["id"]), str(about if isinstance(about, str) else about["id"])
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Forged("stripe") from error
