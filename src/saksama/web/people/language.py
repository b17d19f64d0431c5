"""One language a request: Indonesian unless the reader chose English by the switch."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from saksama.model import texts


class LanguageMiddleware:
    """Speak the reader's language in Django's texts and in ours. A browser's own preference is not asked.

    Offices work in Indonesian on browsers that were installed in English; only the switch changes it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the language of the cookie."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "id")
        language = chosen if chosen in texts.LANGUAGES else "id"
        translation.activate(language)
        texts.speak(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


switch = login_not_required(require_POST(set_language))  # open: the page of signing in has the switch too
