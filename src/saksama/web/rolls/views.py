"""Rolls taken in, one roll's tally, and the searches for doubles. Counts only: no voter stands on these pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from saksama.flow.tallies import described
from saksama.model.roll import RollId
from saksama.web.people.permissions import officer_of, require_reader
from saksama.web.people.site import office
from saksama.web.rolls.tallies import by_tps, by_village


@require_safe
def rolls(request: HttpRequest) -> HttpResponse:
    """Every roll of the office, newest first."""
    site = office()
    require_reader(officer_of(request), site)
    return render(request, "rolls/list.html", {"rolls": list(reversed(site.rolls.rolls()))})


@require_safe
def roll(request: HttpRequest, roll_id: str) -> HttpResponse:
    """One roll: every line accounted for, and what was found odd in it; `?desa=` opens one village by TPS."""
    site = office()
    require_reader(officer_of(request), site)
    summary = site.rolls.summary(RollId(roll_id))
    tally = described(site.rolls.tally(summary.roll))
    village = request.GET.get("desa")
    context = {
        "roll": summary,
        "tally": tally,
        "village": village,
        "places": by_village(tally) if village is None else by_tps(tally, village),
    }
    return render(request, "rolls/roll.html", context)


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """Every search for doubles, newest first."""
    site = office()
    require_reader(officer_of(request), site)
    return render(request, "rolls/runs.html", {"runs": list(reversed(site.runs.runs()))})
