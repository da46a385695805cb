from importlib import import_module

from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    name = "hopecare.runtime"
    label = "runtime"

    def ready(self) -> None:
        import_module("hopecare.runtime.checks")
        import_module("hopecare.celery")  # or nudges from the web would look for a broker at Celery's own default
