"""Step 6 as people see it: what waits to take effect, what took effect, and the Berita Acara of each."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Final

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from saksama.casework.store import CaseFilter
from saksama.model.case import CaseState
from saksama.web.people.permissions import officer_of, require_reader
from saksama.web.people.site import office

# The next roll itself is not handed out by the site: an export of voters asks a grant of its own (a later issue).
_SHOWN: Final = (".html", ".pdf")
_STYLE: Final = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_WAITING: Final = 50


@require_safe
def outcomes(request: HttpRequest) -> HttpResponse:
    """Settled cases that wait, and every outcome, newest first."""
    site = office()
    require_reader(officer_of(request), site)
    settled = CaseFilter(area=site.desk.office, states=frozenset({CaseState.SETTLED}))
    made = [
        {**outcome, "documents": sorted(name for name in outcome["files"] if name.endswith(_SHOWN))}
        for outcome in reversed(site.outcomes.outcomes())
    ]
    context = {"waiting": site.desk.cases.page(settled, limit=_WAITING), "outcomes": made}
    return render(request, "minutes/list.html", context)


@require_safe
def document(request: HttpRequest, outcome_id: str, name: str) -> HttpResponseBase:
    """A Berita Acara as it was written, in the browser; raises BadInput for a file the outcome does not list."""
    site = office()
    require_reader(officer_of(request), site)
    path = site.outcomes.file(outcome_id, name)
    return _page_as_written(request, path) if path.suffix == ".html" else _pdf(path)


def _pdf(path: Path) -> HttpResponse:
    answer = HttpResponse(path.read_bytes(), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{path.name}"'
    return answer


def _page_as_written(request: HttpRequest, path: Path) -> HttpResponseBase:
    """The file byte for byte. Its own style is admitted by digest, and nothing else: no script, no other source."""
    written = path.read_bytes()
    digests = [
        "'sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() + "'"
        for style in _STYLE.findall(written.decode())
    ]

    @csp_replace({"style-src": digests or ["'none'"], "script-src": ["'none'"], "img-src": ["'self'", "data:"]})
    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(written, content_type="text/html; charset=utf-8")

    return answer(request)
