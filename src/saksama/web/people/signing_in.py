"""Signing in: name and password now, passkeys later. Nobody can sign up; the office enrols its people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from saksama.web.people.models import User


class OnlyTheEnrolled(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """Allauth's check of name and password; an account that was shut fails it like a wrong password."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The account, if the password is right and it is open."""
        user: User | None = super().authenticate(request, **credentials)
        self.unstash_authenticated_user()  # allauth would answer a shut account's right password with a page of its own
        return user


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Allauth without sign-up, and one answer to every failed sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's signature
        """Never."""
        return False

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Say nothing on top of the page itself: it shows who is signed in."""
