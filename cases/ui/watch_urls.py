"""The addresses of signals of need: the board, a person's watch, and the person's own page."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import case_watch, desk_watch, own_watch

_CASE = "desk/cases/<str:number>/watch/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/watch/", desk_watch.board, name="watch"),
    path("desk/watch/hours/", desk_watch.hours, name="watch_hours"),
    path("desk/watch/hours/<int:duty_id>/end/", desk_watch.hours_end, name="watch_hours_end"),
    path("desk/watch/alarms/<int:alarm_id>/", desk_watch.alarm, name="watch_alarm"),
    path("desk/watch/calls/<int:check_in_id>/", desk_watch.rung_up, name="watch_rung_up"),
    path(_CASE, case_watch.watches, name="case_watch"),
    path(f"{_CASE}<int:watch_id>/", case_watch.watch, name="case_watch_one"),
    path(f"{_CASE}<int:watch_id>/do/", case_watch.act, name="case_watch_do"),
    path(f"{_CASE}<int:watch_id>/paper/", case_watch.paper, name="case_watch_paper"),
    path("w/<str:token>/", own_watch.page, name="own_watch"),
]
