"""What holds for every page: refusals become pages, observers write nothing, nobody's cache keeps a case."""

import logging
from collections.abc import Callable
from pathlib import Path
from traceback import FrameSummary, extract_tb
from typing import Any, Final

from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from saksama.model.errors import NotAllowed, SaksamaError
from saksama.model.officer import Role
from saksama.model.texts import _
from saksama.web.people.permissions import NoProfile, officer_of
from saksama.web.people.refusals import refuse, server_error

_log = logging.getLogger("saksama.web")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_DJANGOS: Final = (Http404, PermissionDenied, SuspiciousOperation, ImmediateHttpResponse)
# The only posts an observer has; the last brings evidence to be checked and writes nothing.
_ANYONES = frozenset({"account_login", "account_logout", "language", "public:check"})


class AskWhoMiddleware(LoginRequiredMiddleware):
    """A page is closed unless it says otherwise. One that is open is not even asked who comes.

    Django looks first and then lets in, which reads the session and marks every answer as one of this reader's: no
    shared cache would keep a tile of the log.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: tuple[Any, ...], view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Send whoever has not signed in to the door, unless the view is marked `login_not_required`."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class GuardMiddleware:
    """Turn our three families of refusal into pages, and set the headers that every answer carries."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with headers."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")  # office PCs are shared
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), usb=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse every write of an observer before any view sees it (law 1; the rules refuse it again)."""
        if request.method in _READING or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        if match is not None and match.view_name in _ANYONES:
            return None
        try:
            officer = officer_of(request)
        except NoProfile as refusal:
            return refuse(request, refusal)
        if officer.role is Role.OBSERVER:
            return refuse(
                request,
                NotAllowed(_("Pengawas membaca dan tidak menulis. Yang memutuskan: operator dan anggota KPU.")),
            )
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal of ours as a page; a fault as one that tells nothing. Django answers its own refusals."""
        if isinstance(exception, SaksamaError):
            return refuse(request, exception)
        if isinstance(exception, _DJANGOS):
            return None
        # Type and place, never the text: an unexpected exception may quote a value of some voter.
        match = request.resolver_match
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(_frames(exception)))
        _log.error("%s in %s at %s", type(exception).__name__, match and match.view_name, where)
        return server_error(request)


def _frames(exception: Exception) -> list[FrameSummary]:
    return list(extract_tb(exception.__traceback__))[-8:]
