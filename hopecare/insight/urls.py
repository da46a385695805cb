"""Where this app answers."""

from django.urls import path

from hopecare.insight import ui

urlpatterns = [
    path("desk/boards/", ui.boards, name="boards"),
    path("desk/boards/report/", ui.report, name="council_report"),
    path("desk/boards/report/file/", ui.report_file, name="council_report_file"),
    path("desk/boards/outcomes/", ui.outcomes, name="outcomes"),
    path("desk/boards/research/", ui.extract, name="research_extract"),
    path("desk/boards/money/", ui.accounts, name="accounts"),
]
