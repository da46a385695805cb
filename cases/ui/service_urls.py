"""The addresses of services beyond one case: lists."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import desk_batch

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/services/list/", desk_batch.batch, name="service_batch"),
]
