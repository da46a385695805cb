"""The addresses of advisory and consultation groups."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import council, council_meetings, pilots

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/groups/", council.issues, name="council_issues"),
    path("desk/groups/new/", council.new, name="council_new"),
    path("desk/groups/<int:council_id>/", council.group, name="council"),
    path("desk/groups/<int:council_id>/meeting/", council_meetings.meeting, name="council_meeting"),
    path("desk/groups/<int:council_id>/agenda/", council_meetings.agenda, name="council_agenda"),
    path("desk/groups/<int:council_id>/calendar/", council_meetings.calendar_file, name="council_calendar"),
    path("desk/groups/<int:council_id>/seats/<int:seat_id>/end/", council.unseat, name="council_unseat"),
    path("desk/groups/issues/<int:issue_id>/", council.issue, name="council_issue"),
    path("desk/groups/issues/<int:issue_id>/promises/<int:promise_id>/", council.kept, name="council_kept"),
    path("desk/trials/", pilots.pilots, name="pilots"),
    path("desk/trials/new/", pilots.new, name="pilot_new"),
    path("desk/trials/<int:pilot_id>/", pilots.pilot, name="pilot"),
    path("desk/trials/<int:pilot_id>/figures/", pilots.figure_new, name="pilot_figure_new"),
    path("desk/trials/<int:pilot_id>/figures/<int:figure_id>/", pilots.figure_value, name="pilot_figure"),
]
