from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "hopecare.insight"
    label = "insight"
