"""Where this app answers."""

from django.urls import path

from hopecare.insight import ui

urlpatterns = [
    path("desk/boards/", ui.boards, name="boards"),
    path("desk/boards/money/", ui.accounts, name="accounts"),
]
