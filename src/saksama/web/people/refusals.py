"""Pages that say no: what happened, who may, and what to do next. Never a value of any voter."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as say

from saksama.casework.rules import CaseClosed
from saksama.casework.store import CaseChanged, NoSuchCase
from saksama.model.errors import BadInput, Broken, SaksamaError
from saksama.web.people.site import office

_log = logging.getLogger("saksama.web")


def refuse(request: HttpRequest, refusal: SaksamaError) -> HttpResponse:
    """The page for one refusal: 409 if another was faster, 404 or 400 for their input, 403, or 500 for our fault."""
    if isinstance(refusal, (CaseChanged, CaseClosed)):
        return _page(request, 409, say("Perkara ini baru saja berubah"), str(refusal))
    if isinstance(refusal, NoSuchCase):
        return _page(request, 404, say("Perkara tidak ditemukan"), str(refusal))
    if isinstance(refusal, BadInput):
        return _page(request, 400, say("Permintaan tidak dapat diproses"), str(refusal))
    if isinstance(refusal, Broken):
        _log.error("a promise failed: %s", refusal)
        return _page(request, 500, say("Berhenti: sebuah janji sistem tidak terpenuhi"), str(refusal))
    return _page(request, 403, say("Anda tidak berwenang"), str(refusal), owner=office().settings.name)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django hands a reason over
    """A form that came without its token: usually a page left open since before signing in."""
    sentence = say("Formulir ini sudah kedaluwarsa. Kembali, muat ulang halaman, lalu kirim lagi.")
    return _page(request, 403, say("Formulir kedaluwarsa"), sentence)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django names it so
    """A refusal of Django's own."""
    return _page(request, 403, say("Anda tidak berwenang"), say("Halaman ini tidak terbuka bagi Anda."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django names it so
    """No such page."""
    return _page(request, 404, say("Halaman tidak ditemukan"), say("Alamat ini tidak ada di situs kantor."))


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, without a word of what was being worked on."""
    sentence = say("Ada kesalahan pada sistem. Tidak ada putusan yang berubah. Coba lagi, atau hubungi pengelola.")
    return _page(request, 500, say("Kesalahan sistem"), sentence)


def _page(request: HttpRequest, status: int, title: str, sentence: str, *, owner: str = "") -> HttpResponse:
    context = {"title": title, "sentence": sentence, "owner": owner, "status": status, "came_from": _came_from(request)}
    return render(request, "refusal.html", context, status=status)


def _came_from(request: HttpRequest) -> str:
    """The page to go back to: the refused page itself where something was being written."""
    return request.path if request.method == "POST" else ""
