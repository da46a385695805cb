"""Files of the city's system."""

from django.urls import URLPattern, URLResolver, path

from cases.ui import desk_imports, import_keys

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/imports/", desk_imports.imports, name="imports"),
    path("desk/imports/rows/", desk_imports.rows, name="import_rows"),
    path("desk/imports/keys/", import_keys.keys, name="import_keys"),
    path("desk/imports/keys/<int:key_id>/end/", import_keys.end, name="import_key_end"),
    path("desk/imports/<int:file_id>/", desk_imports.file, name="import_file"),
    path("desk/imports/rows/<int:row_id>/", desk_imports.row, name="import_row"),
    path("desk/imports/rows/<int:row_id>/correct/", desk_imports.correct, name="import_row_correct"),
    path("desk/imports/rows/<int:row_id>/decide/", desk_imports.decide, name="import_row_decide"),
    path("desk/imports/rows/<int:row_id>/leave/", desk_imports.leave, name="import_row_leave"),
]
