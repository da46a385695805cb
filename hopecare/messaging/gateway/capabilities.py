"""What a provider of text messages can; asked by rules, never guessed from its name."""

from dataclasses import dataclass

from hopecare.messaging.segments import Charset


@dataclass(frozen=True)
class Capabilities:
    """`two_way`: people may answer by text. `bytes`: of one short message, None where parts are counted in units.

    `receipts`: it tells what became of a message. `buttons`: a card with buttons instead of a bare text.
    """

    two_way: bool
    charset: Charset
    bytes: int | None
    receipts: bool
    buttons: bool
    domestic: bool
