from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "hopecare.messaging"
    label = "messaging"
