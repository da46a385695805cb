"""The addresses of overlaps, omissions and everything that crosses the border of a team or an organisation."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import access_pages, checks, keepers, own_access, reading

_CASE = "desk/cases/<str:number>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/overlaps/", checks.overlap_list, name="overlaps"),
    path("desk/overlaps/<int:overlap_id>/", checks.overlap, name="overlap"),
    path("desk/omissions/", checks.omission_list, name="omissions"),
    path("desk/omissions/<int:omission_id>/", checks.omission, name="omission"),
    path(f"{_CASE}services/hint/", checks.hint, name="case_service_hint"),
    path(f"{_CASE}plan/hint/", checks.plan_hint, name="case_plan_hint"),
    path("desk/break-glass/", access_pages.glass, name="break_glass"),
    path("desk/break-glass/<int:glass_id>/", access_pages.glass_review, name="break_glass_review"),
    path("desk/hand-overs/", access_pages.hand_overs, name="hand_overs"),
    path("desk/hand-overs/<int:hand_over_id>/", access_pages.hand_over_answer, name="hand_over"),
    path("desk/urgent/", access_pages.urgent_requests, name="urgent"),
    path("desk/urgent/<int:request_id>/", access_pages.urgent_answer, name="urgent_answer"),
    path("desk/covers/", own_access.covers, name="covers"),
    path("desk/covers/<int:cover_id>/end/", own_access.cover_end, name="cover_end"),
    path("desk/close-people/", own_access.close_people, name="close_people"),
    path(f"{_CASE}team/share/", own_access.share, name="case_share"),
    path(f"{_CASE}team/lock/", own_access.lock, name="case_lock"),
    path(f"{_CASE}team/lock/<int:lock_id>/over/", own_access.let_in, name="case_lock_over"),
    path(f"{_CASE}people/<int:person_id>/protect/", own_access.protect, name="case_protect"),
    path(f"{_CASE}people/<int:person_id>/open/", own_access.unprotect, name="case_unprotect"),
    path("desk/protections/", keepers.protections, name="protections"),
    path("desk/protections/<int:naming_id>/answer/", keepers.protection_answer, name="protection_answer"),
    path("desk/protections/<str:number>/", keepers.protection, name="protection"),
    path("desk/odd-looks/", reading.odd_reading, name="odd_reading"),
    path("desk/readers/", reading.readers, name="readers"),
    path("desk/shared/", reading.shared_list, name="shared"),
    path("desk/shared/<str:number>/", reading.shared_page, name="shared_case"),
    path("desk/services-file/", reading.export_services, name="export_services"),
]
