"""The addresses of cases: citizens' pages, the desk's inbox and day, and the case itself."""

from cases.ui import case_urls, desk_urls, public_urls

urlpatterns = [*public_urls.urlpatterns, *desk_urls.urlpatterns, *case_urls.urlpatterns]
