"""The ledger for anyone, signed in or not: what is published, and the published files themselves."""

from pathlib import Path
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from saksama.ledger.errors import Malformed
from saksama.ledger.tiles import Tile
from saksama.web.people.site import office
from saksama.web.public.reading import read_published

_FOREVER: Final = "public, max-age=31536000, immutable"


@login_not_required
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The checkpoint, its cosignatures and the count of entries."""
    site = office()
    context = {"published": read_published(site.published), "now": site.clock.now()}
    return render(request, "public/ledger.html", context)


@login_not_required
@require_safe
def note(_request: HttpRequest, name: str) -> HttpResponse:
    """The checkpoint or the policy, as published (C2SP tlog-tiles: a client starts here)."""
    answer = _file(office().published / name, "text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@login_not_required
@require_safe
def tile(_request: HttpRequest, path: str) -> HttpResponse:
    """A tile or bundle of entries. The path is read as one of a tile before a file is looked for."""
    try:
        wanted = Tile.parse(f"tile/{path}")
    except Malformed as fault:
        raise Http404 from fault
    answer = _file(office().published / wanted.path, "application/octet-stream")
    answer.headers["Cache-Control"] = _FOREVER
    return answer


def _file(path: Path, content_type: str) -> HttpResponse:
    if not path.is_file():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type=content_type)
