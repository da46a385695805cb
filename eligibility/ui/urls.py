"""The display and the simulator. Included after cases, whose call-back doors stand below the same roofs."""

from django.urls import URLPattern, URLResolver, path

from eligibility.ui import board, keeping_pages, kiosk, revisions, simulate

urlpatterns: list[URLPattern | URLResolver] = [
    path("display/", board.display, name="display"),
    path("display/kiosk/", kiosk.kiosk, name="display-kiosk"),
    path("display/changes/", board.changes, name="display-changes"),
    path("display/embed/", board.embed, name="display-embed"),
    path("display/<slug:programme>/", board.programme, name="programme"),
    path("desk/programmes/", revisions.programmes, name="desk-programmes"),
    path("desk/programmes/changes/<int:revision_id>/", revisions.decide, name="desk-revision"),
    path("desk/programmes/new/", revisions.add, name="desk-programme-new"),
    path("desk/programmes/<slug:programme>/", revisions.edit, name="desk-programme"),
    path("desk/programmes/<slug:programme>/back/", revisions.put_back, name="desk-programme-back"),
    path("simulate/", simulate.start, name="simulate"),
    path("simulate/q/<slug:page>/", simulate.question, name="simulate-question"),
    path("simulate/next/", simulate.onward, name="simulate-next"),
    path("simulate/result/", simulate.result, name="simulate-result"),
    path("simulate/save/", keeping_pages.save, name="simulate-save"),
    path("simulate/resume/", keeping_pages.resume, name="simulate-resume"),
    path("simulate/forget/", keeping_pages.forget, name="simulate-forget"),
    path("simulate/hand-over/", keeping_pages.hand_over, name="simulate-hand-over"),
    path("simulate/leave/", simulate.leave, name="simulate-leave"),
]
