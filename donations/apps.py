from importlib import import_module

from django.apps import AppConfig


class DonationsConfig(AppConfig):
    name = "donations"
    label = "donations"

    def ready(self) -> None:
        import_module("donations.wiring")
        import_module("donations.ui.panels").register()
