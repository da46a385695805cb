from importlib import import_module

from django.apps import AppConfig


class MobileApiConfig(AppConfig):
    name = "mobile_api"
    label = "mobile_api"

    def ready(self) -> None:
        import_module("mobile_api.wiring")
