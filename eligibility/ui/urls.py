"""The display and the simulator. Included after cases, whose call-back doors stand below the same roofs."""

from django.urls import URLPattern, URLResolver, path

from eligibility.ui import board, kiosk

urlpatterns: list[URLPattern | URLResolver] = [
    path("display/", board.display, name="display"),
    path("display/kiosk/", kiosk.kiosk, name="display-kiosk"),
    path("display/changes/", board.changes, name="display-changes"),
    path("display/embed/", board.embed, name="display-embed"),
    path("display/<slug:programme>/", board.programme, name="programme"),
]
