"""Where this app answers."""

from django.urls import path

from hopecare.privacy import ui

urlpatterns = [path("privacy/", ui.charter, name="privacy")]
