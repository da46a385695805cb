"""The addresses of cases: the list, the page, and every form that hangs on it."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import (
    case_benefits,
    case_closing,
    case_givers,
    case_list,
    case_needs,
    case_page,
    case_plan,
    case_prints,
    case_records,
    case_team,
    what_if,
)

_CASE = "desk/cases/<str:number>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/cases/", case_list.case_list, name="case_list"),
    path(_CASE, case_page.case_page, name="case"),
    path(f"{_CASE}history/", case_page.history, name="case_history"),
    path(f"{_CASE}needs/", case_needs.needs, name="case_needs"),
    path(f"{_CASE}needs/household/", case_needs.ask, name="case_needs_household"),
    path(f"{_CASE}needs/<int:person_id>/", case_needs.ask, name="case_needs_person"),
    path(f"{_CASE}means/", case_needs.means, name="case_means"),
    path(f"{_CASE}benefits/", case_benefits.benefits, name="case_benefits"),
    path(f"{_CASE}benefits/looked/", case_benefits.looked, name="case_benefits_looked"),
    path("desk/what-if/", what_if.what_if, name="what_if"),
    path("desk/what-if/<int:run_id>/", what_if.what_if_run, name="what_if_run"),
    path("desk/rule-changes/", case_benefits.rule_changes, name="rule_changes"),
    path(f"{_CASE}plan/", case_plan.plan, name="case_plan"),
    path(f"{_CASE}plan/agreement/", case_plan.agreement, name="case_agreement"),
    path(f"{_CASE}plan/new/", case_plan.new_action, name="case_action_new"),
    path(f"{_CASE}plan/<int:action_id>/", case_plan.action, name="case_action"),
    path(f"{_CASE}plan/<int:action_id>/state/", case_plan.action_state, name="case_action_state"),
    path(f"{_CASE}plan/paper/", case_prints.plan_paper, name="case_plan_paper"),
    path(f"{_CASE}contact/", case_records.contact, name="case_contact"),
    path(f"{_CASE}services/", case_records.services, name="case_services"),
    path(f"{_CASE}services/new/", case_records.new_service, name="case_service_new"),
    path(f"{_CASE}people/<int:person_id>/life/", case_records.life_event, name="case_life"),
    path(f"{_CASE}team/", case_team.team, name="case_team"),
    path(f"{_CASE}team/lead/", case_team.lead, name="case_lead"),
    path(f"{_CASE}team/transfer/", case_team.hand_over, name="case_transfer"),
    path(f"{_CASE}team/grant/", case_team.grant, name="case_grant"),
    path(f"{_CASE}team/members/", case_team.member, name="case_member"),
    path(f"{_CASE}givers/", case_givers.givers, name="case_givers"),
    path(f"{_CASE}givers/<uuid:need>/back/", case_givers.take_back, name="case_givers_back"),
    path(f"{_CASE}close/", case_closing.close, name="case_close"),
    path(f"{_CASE}closed/", case_closing.changes, name="case_changes"),
    path(f"{_CASE}reopen/", case_closing.reopen, name="case_reopen"),
    path(f"{_CASE}aftercare/<int:check_id>/", case_closing.aftercare, name="case_aftercare"),
]
