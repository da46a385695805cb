"""Staff accounts: nobody signs up; a second factor is asked for before the desk opens."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user: Any = request.user
        return "/desk/" if user.kind == "staff" else "/me/"
