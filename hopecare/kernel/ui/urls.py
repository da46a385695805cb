"""Where the kernel answers: front door, log-in, accounts, who looked, signs of life, and the demo's components."""

from django.urls import URLPattern, URLResolver, include, path

from hopecare.kernel.ui import (
    accounts,
    agreements,
    front,
    health,
    keys,
    names,
    preferences,
    seen,
    style_page,
    telephones,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("hopecare.kernel.ui.login_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.figures, name="metrics"),
    path("account/telephones/", telephones.telephones, name="telephones"),
    path("account/telephones/<uuid:uuid>/end/", telephones.end, name="telephone-end"),
    path("desk/colleagues/", accounts.accounts, name="colleagues"),
    path("desk/colleagues/new/", accounts.open_page, name="open-account"),
    path("desk/colleagues/<int:affiliation>/confirm/", accounts.confirm, name="confirm-affiliation"),
    path("desk/colleagues/<int:affiliation>/end/", accounts.end, name="end-affiliation"),
    path("desk/colleagues/<int:affiliation>/team/", accounts.move, name="move-colleague"),
    path("desk/keys/", keys.keys, name="api-keys"),
    path("desk/names/", names.names, name="telling-names"),
    path("desk/keys/<int:key_id>/end/", keys.end, name="api-key-end"),
    path("desk/agreements/", agreements.agreements, name="agreements"),
    path("desk/agreements/<int:agreement_id>/sign/", agreements.sign, name="agreement_sign"),
    path("desk/agreements/with/<int:organisation_id>/lower/", agreements.lower, name="agreement_lower"),
    path("desk/cases/<str:number>/seen/", seen.case_seen, name="case-seen"),
    path("", front.front, name="front"),
    path("find/", front.find_report, name="find-report"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("demo/components/", style_page.components, name="components"),
]
