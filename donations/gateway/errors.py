"""What a provider may answer, sorted by what we do next."""


class Transient(Exception):
    """Nothing was taken; try again later."""


class Uncertain(Exception):
    """No answer came back: the payment may be with the provider. Look it up before repeating."""


class Permanent(Exception):
    """Trying again would fail again: a person looks at it. `code` as the provider names it."""


class Refused(Permanent):
    """We do not connect there at all (the demo and its stand-ins)."""


class Forged(Exception):
    """Not signed by the provider, or changed on the way, or too old."""
