from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "hopecare.privacy"
    label = "privacy"
