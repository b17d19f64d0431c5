"""The queue and the case page. A view gets its case one way, and calls one step."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.views.decorators.http import require_GET, require_POST, require_safe

from saksama.casework import rules
from saksama.flow.accounts import last_referral
from saksama.flow.decide import decide_case, show_case
from saksama.flow.desk import Desk
from saksama.model.case import Case, CaseId, CaseState
from saksama.model.decision import Ruling
from saksama.model.errors import BadInput
from saksama.model.officer import Officer
from saksama.model.pair import Band
from saksama.web.cases.comparing import side_by_side
from saksama.web.cases.forms import DecisionForm, QueueForm
from saksama.web.cases.places import places_in
from saksama.web.cases.queue import CLASSES, NO_CLASS, queue_for
from saksama.web.people.permissions import officer_of, require_reader
from saksama.web.people.site import office


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue; to htmx only the part that changes."""
    officer, site = officer_of(request), office()
    require_reader(officer, site)
    form = QueueForm(request.GET)
    form.is_valid()  # a field not understood is left out, and so does not narrow
    context = {
        "queue": queue_for(officer, site.desk, form.cleaned_data),
        "bands": list(Band),
        "classes": CLASSES,
        "no_class": NO_CLASS,
        "places": places_in(site.desk.office),
        "last_referral": last_referral(site.desk.cases),
    }
    is_part = bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, "cases/_queue.html" if is_part else "cases/queue.html", context)


@require_GET
def case(request: HttpRequest, case_id: CaseId) -> HttpResponse:
    """The case page. That this officer had the evidence on the screen is recorded before they have it."""
    officer, desk = officer_of(request), office().desk
    found = case_for(officer, case_id, desk)
    return _page(request, officer, desk, found, DecisionForm(lines=found.lines))


@require_POST
def decide(request: HttpRequest, case_id: CaseId) -> HttpResponse:
    """Record this officer's ruling; a form with a gap comes back with what was typed."""
    officer, desk = officer_of(request), office().desk
    found = case_for(officer, case_id, desk)
    rules.require_power(officer, found)
    form = DecisionForm(request.POST, lines=found.lines)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            decide_case(
                found.id,
                form.choice(),
                reason=typed["reason"],
                document=typed["document"],
                officer=officer,
                desk=desk,
            )
        except BadInput as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said(desk.cases.get(found.id)))
            return redirect("cases:queue")
    return _page(request, officer, desk, found, form, status=422)


def case_for(officer: Officer, case_id: CaseId, desk: Desk) -> Case:
    """The case, if this officer may read it; raises NoSuchCase or NotAllowed."""
    found = desk.cases.get(case_id)
    rules.require_reader(officer, found)
    return found


def _page(
    request: HttpRequest, officer: Officer, desk: Desk, found: Case, form: DecisionForm, **answer: Any
) -> HttpResponse:
    shown = show_case(found.id, officer, desk=desk)
    own = next((d for d in reversed(shown.decisions) if d.officer == officer.id and d.is_standing), None)
    context = {
        "shown": shown,
        "case": shown.case,
        "table": side_by_side(shown),
        "form": form,
        "own": own,
        "is_closed": shown.case.state in (CaseState.SETTLED, CaseState.ENACTED),
        "is_with_disdukcapil": shown.settled_as is Ruling.UNDECIDED,
        "rulings": [Ruling.DIFFERENT_PEOPLE, Ruling.SAME_PERSON, Ruling.UNDECIDED],
    }
    return render(request, "cases/case.html", context, **answer)


def _said(case: Case) -> str:
    """What the officer's own ruling led to."""
    outcome = {
        CaseState.WAITING: say("Putusan disimpan. Perkara {case} menunggu petugas kedua."),
        CaseState.DISPUTED: say("Putusan disimpan. Dua putusan berbeda; perkara {case} menunggu petugas ketiga."),
        CaseState.SETTLED: say("Putusan disimpan. Dua petugas sependapat; perkara {case} selesai."),
    }
    return outcome.get(case.state, say("Putusan atas perkara {case} disimpan.")).format(case=case.id)
