from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The synthetic city. Like the tests it may reach every model; nothing imports it."""

    name = "hopecare.demo"
    label = "demo"
