"""Every door and quick ways: notes, the mobile unit, the same person."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import case_same, desk_intake, desk_outings, desk_quick, hand_over

_PERSON = "desk/cases/<str:number>/people/<int:person_id>/same/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("intake/hand-over/", hand_over.hand_over, name="hand-over-intake"),
    path("desk/note/", desk_quick.note, name="quick-note"),
    path("desk/cases/reassign/", desk_quick.reassign, name="reassign"),
    path("desk/intake/", desk_intake.intakes, name="intakes"),
    path("desk/intake/new/", desk_intake.new, name="intake-new"),
    path("desk/intake/<str:number>/", desk_intake.intake, name="intake"),
    path("desk/intake/<str:number>/join/", desk_intake.join, name="intake-join"),
    path("desk/intake/<str:number>/answer/", desk_intake.answer, name="intake-answer"),
    path("desk/intake/<str:number>/again/", desk_intake.again, name="intake-again"),
    path("desk/outings/", desk_outings.outings, name="outings"),
    path("desk/outings/new/", desk_outings.new, name="outing-new"),
    path("desk/outings/<int:outing_id>/", desk_outings.outing, name="outing"),
    path("desk/outings/<int:outing_id>/paper/", desk_outings.paper, name="outing-paper"),
    path("desk/outings/<int:outing_id>/off/", desk_outings.take_off, name="outing-off"),
    path("desk/outings/<int:outing_id>/cancel/", desk_outings.cancel, name="outing-cancel"),
    path("desk/outings/<int:outing_id>/stops/<int:stop_id>/", desk_outings.see, name="outing-see"),
    path("desk/outings/people/<int:row_id>/", desk_outings.seen, name="outing-seen"),
    path(_PERSON, case_same.same, name="case_same"),
    path(f"{_PERSON}merge/", case_same.merge, name="case_same_merge"),
    path(f"{_PERSON}<int:merge_id>/confirm/", case_same.confirm, name="case_same_confirm"),
    path(f"{_PERSON}<int:merge_id>/undo/", case_same.undo, name="case_same_undo"),
]
