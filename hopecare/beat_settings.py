"""Settings of beat, which only knows when what is due: it sends names of tasks and needs none of their code.

With the whole city's code it took 150 MB to do so. It answers no address; Django's checks ask for a list of them.
"""

from hopecare.settings import BROKER_URL, DATABASES, LOGGING, SECRET_KEY, TIME_ZONE, USE_TZ

__all__ = ["BROKER_URL", "DATABASES", "INSTALLED_APPS", "LOGGING", "ROOT_URLCONF", "SECRET_KEY", "TIME_ZONE", "USE_TZ"]

INSTALLED_APPS: list[str] = []
ROOT_URLCONF = "hopecare.beat_settings"
urlpatterns: list[object] = []
