from importlib import import_module

from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    name = "volunteers"
    label = "volunteers"

    def ready(self) -> None:
        import_module("volunteers.wiring")
        import_module("volunteers.ui.panels").register()
