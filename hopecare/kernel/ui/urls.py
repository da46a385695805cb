"""Where the kernel answers: the front door, preferences, and in a demo the page of components."""

from django.urls import URLPattern, URLResolver, include, path

from hopecare.kernel.ui import front, preferences, style_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("hopecare.kernel.ui.login_urls")),
    path("", front.front, name="front"),
    path("find/", front.find_report, name="find-report"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("demo/components/", style_page.components, name="components"),
]
