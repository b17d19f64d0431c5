"""Signing in: name and password now, passkeys later. Nobody can sign up; the office enrols its people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Allauth without sign-up, and one answer to every failed sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's signature
        """Never."""
        return False

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Say nothing on top of the page itself: it shows who is signed in."""
