"""The web process (granian, WSGI)."""

import os

from django.core.wsgi import get_wsgi_application

from hopecare.runtime import lifeline

lifeline.hold()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hopecare.settings")
application = get_wsgi_application()
