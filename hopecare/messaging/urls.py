"""Where this app answers."""

from django.urls import URLPattern, URLResolver, path

from hopecare.messaging.ui import webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("sms/twilio/inbound/", webhooks.inbound, name="sms-inbound"),
    path("sms/twilio/status/", webhooks.status, name="sms-status"),
]
