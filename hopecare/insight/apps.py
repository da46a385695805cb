from importlib import import_module

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "hopecare.insight"
    label = "insight"

    def ready(self) -> None:
        import_module("hopecare.insight.wiring")
