"""Conferences, the line of approval, the light track, who could join."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import case_approval, case_conference

_CASE = "desk/cases/<str:number>/"
_ONE = f"{_CASE}conferences/<int:conference_id>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/approvals/", case_approval.waiting, name="approvals"),
    path("desk/approvals/<int:approval_id>/", case_approval.decide_beyond, name="approval_beyond"),
    path(f"{_CASE}conferences/", case_conference.conferences, name="case_conferences"),
    path(f"{_CASE}conferences/new/", case_conference.new, name="case_conference_new"),
    path(_ONE, case_conference.conference, name="case_conference"),
    path(f"{_ONE}point/", case_conference.point, name="case_point"),
    path(f"{_ONE}paper/<int:person_id>/", case_conference.paper, name="case_conference_paper"),
    path(f"{_ONE}decision/", case_conference.decision, name="case_decision"),
    path(f"{_ONE}promise/", case_conference.promise, name="case_promise"),
    path(f"{_ONE}held/", case_conference.held, name="case_held"),
    path(f"{_ONE}sheet/", case_conference.sheet, name="case_sheet"),
    path(f"{_CASE}approval/", case_approval.ask, name="case_approval_new"),
    path(f"{_CASE}approval/<int:approval_id>/", case_approval.decide, name="case_approval"),
    path(f"{_CASE}linkage/", case_approval.linkage, name="case_linkage"),
    path(f"{_CASE}team/builder/", case_approval.builder, name="case_builder"),
]
