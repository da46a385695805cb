from importlib import import_module

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "hopecare.messaging"
    label = "messaging"

    def ready(self) -> None:
        import_module("hopecare.messaging.access")
        import_module("hopecare.messaging.ui.panels").register()
        import_module("hopecare.messaging.wiring")
