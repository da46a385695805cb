"""Where citizens knock; the staff's form for callers stands here too, before the desk's own addresses."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import callbacks, report_map, report_new, report_status, report_typed

urlpatterns: list[URLPattern | URLResolver] = [
    path("report/", report_new.report, name="report"),
    path("report/towns.json", report_map.towns_json, name="report-towns"),
    path("report/<str:typed>/", report_status.status, name="report-status"),
    path("report/<str:typed>/thanks/", report_new.thanks, name="report-thanks"),
    path("report/<str:typed>/add/", report_status.add, name="report-add"),
    path("report/<str:typed>/withdraw/", report_status.withdraw, name="report-withdraw"),
    path("report/<str:typed>/echo/", report_status.echo, name="report-echo"),
    path("desk/reports/new/", report_typed.typed_report, name="report-typed"),
    path("help/", callbacks.help_door, name="help"),
    path("donate/call/", callbacks.donate_door, name="donate-call"),
    path("display/call/", callbacks.display_door, name="display-call"),
    path("simulate/call/", callbacks.simulate_door, name="simulate-call"),
]
