"""The assessment of a case: risks, advice, family and surroundings, papers."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import case_assessment, case_family

_CASE = "desk/cases/<str:number>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_CASE}assessment/", case_assessment.assessment, name="case_assessment"),
    path(f"{_CASE}assessment/history/", case_assessment.history, name="case_needs_history"),
    path(f"{_CASE}assessment/paper/", case_family.paper, name="case_assessment_paper"),
    path(f"{_CASE}assessment/paper/<int:person_id>/", case_family.paper, name="case_assessment_person_paper"),
    path(f"{_CASE}assessment/risk/", case_assessment.risk, name="case_risk"),
    path(f"{_CASE}assessment/risk/<int:flag_id>/over/", case_assessment.risk_over, name="case_risk_over"),
    path(f"{_CASE}assessment/risk/<int:flag_id>/still/", case_assessment.risk_still, name="case_risk_still"),
    path(f"{_CASE}assessment/advice/", case_assessment.advice, name="case_advice"),
    path(f"{_CASE}assessment/advice/<int:consultation_id>/", case_assessment.answer, name="case_advice_answer"),
    path(f"{_CASE}family/", case_family.family, name="case_family"),
    path(f"{_CASE}family/new/", case_assessment.tie, name="case_tie"),
    path(f"{_CASE}family/<int:tie_id>/over/", case_assessment.tie_over, name="case_tie_over"),
    path(f"{_CASE}people/<int:person_id>/pregnancy/", case_family.pregnancy, name="case_pregnancy"),
    path(f"{_CASE}people/<int:person_id>/line/", case_family.person_line, name="case_person_line"),
]
