"""Every address, by app; names that outside programs rely on stand in docs/contracts."""

from django.urls import include, path

urlpatterns = [
    path("", include("mobile_api.urls")),  # first: its telephones are many and its addresses few
    path("", include("hopecare.kernel.ui.urls")),
    path("", include("cases.ui.urls")),
    path("", include("eligibility.ui.urls")),
    path("", include("volunteers.ui.urls")),
    path("", include("donations.ui.urls")),
    path("", include("hopecare.messaging.urls")),
    path("", include("hopecare.privacy.urls")),
    path("", include("hopecare.insight.urls")),
]

handler404 = "hopecare.kernel.ui.problems.not_found"
handler500 = "hopecare.kernel.ui.problems.broken"
handler403 = "hopecare.kernel.ui.problems.not_found"
handler400 = "hopecare.kernel.ui.problems.bad_request"
