from importlib import import_module

from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "eligibility"
    label = "eligibility"

    def ready(self) -> None:
        import_module("eligibility.access")
        import_module("eligibility.checks")
        import_module("eligibility.ui.panels")
