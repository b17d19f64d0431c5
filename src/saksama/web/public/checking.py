"""Checking a `bukti.zip` that a visitor brings: the auditor's sentences, and nothing kept."""

from collections.abc import Callable
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as say
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from saksama.audit.evidence import MAX_BYTES, POLICY, judge_evidence, read_members
from saksama.audit.report import Report
from saksama.web.people.site import office

_PAGE: Final = "public/check.html"
MOST: Final = 2 * MAX_BYTES + (16 << 10)  # bytes of a whole request: evidence, a policy, and the form around them


@login_not_required
@csrf_exempt  # asked for by `_judge`, once the request is known to be small: the check reads all of it
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The form, and what the auditor says of a file that was brought. Files stay in memory and go with the answer."""
    if request.method != "POST":
        return render(request, _PAGE)
    told = request.META.get("CONTENT_LENGTH") or ""
    if not told.isdecimal() or int(told) > MOST:
        return _refused(request, 413)
    judged: Callable[[HttpRequest], HttpResponse] = csrf_protect(_judge)
    return judged(request)


def _judge(request: HttpRequest) -> HttpResponse:
    brought, policy = request.FILES.get("bukti"), request.FILES.get("kebijakan")
    if not isinstance(brought, UploadedFile):
        context = {"refused": say("Pilih dahulu berkas bukti.zip yang akan diperiksa.")}
        return render(request, _PAGE, context, status=422)
    if any(file is not None and (file.size or 0) > MAX_BYTES for file in (brought, policy)):
        return _refused(request, 413)
    report, raw = Report(), brought.read()
    own = policy.read() if isinstance(policy, UploadedFile) else None
    judge_evidence(raw, policy=own, report=report)
    stranger = own is None and report.exit_code != 1 and not _is_of_this_office(raw)
    return render(request, _PAGE, {"report": report, "stranger": stranger})


def _is_of_this_office(raw: bytes) -> bool:
    """Whether evidence that was found sound stands under the policy this office publishes: a forger brings its own."""
    place = office().published / POLICY
    return place.is_file() and read_members(raw)[POLICY] == place.read_bytes()


def _refused(request: HttpRequest, status: int) -> HttpResponse:
    context = {"refused": say("Berkas itu terlalu besar: bukti dan kebijakan masing-masing paling besar 1 MiB.")}
    return render(request, _PAGE, context, status=status)
