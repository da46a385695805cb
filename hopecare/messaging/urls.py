"""Where this app answers."""

from django.urls import URLPattern, URLResolver, path

from hopecare.messaging.ui import demo_phone, desk, partners, webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("sms/twilio/inbound/", webhooks.inbound, name="sms-inbound"),
    path("sms/twilio/status/", webhooks.status, name="sms-status"),
    path("sms/solapi/status/", webhooks.solapi_status, name="solapi-status"),
    path("demo/phone/", demo_phone.phone, name="demo-phone"),
    path("desk/messages/", desk.stuck, name="stuck-messages"),
    path("desk/messages/<int:message_id>/retry/", desk.retry, name="retry-message"),
    path("desk/messages/news/<int:delivery_id>/again/", desk.news_again, name="news-again"),
    path("desk/messages/budget/", desk.release, name="release-budget"),
    path("desk/messages/texts/<int:inbound_id>/read/", desk.read_text, name="read-text"),
    path("desk/messages/partners/", partners.calls, name="partner-calls"),
    path("desk/messages/partners/again/", partners.again_all, name="partner-calls-again"),
    path("desk/messages/partners/<uuid:call>/again/", partners.again, name="partner-call-again"),
    path("desk/notices/", desk.notices, name="notices"),
    path("desk/notices/read/", desk.read_all, name="read-notices"),
    path("desk/notices/<int:notice_id>/", desk.open_notice, name="open-notice"),
]
