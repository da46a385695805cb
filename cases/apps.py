from importlib import import_module
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class CasesConfig(AppConfig):
    name = "cases"
    label = "cases"

    def ready(self) -> None:
        if settings.LIKENESS_WEIGHTS:
            import_module("cases.rules.weights").use(Path(settings.LIKENESS_WEIGHTS))
        import_module("cases.wiring")
        import_module("cases.ui.report_panels")
        import_module("cases.ui.hand_over")
        import_module("cases.ui.desk_panels").register()
        import_module("cases.ui.access_panels").register()
        import_module("cases.ui.access_words")
        import_module("cases.ui.desk_quick").register()
        import_module("cases.ui.desk_imports").register()
        import_module("cases.ui.case_watch").register()
