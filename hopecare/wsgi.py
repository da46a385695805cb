"""The web process (granian, WSGI): `gate` is served, `application` is what answers behind it."""

import gc
import os
import sys
from functools import lru_cache

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from hopecare.runtime import lifeline
from hopecare.runtime.gate import Gate

#: A thread that waits for the database asks for the interpreter back after so many seconds. The usual 5 ms, at a dozen
#: statements a page, would be longer than the page itself whenever a neighbour renders.
SWITCH_SECONDS = 0.0005

lifeline.hold()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hopecare.settings")
application = get_wsgi_application()
gate = Gate(
    application,
    threads=int(os.environ.get("WEB_THREADS", "3")),
    port=int(os.environ.get("PORT", "8000")),
    shared=settings.HOPECARE_HOME,
)
sys.setswitchinterval(SWITCH_SECONDS)

resolver = get_resolver()  # an address keeps its view as long as we run: looked for once among hundreds of patterns
resolver.resolve = lru_cache(maxsize=1024)(resolver.resolve)  # type: ignore[method-assign]

gc.collect()
gc.freeze()  # what was loaded stays: no collection needs to walk over it again
gc.set_threshold(20_000, 20, 20)
