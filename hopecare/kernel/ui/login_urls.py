"""Addresses of log-in and second factors: the few views of allauth that we need, each with our mark.

Names are allauth's own where it redirects to them by name.
"""

from allauth.account.views import password_change
from allauth.account.views import reauthenticate as again_by_password
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as keys
from django.urls import URLPattern, URLResolver, path

from hopecare.kernel.ui import login
from hopecare.kernel.web import member, public

changing = login.changing_factors
own = member(without_second_factor=True)

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", login.login, name="account_login"),
    path("login/demo/", login.demo_login, name="demo-login"),
    path("login/factor/", public()(factor.authenticate), name="mfa_authenticate"),
    path("login/passkey/", public()(keys.login_webauthn), name="mfa_login_webauthn"),
    path("login/inactive/", login.inactive, name="account_inactive"),
    path("logout/", login.log_out, name="account_logout"),
    path("me/", login.me, name="me"),
    path("desk/acting/", login.acting, name="acting"),
    path("account/password/", login.with_password(password_change), name="account_change_password"),
    path("account/again/", own(again_by_password), name="account_reauthenticate"),
    path("account/again/code/", own(factor.reauthenticate), name="mfa_reauthenticate"),
    path("account/again/passkey/", own(keys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("account/factors/", own(factor.index), name="mfa_index"),
    path("account/factors/app/", changing(app.activate_totp), name="mfa_activate_totp"),
    path("account/factors/app/remove/", changing(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/factors/codes/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("account/factors/codes/new/", own(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("account/factors/passkeys/", own(keys.list_webauthn), name="mfa_list_webauthn"),
    path("account/factors/passkeys/add/", changing(keys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "account/factors/passkeys/<int:pk>/remove/",
        changing(keys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
]
