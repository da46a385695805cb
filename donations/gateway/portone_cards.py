"""Korean cards and easy pay through PortOne: the only file that knows its client."""

import hashlib
import hmac
from functools import cache
from typing import Any

import httpx
from django.conf import settings
from portone_server_sdk import PaymentClient, errors, webhook
from portone_server_sdk.common import PaymentAmountInput
from portone_server_sdk.payment import (
    CancelledPayment,
    CancelPaymentError,
    FailedPayment,
    PaidPayment,
    PartialCancelledPayment,
    PayWithBillingKeyError,
)
from portone_server_sdk.payment.billing_key import (
    BillingKeyFilterInput,
    BillingKeyPaymentMethodCard,
    GetBillingKeyInfosError,
    IssuedBillingKeyInfo,
)

from donations.facts import CardFact, PaymentFact
from donations.gateway.addresses import check_host
from donations.gateway.errors import Forged, Permanent, Transient, Uncertain

CONNECT_SECONDS, READ_SECONDS = 3.0, 8.0
#: Codes of card companies after which another day may be better: limit, balance, maintenance.
SOFT = frozenset({"INSUFFICIENT_BALANCE", "EXCEED_LIMIT", "MAINTENANCE", "TEMPORARY_ERROR"})


@cache
def _client(secret: str, url: str, store: str) -> PaymentClient:
    made = PaymentClient(secret=secret, base_url=url, store_id=store)
    # the client waits a minute and follows the machine's proxies; a worker may do neither
    quick = httpx.Client(timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS), trust_env=False)
    made._sync_client = made.billing_key._sync_client = quick
    return made


def client() -> PaymentClient:
    return _client(settings.PORTONE_API_SECRET, check_host(settings.PORTONE_API_URL), settings.PORTONE_STORE_ID)


def _said(work: Any) -> Any:
    try:
        return work()
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise Transient("connect") from error
    except (httpx.HTTPError, ValueError) as error:
        raise Uncertain(type(error).__name__) from error
    except (errors.UnauthorizedError, errors.ForbiddenError) as error:
        raise Transient(type(error).__name__) from error
    except errors.UnknownError as error:
        raise Uncertain("unknown") from error


def open_window(*, key: str, won: int, words: str, back: str) -> tuple[str, str]:
    """(reference, address) of our page with PortOne's window; the amount is registered first: nobody can change it."""
    _said(lambda: client().pre_register_payment(payment_id=key, total_amount=won, currency="KRW"))
    return key, _our_page(back)


def open_enrolment(*, key: str, back: str) -> tuple[str, str]:
    """(reference, address) of the window in which a card is typed once, for later debits.

    The reference is the number of the issue and of the customer at PortOne; nobody can work it out from ours.
    """
    reference = "issue_" + hmac.new(settings.PORTONE_API_SECRET.encode(), key.encode(), hashlib.sha256).hexdigest()[:32]
    return reference, _our_page(back)


def _our_page(back: str) -> str:
    """PortOne has no page of its own: its window opens from ours, beside the page to which the giver comes back."""
    check_host(settings.PORTONE_SDK_URL)
    return f"{back}window/"


def enrolment(*, reference: str, back: str) -> CardFact:
    """Whether the card is there: its billing key and what may be shown of it, never its number."""
    wanted = BillingKeyFilterInput(store_id=settings.PORTONE_STORE_ID, customer_id=reference, status=["ISSUED"])
    try:
        found = _said(lambda: client().billing_key.get_billing_key_infos(filter=wanted))
    except GetBillingKeyInfosError as error:
        raise Permanent(type(error).__name__) from error
    issued = [row for row in found.items if isinstance(row, IssuedBillingKeyInfo) and row.customer.id == reference]
    if not issued:
        return CardFact("waiting", _our_page(back))
    return CardFact("done", token=issued[-1].billing_key, label=_label(issued[-1]))


def _label(issued: IssuedBillingKeyInfo) -> str:
    cards = [way.card for way in issued.methods or [] if isinstance(way, BillingKeyPaymentMethodCard) and way.card]
    if not cards:
        return "PortOne"
    last = "".join(sign for sign in cards[0].number or "" if sign.isdigit())[-4:]
    return f"{cards[0].name or 'Card'} •• {last}"


def charge(*, key: str, attempt: int, won: int, token: str, words: str) -> PaymentFact:
    """Debit by billing key. PortOne knows the payment by `key`: one that is paid is never debited again."""
    amount, kind = PaymentAmountInput(total=won), "KRW"
    try:
        _said(
            lambda: client().pay_with_billing_key(
                payment_id=key, billing_key=token, order_name=words, amount=amount, currency=kind
            )
        )
    except errors.AlreadyPaidError:
        pass
    except errors.PgProviderError as error:
        code = str(getattr(error, "pg_code", "") or "DECLINED")
        return PaymentFact("failed", failure=code, soft=code in SOFT, reference=key)
    except PayWithBillingKeyError as error:
        return PaymentFact("failed", failure=type(error).__name__[:60], reference=key)
    return look_up(key=key, reference=key)


def look_up(*, key: str, reference: str) -> PaymentFact:
    """Where a payment stands.

    A dispute at PortOne has two states and no winner: UNRESOLVED, "arose and is not cleared up yet", and RESOLVED,
    "arose, but is cleared up" (DisputeStatus of its API description: src/schema/v2.openapi.yml in
    github.com/portone-io/developers.portone.io); beside them a reason and days, no sum and no outcome. Only a payment
    that stands as paid names disputes. So the whole of it counts as disputed while one is open, and not any more once
    it is cleared up. What a lost one takes is documented nowhere: it is booked where it comes as a cancellation
    (`amount.cancelled`); one that came otherwise would show in the settlement alone.
    """
    try:
        found = _said(lambda: client().get_payment(payment_id=reference or key))
    except errors.PaymentNotFoundError:
        return PaymentFact("none")
    if isinstance(found, PaidPayment | PartialCancelledPayment | CancelledPayment):
        amount = found.amount
        open_disputes = [one for one in getattr(found, "disputes", []) or [] if one.status == "UNRESOLVED"]
        refunded = int(amount.cancelled)
        return PaymentFact(
            "paid",
            int(amount.total),
            refunded,
            int(amount.total) - refunded if open_disputes else 0,
            reference=found.id,
        )
    if isinstance(found, FailedPayment):
        code = str(found.failure.pg_code or "DECLINED")
        return PaymentFact("failed", failure=code, soft=code in SOFT, reference=found.id)
    return PaymentFact("waiting", reference=key)


def refund(*, key: str, reference: str, won: int, total: int) -> None:
    """Cancel `won`; asked first what was cancelled, as PortOne takes no key for a cancellation."""
    now = look_up(key=key, reference=reference)
    if now.refunded_won >= total:
        return
    remaining = now.paid_won - now.refunded_won
    try:
        _said(
            lambda: client().cancel_payment(
                payment_id=key, amount=won, reason="refund", current_cancellable_amount=remaining
            )
        )
    except CancelPaymentError as error:
        raise Permanent(type(error).__name__) from error


def genuine(body: bytes, headers: dict[str, str]) -> tuple[str, str]:
    """(event id, payment id) of a signed call-back. Raises Forged."""
    try:
        told = webhook.verify(settings.PORTONE_WEBHOOK_SECRET, body.decode(), headers)
        data: Any = told["data"] if isinstance(told, dict) else told.data
        names = ("paymentId", "billingKey") if isinstance(data, dict) else ("payment_id", "billing_key")
        abouts = [data.get(name) if isinstance(data, dict) else getattr(data, name, "") for name in names]
        return headers["webhook-id"], str(next(about for about in abouts if about))
    except (
        webhook.WebhookVerificationError,
        webhook.InvalidInputError,
        ValueError,
        KeyError,
        AttributeError,
        StopIteration,
    ) as error:
        raise Forged("portone") from error
