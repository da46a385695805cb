"""One settings file for every environment; everything that differs comes from the environment (see hopecare.env)."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from hopecare import env
from hopecare.kernel.secrets import django_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

HOPECARE_HOME = env.folder("HOPECARE_HOME", BASE_DIR / ".hopecare")
HOPECARE_DEMO = env.flag("HOPECARE_DEMO")
HOPECARE_CITY = env.text("HOPECARE_CITY", "namyangju")
#: Where citizens reach us; links in messages are built from it, never from the request's Host header.
PUBLIC_URL = env.text("PUBLIC_URL", f"http://127.0.0.1:{env.number('PORT', 8000)}").rstrip("/")

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY") or django_secret_key(HOPECARE_HOME)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1 localhost [::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_TLS_PROXY") else None

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "hopecare.runtime",
    "hopecare.kernel",
    "hopecare.messaging",
    "eligibility",
    "cases",
    "volunteers",
    "hopecare.privacy",
    "donations",
    "hopecare.insight",
    "hopecare.demo",
    "mobile_api",
]

MIDDLEWARE = [
    "hopecare.kernel.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "mobile_api.middleware.ApiMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hopecare.kernel.middleware.ViewerMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "hopecare.urls"
WSGI_APPLICATION = "hopecare.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "hopecare.kernel.quick_pages.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hopecare.kernel.context.city",
            ],
        },
    }
]

DATABASES = {"default": env.database(env.database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
BROKER_URL = env.broker_url()

AUTH_USER_MODEL = "kernel.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "hopecare.kernel.account_backend.AccountBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "hopecare.kernel.accounts.StaffAccountAdapter"
ACCOUNT_FORMS = {"change_password": "hopecare.kernel.ui.login.OwnPasswordForm"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = not HOPECARE_DEMO  # in a demo one walks from one member of the cast to the next
MFA_ADAPTER = "hopecare.kernel.accounts.FactorAdapter"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http://")
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Hope Care"
MFA_TOTP_TOLERANCE = 1  # one half minute: telephones' clocks and slow fingers
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours: long enough to stop guessing, short enough for a tired colleague
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "errors/locked_out.html"
AXES_ENABLE_ADMIN = False
AXES_RESET_ON_SUCCESS = True
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False

#: Idle staff sessions end after this many seconds; the form's text stays in the browser tab (see static/js/app.js).
SESSION_ENGINE = "hopecare.kernel.sessions"
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = False  # hopecare.kernel.middleware touches it once a minute
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_NAME = f"hopecare_{env.number('PORT', 8000)}"  # two instances on one host keep apart
CSRF_COOKIE_NAME = f"hopecare_csrf_{env.number('PORT', 8000)}"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "hopecare.kernel.ui.problems.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *env.words("MAP_TILE_ORIGIN")],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = sorted(path for path in (BASE_DIR / "locale").glob("*") if path.is_dir())
TIME_ZONE = "Asia/Seoul"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = HOPECARE_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "hopecare.kernel.statics.RememberedStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

#: Photos and documents: bytes allowed per file; the request may carry five of them and the form.
UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

#: Origins of partners ("https://partner.example") whose pages may frame /display/embed/; nothing else is framed.
DISPLAY_EMBED_ANCESTORS = env.words("DISPLAY_EMBED_ANCESTORS")

MAP_TILE_URL = env.text("MAP_TILE_URL")
#: How old the counts in the desk's menu may be, in seconds; 0 counts afresh on every page.
NAV_COUNT_SECONDS = env.number("NAV_COUNT_SECONDS", 15)
#: Requests per minute and address on public forms; 0 = unlimited. In demo the loopback address is unlimited.
PUBLIC_FORM_RATE = env.number("PUBLIC_FORM_RATE", 0 if HOPECARE_DEMO else 20)
STATUS_READ_RATE = env.number("STATUS_READ_RATE", 0 if HOPECARE_DEMO else 60)
#: The same for codes and keys of telephones, for parts of photos, and for one signed-in telephone.
SIGN_IN_RATE = env.number("SIGN_IN_RATE", 0 if HOPECARE_DEMO else 10)
UPLOAD_RATE = env.number("UPLOAD_RATE", 0 if HOPECARE_DEMO else 240)
DEVICE_RATE = env.number("DEVICE_RATE", 0 if HOPECARE_DEMO else 120)
SIMULATION_RATE = env.number("SIMULATION_RATE", 0 if HOPECARE_DEMO else 60)

#: A folder of the city's own ways to read files of other systems (as in cases/data/imports); empty = ours alone.
IMPORT_MAPPINGS = env.text("IMPORT_MAPPINGS")
#: A file of the city's own weights of likeness, as `manage.py likeness_weights --write` makes it; empty = ours.
LIKENESS_WEIGHTS = env.text("LIKENESS_WEIGHTS")

#: Keys with which partners post to Open311; the demo's is written here for everybody.
OPEN311_KEYS = env.words("OPEN311_KEYS", "demo-open311-key" if HOPECARE_DEMO else "")

#: A file of partners whose systems hear of states by signed calls (docs/api.md); empty = none.
PARTNER_WEBHOOKS = env.text("PARTNER_WEBHOOKS")

#: A file of senders whose devices may report over the signed address (docs/api.md); empty = none.
SIGNAL_SENDERS = env.text("SIGNAL_SENDERS")

TWILIO_ACCOUNT_SID = env.text("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
TWILIO_AUTH_TOKEN = env.text("TWILIO_AUTH_TOKEN", "demo-token-of-the-stand-in" if HOPECARE_DEMO else "")
TWILIO_API_URL = env.text("TWILIO_API_URL", "https://api.twilio.com")
TWILIO_FROM = env.text("TWILIO_FROM", "0310000001")
#: Who carries text messages: twilio, or solapi for a city that sends within the country alone.
SMS_PROVIDER = env.text("SMS_PROVIDER", "twilio")
SOLAPI_API_URL = env.text("SOLAPI_API_URL", "https://api.solapi.com")
SOLAPI_API_KEY = env.text("SOLAPI_API_KEY", "")
SOLAPI_API_SECRET = env.text("SOLAPI_API_SECRET", "")
SOLAPI_FROM = env.text("SOLAPI_FROM", "0310000001")
#: Agreed with the provider; its call-backs bear it in a header.
SOLAPI_WEBHOOK_SECRET = env.text("SOLAPI_WEBHOOK_SECRET", "")
#: A city may forbid providers outside the country; the gateway then refuses to send through them.
DOMESTIC_PROVIDERS_ONLY = env.flag("DOMESTIC_PROVIDERS_ONLY")

#: Hours in which nobody is disturbed by a text message ("from-to", K16); empty = never quiet, as in the demo.
MESSAGE_QUIET_HOURS = env.text("MESSAGE_QUIET_HOURS", "" if HOPECARE_DEMO else "21-8")
#: Parts of text messages an organisation may send a day; then everything but alarms waits for a person or tomorrow.
MESSAGE_DAILY_PARTS = env.number("MESSAGE_DAILY_PARTS", 600)
#: Whether a link may follow a text message as its second part (K20).
MESSAGE_LINKS = env.flag("MESSAGE_LINKS", True)

#: Push services that telephones may name; a leading dot takes every host below. In a demo this machine alone.
PUSH_SERVICES = env.words(
    "PUSH_SERVICES", "fcm.googleapis.com .push.services.mozilla.com .push.apple.com .notify.windows.com"
)
#: Where people of a push service reach us when our messages trouble them.
PUSH_CONTACT = env.text("PUSH_CONTACT", PUBLIC_URL if PUBLIC_URL.startswith("https://") else "mailto:desk@localhost")

#: The telephone that is rung by text when a report speaks of danger, at any hour (D13); empty = notices alone.
DUTY_PHONE = env.text("DUTY_PHONE", "010-0000-0119" if HOPECARE_DEMO else "")

#: Payment providers. In the demo every address is the stand-in's (D16); without a key a way to pay is not offered.
STRIPE_API_URL = env.text("STRIPE_API_URL", "https://api.stripe.com")
STRIPE_API_KEY = env.text("STRIPE_API_KEY", "sk_test_stand_in" if HOPECARE_DEMO else "")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET", "whsec_stand_in" if HOPECARE_DEMO else "")
PORTONE_API_URL = env.text("PORTONE_API_URL", "https://api.portone.io")
PORTONE_API_SECRET = env.text("PORTONE_API_SECRET", "stand-in-secret" if HOPECARE_DEMO else "")
PORTONE_STORE_ID = env.text("PORTONE_STORE_ID", "store-stand-in" if HOPECARE_DEMO else "")
PORTONE_WEBHOOK_SECRET = env.text("PORTONE_WEBHOOK_SECRET", "whsec_c3RhbmQtaW4=" if HOPECARE_DEMO else "")
#: The channel of the payment company at PortOne; empty = not offered.
PORTONE_CHANNEL_KEY = env.text("PORTONE_CHANNEL_KEY", "channel-key-stand-in" if HOPECARE_DEMO else "")
#: PortOne's browser library, and what its window may open within our page: nothing else, and on that page alone.
PORTONE_SDK_URL = env.text("PORTONE_SDK_URL", "https://cdn.portone.io/v2/browser-sdk.js")
PORTONE_WINDOW_HOSTS = env.words("PORTONE_WINDOW_HOSTS", "https://*.portone.io https://*.iamport.co")
#: Payments up to so many won may be paid before the second approval, which then follows by the next working day.
URGENT_PAYOUT_WON = env.number("URGENT_PAYOUT_WON", 300_000)

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "hopecare.kernel.logs.RequestIdFilter"}},
    "formatters": {
        "line": {
            "()": "hopecare.kernel.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        },
        "json": {"()": "hopecare.kernel.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env.flag("LOG_JSON") else "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "kombu": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # our own backend order: object permissions are read by cases.access alone
