"""The desk: my day, the inbox, visits, opening a case, call-backs."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import desk_day, desk_opening, desk_places, desk_reporters, desk_reports, desk_visits, visit_paper

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", desk_day.today, name="desk"),
    path("desk/tomorrow/", desk_day.tomorrow, name="desk-tomorrow"),
    path("desk/week/", desk_day.week, name="desk-week"),
    path("desk/paper/", desk_day.paper, name="desk-paper"),
    path("desk/callbacks/", desk_day.calls, name="callbacks"),
    path("desk/callbacks/<int:call_id>/done/", desk_day.call_done, name="callback-done"),
    path("desk/reporters/", desk_reporters.reporters, name="reporters"),
    path("desk/reporters/<int:reporter_id>/end/", desk_reporters.end, name="reporter-end"),
    path("desk/places/", desk_places.places, name="places"),
    path("desk/places/<str:typed>/done/", desk_places.close, name="place-done"),
    path("desk/places/<str:typed>/photo/", desk_places.photo, name="place-photo"),
    path("desk/places/<str:typed>/photo/shown/", desk_places.show_photo, name="place-photo-shown"),
    path("desk/reports/", desk_reports.inbox, name="reports"),
    path("desk/reports/<str:code>/", desk_reports.report, name="report-detail"),
    path("desk/reports/<str:code>/near/", desk_reports.near, name="report-near"),
    path("desk/reports/<str:code>/assign/", desk_reports.assign, name="report-assign"),
    path("desk/reports/<str:code>/hand-over/", desk_reports.hand_over, name="report-hand-over"),
    path("desk/reports/<str:code>/answer/", desk_reports.answer_hand_over, name="report-answer"),
    path("desk/reports/<str:code>/close/", desk_reports.close, name="report-close"),
    path("desk/reports/<str:code>/open/", desk_opening.open_report, name="report-open"),
    path("desk/reports/<str:code>/attach/", desk_opening.attach, name="report-attach"),
    path("desk/documents/<int:document_id>/", desk_reports.document, name="document"),
    path("desk/visits/<int:visit_id>/", desk_visits.result, name="visit-result"),
    path("desk/visits/<int:visit_id>/in/", desk_visits.go_in, name="visit-in"),
    path("desk/visits/<int:visit_id>/out/", desk_visits.come_out, name="visit-out"),
    path("desk/visits/<int:visit_id>/paper/", visit_paper.paper, name="visit-paper"),
    path("desk/cases/new/", desk_opening.open_walk_in, name="case-new"),
    path("desk/cases/<str:number>/paper/", desk_opening.paper, name="case-paper"),
]
