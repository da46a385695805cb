"""Addresses of styles, scripts and drawings: they change with a release, so each is worked out once a process."""

from functools import cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class RememberedStorage(CompressedManifestStaticFilesStorage):
    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        self.url = cache(super().url)
