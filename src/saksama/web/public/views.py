"""The ledger for anyone, signed in or not: what is published, entry by entry, and the published files themselves."""

from hashlib import sha256
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from saksama.flow.prove import Published
from saksama.ledger.errors import LedgerError, Malformed
from saksama.ledger.places import Folder, read_tile
from saksama.ledger.succession import FOLDER as POLICIES
from saksama.ledger.tiles import WIDTH, Tile
from saksama.web.people.site import office
from saksama.web.public.picture import draw_growth
from saksama.web.public.reading import cosigners, path_of, published_log, told, told_between
from saksama.web.public.tally import Counts, counter_of

_FOREVER: Final = "public, max-age=31536000, immutable"
_A_MINUTE: Final = "public, max-age=60"
_ASK_EACH_TIME: Final = "public, no-cache"  # kept, and asked about by its ETag
_A_PAGE: Final = 50
_NEWEST: Final = 5
_DAYS: Final = 14


def _counts(log: Published) -> Counts:
    site = office()
    return counter_of(site.folder, site.settings.wilayah.utc_offset_hours).counts(log)


@login_not_required
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The checkpoint, its cosignatures, how the log has grown, what entered when, and the newest entries.

    `hari`: the ISO day with which the table of days begins; without it the last one that has entries.
    """
    site = office()
    log = published_log(site.published)
    if log is None:
        return render(request, "public/ledger.html", {"log": None})
    counts, size = _counts(log), log.checkpoint.size
    asked = request.GET.get("hari", "")
    days = [item for item in reversed(counts.days) if not asked or item[0] <= asked]
    context: dict[str, Any] = {
        "log": log,
        "now": site.clock.now(),
        "cosigned": cosigners(log),
        "counts": counts,
        "growth": draw_growth([(day, sum(kinds.values())) for day, kinds in counts.days]),
        "days": days[:_DAYS],
        "earlier_day": days[_DAYS][0] if len(days) > _DAYS else None,
        "is_earlier": len(days) < len(counts.days),
        "newest": told_between(log, max(0, size - _NEWEST), size),
        "address": request.build_absolute_uri(request.path),
    }
    return render(request, "public/ledger.html", context)


@login_not_required
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Entries by fifty, newest first. `sampai`: the index of the newest on the page."""
    log = _log_or_404()
    size = log.checkpoint.size
    asked = request.GET.get("sampai", "")
    newest = min(size - 1, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 20 else size - 1
    first = max(0, newest + 1 - _A_PAGE)
    context = {
        "log": log,
        "entries": told_between(log, first, newest + 1),
        "first": first,
        "last": newest,
        "older": first - 1 if first else None,
        "newer": min(size - 1, newest + _A_PAGE) if newest + 1 < size else None,
    }
    return render(request, "public/entries.html", context)


@login_not_required
@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """One entry: its sentence, its bytes, its place under the root."""
    log = _log_or_404()
    _require_in(log, index)
    context = {
        "log": log,
        "told": told(index, log.entry(index)),
        "path": path_of(log.proof(index)),
        "before": index - 1 if index else None,
        "after": index + 1 if index + 1 < log.checkpoint.size else None,
    }
    return render(request, "public/entry.html", context)


@login_not_required
@require_safe
def entry_file(request: HttpRequest, index: int, member: str) -> HttpResponseBase:
    """What can be taken home of an entry: its bytes, its proof, or both with the policy (`bukti.zip`)."""
    log = _log_or_404()
    _require_in(log, index)
    match member:
        case "catatan.json":
            return _answer(request, log.entry(index), "application/json", _FOREVER)
        case "bukti.tlog-proof":
            return _answer(request, log.proof(index), "text/plain; charset=utf-8", _ASK_EACH_TIME)
        case _:
            declared = _counts(log).declared.get(log.policy.digest)
            answer = _answer(request, log.evidence(index, declared_at=declared), "application/zip", _ASK_EACH_TIME)
            answer.headers["Content-Disposition"] = f'attachment; filename="bukti-{index}.zip"'
            return answer


@login_not_required
@require_safe
def note(request: HttpRequest, name: str) -> HttpResponseBase:
    """The checkpoint or the policy, as published (C2SP tlog-tiles: a client starts here)."""
    path = office().published / name
    if not path.is_file():
        raise Http404
    return _answer(request, path.read_bytes(), "text/plain; charset=utf-8", _ASK_EACH_TIME)


@login_not_required
@require_safe
def earlier_policy(request: HttpRequest, replaced: str) -> HttpResponseBase:
    """A policy that was replaced, or the last checkpoint under it: by these a mirror leads from an old policy on."""
    path = office().published / POLICIES / replaced
    if not path.is_file():
        raise Http404
    return _answer(request, path.read_bytes(), "text/plain; charset=utf-8", _ASK_EACH_TIME)


@login_not_required
@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponseBase:
    """A tile or bundle of entries. The path is read as one of a tile before a file is looked for.

    A full one never changes. A partial one gives way to the full one, and is cut from it for those who still ask.
    """
    try:
        wanted = Tile.parse(f"tile/{path}")
    except Malformed as fault:
        raise Http404 from fault
    try:
        content = read_tile(Folder(office().published), wanted)
    except LedgerError as fault:
        raise Http404 from fault
    return _answer(request, content, "application/octet-stream", _FOREVER if wanted.width == WIDTH else _A_MINUTE)


def _answer(request: HttpRequest, content: bytes, content_type: str, cache_control: str) -> HttpResponseBase:
    answer = HttpResponse(content, content_type=content_type)
    answer.headers["ETag"] = f'"{sha256(content).hexdigest()[:32]}"'
    answer.headers["Cache-Control"] = cache_control
    found = get_conditional_response(request, etag=answer.headers["ETag"], response=answer)
    assert found is not None
    return found


def _log_or_404() -> Published:
    log = published_log(office().published)
    if log is None:
        raise Http404
    return log


def _require_in(log: Published, index: int) -> None:
    if index >= log.checkpoint.size:
        raise Http404
