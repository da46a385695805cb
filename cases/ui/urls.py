"""The addresses of cases: citizens' pages, the desk's inbox and day, and the case itself."""

from cases.ui import (
    access_urls,
    assessment_urls,
    case_urls,
    conference_urls,
    council_urls,
    desk_urls,
    import_urls,
    intake_urls,
    public_urls,
    service_urls,
    watch_urls,
)

urlpatterns = [
    *public_urls.urlpatterns,
    *desk_urls.urlpatterns,
    *access_urls.urlpatterns,
    *intake_urls.urlpatterns,
    *import_urls.urlpatterns,
    *case_urls.urlpatterns,
    *assessment_urls.urlpatterns,
    *conference_urls.urlpatterns,
    *service_urls.urlpatterns,
    *watch_urls.urlpatterns,
    *council_urls.urlpatterns,
]
