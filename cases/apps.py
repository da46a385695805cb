from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    label = "cases"

    def ready(self) -> None:
        import_module("cases.wiring")
        import_module("cases.ui.report_panels")
        import_module("cases.ui.hand_over")
        import_module("cases.ui.desk_panels").register()
        import_module("cases.ui.access_panels").register()
        import_module("cases.ui.access_words")
        import_module("cases.ui.desk_quick").register()
        import_module("cases.ui.desk_imports").register()
        import_module("cases.ui.case_watch").register()
