"""Stuck work, texts that nobody understood, the budget, and the viewer's own notices."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hopecare.kernel import errors, events, phones
from hopecare.kernel.models import UserKind
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, member, staff
from hopecare.messaging import selectors, services
from hopecare.messaging.services import partner_calls
from hopecare.messaging.ui.words import stuck_row


@staff(Permission.MESSAGE_REPAIR)
@require_GET
def stuck(request: HopeRequest) -> HttpResponse:
    rows = [stuck_row(message) for message in selectors.stuck(request.viewer)]
    for row in rows:
        row["phone"] = phones.shown(row["phone"])
    texts = selectors.unknown_texts(request.viewer)
    context = {
        "rows": rows,
        "texts": [{"text": text, "phone": phones.shown(text.phone)} for text in texts],
        "budget": selectors.budget_today(request.viewer),
        "waiting": selectors.waiting_count(request.viewer),
        "partners": partner_calls.standings(request.viewer),
        "news": events.stuck(),
    }
    return render(request, "messaging/stuck.html", context)


@staff(Permission.MESSAGE_REPAIR)
@require_POST
def retry(request: HopeRequest, message_id: int) -> HttpResponse:
    try:
        services.retry(by=request.viewer, message_id=message_id)
    except errors.Impossible:
        messages.warning(request, _("This message is not stuck any more."))
    else:
        messages.success(request, _("It is tried again now."))
    return HttpResponseRedirect(reverse("stuck-messages"))


@staff(Permission.MESSAGE_REPAIR)
@require_POST
def news_again(request: HopeRequest, delivery_id: int) -> HttpResponse:
    """News between the parts of the program that one of them could not take."""
    if services.tell_again(by=request.viewer, delivery_id=delivery_id):
        messages.success(request, _("It is tried again now."))
    else:
        messages.warning(request, _("It has arrived meanwhile."))
    return HttpResponseRedirect(reverse("stuck-messages"))


@staff(Permission.MESSAGE_REPAIR)
@require_POST
def release(request: HopeRequest) -> HttpResponse:
    services.release_budget(by=request.viewer)
    messages.success(request, _("Text messages go out again today."))
    return HttpResponseRedirect(reverse("stuck-messages"))


@staff(Permission.MESSAGE_REPAIR)
@require_POST
def read_text(request: HopeRequest, inbound_id: int) -> HttpResponse:
    services.read_inbound(by=request.viewer, inbound_id=inbound_id)
    messages.success(request, _("Marked as read."))
    return HttpResponseRedirect(reverse("stuck-messages"))


@member(UserKind.STAFF)
@require_GET
def notices(request: HopeRequest) -> HttpResponse:
    return render(request, "messaging/notices.html", {"notices": selectors.notices(request.viewer)})


@member(UserKind.STAFF)
@require_POST
def open_notice(request: HopeRequest, notice_id: int) -> HttpResponse:
    """Read one, and go where it points."""
    services.mark_read(by=request.viewer, notice_id=notice_id)
    link = request.POST.get("link", "")
    inside = link.startswith("/") and url_has_allowed_host_and_scheme(link, allowed_hosts=None)
    return HttpResponseRedirect(link if inside else reverse("notices"))


@member(UserKind.STAFF)
@require_POST
def read_all(request: HopeRequest) -> HttpResponse:
    services.mark_read(by=request.viewer)
    return HttpResponseRedirect(reverse("notices"))
