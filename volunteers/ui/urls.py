"""Where this app answers."""

from django.urls import URLPattern, URLResolver, path

from volunteers.ui import hours, link, matching, plan, sign_up

_MATCH = "desk/matching/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("volunteer/", sign_up.sign_up, name="volunteer"),
    path("volunteer/thanks/", sign_up.thanks, name="volunteer-thanks"),
    path("volunteer/thanks/guardian/", sign_up.thanks_guardian, name="volunteer-guardian"),
    path("volunteer/certificate/", hours.look_up, name="certificate-code"),
    path("volunteer/certificate/<str:code>/", hours.certificate, name="certificate"),
    path("o/<str:token>/", link.offer, name="offer"),
    path("o/<str:token>/visit.ics", link.calendar_file, name="offer-calendar"),
    path(_MATCH, plan.matching, name="matching"),
    path(f"{_MATCH}solve/", plan.solve, name="matching-solve"),
    path(f"{_MATCH}plans/<int:run_id>/publish/", plan.publish, name="matching-publish"),
    path(f"{_MATCH}<int:action_id>/pin/", plan.pin, name="match-pin"),
    path(f"{_MATCH}<int:action_id>/", matching.match, name="match"),
    path(f"{_MATCH}<int:action_id>/ask/", matching.ask, name="match-ask"),
    path(f"{_MATCH}<int:action_id>/stop/", matching.stop, name="match-stop"),
    path(f"{_MATCH}calls/", matching.calls, name="matching-calls"),
    path(f"{_MATCH}calls/<int:call_id>/", matching.call_made, name="matching-call"),
    path(f"{_MATCH}offers/<int:offer_id>/answer/", matching.answer, name="offer-answer"),
    path(f"{_MATCH}offers/<int:offer_id>/confirm/", hours.confirm, name="offer-confirm"),
    path(f"{_MATCH}offers/<int:offer_id>/visit/", hours.visit, name="offer-visit"),
    path(f"{_MATCH}offers/<int:offer_id>/certificate/", hours.certify, name="offer-certify"),
    path(f"{_MATCH}volunteers/new/", sign_up.type_for_caller, name="volunteer-new"),
    path(f"{_MATCH}volunteers/<int:volunteer_id>/welcome/", matching.welcome, name="volunteer-welcome"),
]
