from importlib import import_module

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "hopecare.kernel"
    label = "kernel"

    def ready(self) -> None:
        import_module("hopecare.kernel.rules_of_visibility")
        import_module("hopecare.kernel.figures")
        import_module("hopecare.kernel.ui.front_panels")
        import_module("hopecare.kernel.ui.desk_panels")
