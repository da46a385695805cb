"""The phone app at /m/: one page with every screen, its manifest, and the worker that keeps it without signal."""

import hashlib

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from cases.facts import STAYS, USUAL_STAY
from cases.selectors import reporters, routing
from cases.selectors.catalogue import categories
from hopecare.kernel.templatetags.hope import SEVERITY
from hopecare.kernel.web import HopeRequest, public

#: The code that page and worker share.
CODE = ["js/m/store.js", "js/m/send.js"]
#: The page's own: what every screen needs first, what shows them last.
_SCREENS = ("page", "danger", "volunteer", "field", "note", "needs", "well", "notices", "push", "tidy", "app")
SCREENS = [f"js/m/{name}.js" for name in _SCREENS]
#: Fetched by the page once somebody who works here has signed in.
LATER = ["js/m/outing.js"]
#: Everything the page is made of but its fonts, which the telephone replaces by its own without signal.
FILES = [
    "vendor/krds/output.css",
    *(f"css/{name}.css" for name in ("tokens", "ground", "components", "public", "app", "contrast", "print")),
    "js/app.js",
    *CODE,
    *SCREENS,
    *LATER,
    "img/sprite.svg",
    "img/favicon.svg",
    "img/app-192.png",
]
SEEN = (
    ("neighbour", "lives_alone", "alone", gettext_lazy("Lives alone")),
    ("neighbour", "skips_meals", "meal", gettext_lazy("Seems to skip meals")),
    ("neighbour", "mail_piles", "mail", gettext_lazy("Mail is piling up")),
    ("neighbour", "no_light", "dark", gettext_lazy("No light goes on")),
    ("neighbour", "ill", "sick", gettext_lazy("Looks ill")),
    ("neighbour", "bills", "bill", gettext_lazy("Bills seem unpaid")),
    ("neighbour", "children_alone", "child", gettext_lazy("Children are alone")),
    ("neighbour", "other", "other", gettext_lazy("Something else")),
    ("self", "lives_alone", "alone", gettext_lazy("I live alone")),
    ("self", "skips_meals", "meal", gettext_lazy("I skip meals")),
    ("self", "ill", "sick", gettext_lazy("I am ill")),
    ("self", "bills", "bill", gettext_lazy("I cannot pay bills")),
    ("self", "children_alone", "child", gettext_lazy("My children are alone at times")),
    ("self", "cares", "self", gettext_lazy("I look after someone at home")),
    ("self", "other", "other", gettext_lazy("Something else")),
)
#: What came of a visit, in the words that two people would use on the stairs.
RESULTS = (
    ("met", gettext_lazy("We met")),
    ("nobody_home", gettext_lazy("Nobody there")),
    ("wrong_place", gettext_lazy("Another house")),
    ("already_helped", gettext_lazy("Helped already")),
    ("declined", gettext_lazy("Does not want it")),
    ("danger", gettext_lazy("Danger")),
)
#: What came of seeing somebody at a stop of the mobile unit.
OUTCOMES = (
    ("met", gettext_lazy("We met")),
    ("not_there", gettext_lazy("Nobody there")),
    ("later", gettext_lazy("Wants another day")),
    ("declined", gettext_lazy("Does not want it")),
)
URGENCIES = (
    ("soon", "calendar", gettext_lazy("Please look within a few days")),
    ("today", "today", gettext_lazy("Please look today")),
    ("danger", "alarm", gettext_lazy("It looks dangerous now (ring 119 first)")),
)


@public()
@require_safe
@gzip_page
def app(request: HopeRequest) -> HttpResponseBase:
    """The same for everybody and without anything private: it is kept on telephones."""
    towns = [(code, town.name) for code, town in routing.routes().towns.items()]
    context = {
        "danger": [
            (number, "|".join(korean), "|".join(english)) for number, korean, english in reporters.danger_words()
        ],
        "towns": towns,
        "seen": SEEN,
        "urgencies": URGENCIES,
        "results": RESULTS,
        "outcomes": OUTCOMES,
        "stays": STAYS,
        "usual": USUAL_STAY,
        "categories": [(category.code, category.name) for category in categories()],
        "degrees": [(value, f"{number} {words}".strip()) for value, (number, words, _dots) in SEVERITY.items()],
        "code": CODE,
        "screens": SCREENS,
    }
    response = render(request, "mobile_api/app.html", context)
    response["Cache-Control"] = "no-cache, private"
    return response


@public()
@require_safe
def manifest(request: HopeRequest) -> HttpResponseBase:
    icons = [
        {
            "src": static(f"img/app-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    body = {
        "id": "/m/",
        "name": _("Knocking Talk – Hope Care"),
        "short_name": _("Knocking Talk"),
        "description": _("Thirty seconds are enough. No name, no log-in, with or without signal."),
        "start_url": "/m/",
        "scope": "/m/",
        "display": "standalone",
        "background_color": "#faf7f1",
        "theme_color": "#0a4439",
        "icons": icons,
        "shortcuts": [
            {"name": _("I am worried about a neighbour"), "url": "/m/#neighbour"},
            {"name": _("I need help"), "url": "/m/#self"},
        ],
    }
    return JsonResponse(body, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@public()
@require_safe
def worker(request: HopeRequest) -> HttpResponseBase:
    """A new version whenever one of its files changes its address."""
    version = hashlib.sha256(" ".join(static(name) for name in FILES).encode()).hexdigest()[:12]
    context = {
        "code": CODE,
        "files": FILES,
        "version": version,
        "language": get_language() or "ko",
        "wanted": _("An answer is wanted"),
        "please": _("Please open the app. A yes or a no takes a moment."),
        "noticed": _("A new notice"),
        "look": _("It stands in the app."),
    }
    response: HttpResponse = render(request, "mobile_api/worker.js", context, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response
