"""Officers' texts: written in Indonesian, read in the officer's language."""

import gettext
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("id", "en")
LOCALE = Path(__file__).resolve().parent.parent / "locale"
_language: ContextVar[str] = ContextVar("saksama_language", default="id")


def speak(language: str) -> None:
    """Use `language` ("id" or "en") for the texts of this thread or task; anything else means Indonesian."""
    _language.set(language if language in LANGUAGES else "id")


def language() -> str:
    """The language now spoken: "id" or "en"."""
    return _language.get()


@cache
def _catalogue(name: str) -> gettext.NullTranslations:
    return gettext.translation("saksama", LOCALE, languages=[name], fallback=True)


def _(message: str) -> str:
    """`message`, an Indonesian sentence, in the language now spoken."""
    spoken = _language.get()
    return message if spoken == "id" else _catalogue(spoken).gettext(message)
