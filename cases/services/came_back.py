"""Money of a service that its payee sent back: a later entry corrects the record, which stays as it was written."""

import uuid
from datetime import date

from hopecare.kernel import clock
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.statements import ask, statement

_WRITE = statement(
    "select hc_payment_came_back(%(case)s::bigint, %(payment)s::uuid, %(mark)s::bigint, %(won)s::bigint,"
    " %(came)s::date, %(moment)s::timestamptz)"
)


def came_back(*, case_id: int, payment: uuid.UUID, mark: int, won: int, came_on: date) -> bool:
    """False where no record stands for this payment yet, or this return (`mark`) is on the case already.

    In the transaction of the books: the entry stands when the money does.
    """
    values = {"case": case_id, "payment": str(payment), "mark": mark, "won": won, "came": came_on}
    with acting_as(system(Principal.GIVING)):
        return ask(_WRITE, {**values, "moment": clock.now()})[0][0] is not None
