"""The accountant's side: today's cash, what went wrong, what differs, closing, and the papers (K12)."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from donations.selectors import bank, boxes, desk, odd, partners
from donations.selectors import export as exports
from donations.selectors.ledger import trial_balance
from donations.services import charging, filing, periods
from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

FIRST_YEAR = 2000


@staff(Permission.MONEY_VIEW)
@require_safe
def accounts(request: HopeRequest) -> HttpResponseBase:
    today, months, receiver_id = clock.today(), periods.open_months(), _receiver(request)
    context = {
        "day": desk.day(request.viewer, today),
        "staying": desk.staying(request.viewer, today),
        "odd": odd.waiting(request.viewer),
        "partner_sums": partners.to_look_at(request.viewer),
        "box_counts": boxes.to_explain(request.viewer),
        "gifts": trial_balance(date(today.year, 1, 1), today, gifts=True, receiver_id=receiver_id),
        "own": trial_balance(date(today.year, 1, 1), today, gifts=False, receiver_id=receiver_id),
        "chosen": receiver_id,
        "open_months": months,
        "apart": bank.differences(request.viewer).count,
        "apart_then": periods.apart_in(request.viewer, months[0]) if months else 0,
        "may_book": request.viewer.may(Permission.MONEY_BOOK),
        "report_years": [today.year, today.year - 1],
    }
    return render(request, "donations/accounts.html", context)


def _receiver(request: HopeRequest) -> int | None:
    """The receiving body whose books are asked for; None for all together, NotFound for none of them."""
    typed = request.GET.get("receiver", "")
    if not typed:
        return None
    if typed not in {str(row.pk) for row in exports.receivers_of_books(request.viewer)}:
        raise errors.NotFound("receiver", typed[:20])
    return int(typed)


@staff(Permission.MONEY_BOOK)
@require_POST
def match(request: HopeRequest, deposit_id: int) -> HttpResponseBase:
    """Whose deposit it is, found out by a person; or that it is interest of the account."""
    try:
        if request.POST.get("do") == "interest":
            filing.book_interest(by=request.viewer, deposit_id=deposit_id)
        else:
            filing.match_by_hand(by=request.viewer, deposit_id=deposit_id, typed=request.POST.get("code", ""))
        messages.success(request, _("Matched and in the books."))
    except errors.Impossible as error:
        messages.error(request, " ".join(str(problem.words) for problem in error.problems))
    return redirect("money")


@staff(Permission.MONEY_BOOK, short_transactions=True)
@require_POST
def refund(request: HopeRequest, charge_id: int) -> HttpResponseBase:
    """Back to the giver: the provider first, outside any transaction, the books from what it says."""
    text = request.POST.get("won", "").replace(",", "")
    try:
        charging.refund(by=request.viewer, charge_id=charge_id, won=int(text) if text.isdigit() else 0)
        messages.success(request, _("Sent back and in the books."))
    except errors.Impossible as error:
        messages.error(request, " ".join(str(problem.words) for problem in error.problems))
    return redirect("money")


@staff(Permission.MONEY_BOOK)
@require_POST
def close(request: HopeRequest) -> HttpResponseBase:
    try:
        month = date.fromisoformat(request.POST.get("month", ""))
        periods.close_month(by=request.viewer, month=month, aware="aware" in request.POST)
        messages.success(request, _("Closed. Nothing is booked into that month any more."))
    except ValueError:
        messages.error(request, _("Please choose a month."))
    except errors.Impossible as error:
        messages.error(request, " ".join(str(problem.words) for problem in error.problems))
    return redirect("money")


@staff(Permission.MONEY_VIEW)
@require_safe
def export(request: HopeRequest, what: str) -> HttpResponseBase:
    """books.beancount, postings.csv, sheet.csv of a year (`?year=`, this one without it); whole in one transaction.

    `?receiver=`: of one receiving body; without it of all, the sheet with a column for each.
    """
    today, viewer, receiver = clock.today(), request.viewer, _receiver(request)
    typed = request.GET.get("year", str(today.year))
    if not typed.isdecimal() or not FIRST_YEAR <= int(typed) <= today.year:
        raise errors.NotFound("export", what)
    since, until = date(int(typed), 1, 1), min(date(int(typed), 12, 31), today)
    if what == "books.beancount":
        lines, kind = list(exports.beancount(viewer, since, until, receiver)), "text/plain; charset=utf-8"
    elif what == "postings.csv":
        lines, kind = list(exports.postings_csv(viewer, since, until, receiver)), "text/csv; charset=utf-8"
    elif what == "sheet.csv":
        rows = exports.budget_sheets(viewer, since, until, receiver)
        lines, kind = exports.csv_of(rows), "text/csv; charset=utf-8"
    else:
        raise errors.NotFound("export", what)
    exports.note(viewer, what)
    answer: HttpResponseBase = StreamingHttpResponse(lines, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{typed}{f"-{receiver}" if receiver else ""}-{what}"'
    return answer
