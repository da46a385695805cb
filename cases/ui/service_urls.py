"""The addresses of services beyond one case: lists, the directory, referrals, longer help."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import case_pathways, case_referrals, case_rooms, desk_batch, duty, market, resources

_CASE = "desk/cases/<str:number>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/services/list/", desk_batch.batch, name="service_batch"),
    path("desk/resources/", resources.directory, name="resources"),
    path("desk/people/", duty.people, name="people"),
    path("desk/own-file/", duty.own_file, name="own_file"),
    path("desk/resources/hsds.json", duty.directory_file, name="resources_hsds"),
    path("desk/resources/new/", resources.new, name="resource_new"),
    path("desk/resources/<int:resource_id>/", resources.resource, name="resource"),
    path("desk/referrals/", case_referrals.open_list, name="referrals"),
    path(f"{_CASE}gap/", resources.gap, name="case_gap"),
    path(f"{_CASE}referrals/", case_referrals.of_case, name="case_referrals"),
    path(f"{_CASE}referrals/new/", case_referrals.new, name="case_referral_new"),
    path(f"{_CASE}referrals/<int:referral_id>/", case_referrals.referral, name="case_referral"),
    path("desk/market/", market.counter, name="market"),
    path("desk/market/shelves/", market.shelves, name="market_shelves"),
    path(f"{_CASE}market/", market.card, name="case_market"),
    path(f"{_CASE}market/paper/", market.paper, name="case_market_paper"),
    path("desk/pathways/", case_pathways.under_way, name="pathways"),
    path(f"{_CASE}pathways/", case_pathways.of_case, name="case_pathways"),
    path(f"{_CASE}pathways/new/<slug:kind>/", case_pathways.new, name="case_pathway_new"),
    path(f"{_CASE}pathways/<int:pathway_id>/", case_pathways.pathway, name="case_pathway"),
    path(f"{_CASE}pathways/photos/<int:photo_id>/", case_pathways.photo, name="case_pathway_photo"),
    path(f"{_CASE}rooms/<int:action_id>/", case_rooms.rooms, name="case_rooms"),
    path(f"{_CASE}rooms/photos/<int:photo_id>/", case_rooms.photo, name="case_room_photo"),
]
