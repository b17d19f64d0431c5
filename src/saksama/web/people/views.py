"""The first page: where the main path stands, and what waits for the one who looks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from saksama.casework.store import CaseFilter
from saksama.model.case import CaseState
from saksama.model.officer import Officer
from saksama.web.people.permissions import decides_here, officer_of, works_here
from saksama.web.people.site import office

if TYPE_CHECKING:
    from saksama.flow.office import Office

UNDECIDED = frozenset({CaseState.OPEN, CaseState.WAITING, CaseState.DISPUTED})
_MANY = 1000  # beyond this the overview says "1000+" and reads no further


@dataclass(frozen=True, slots=True)
class Standing:
    """The six steps in numbers."""

    rolls: int
    lines: int
    set_aside: int
    runs: int
    clusters: int
    cases: int
    mine: int
    undecided: int
    settled: int
    enacted: int
    waiting_entries: str
    ledger_size: int
    outcomes: int


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The overview; an officer of another area learns that nothing here is theirs."""
    site, officer = office(), officer_of(request)
    if not works_here(officer, site):
        return render(request, "people/elsewhere.html")
    return render(request, "people/home.html", {"standing": standing_of(site, officer)})


def standing_of(site: "Office", officer: Officer) -> Standing:
    """Counts of each step, as this officer sees them."""
    desk = site.desk
    rolls, runs = site.rolls.rolls(), site.runs.runs()
    counts = desk.cases.counts(CaseFilter(area=desk.office))
    waiting = desk.cases.outbox(_MANY)
    mine = 0
    if decides_here(officer, site):
        for_me = CaseFilter(area=desk.office, states=UNDECIDED, not_decided_by=officer.id)
        mine = desk.cases.page(for_me, limit=1).total
    return Standing(
        rolls=len(rolls),
        lines=sum(roll.lines_in for roll in rolls),
        set_aside=sum(roll.set_aside for roll in rolls),
        runs=len(runs),
        clusters=sum(int(run["counts"]["clusters"]) for run in runs),
        cases=sum(counts.values()),
        mine=mine,
        undecided=sum(counts[state] for state in UNDECIDED),
        settled=counts[CaseState.SETTLED],
        enacted=counts[CaseState.ENACTED],
        waiting_entries=f"{len(waiting)}+" if len(waiting) == _MANY else str(len(waiting)),
        ledger_size=_published_size(site),
        outcomes=len(site.outcomes.outcomes()),
    )


def _published_size(site: "Office") -> int:
    """Entries under the published checkpoint, as its second line says; 0 before the first."""
    note = site.published / "checkpoint"
    return int(note.read_text().split("\n", 2)[1]) if note.is_file() else 0
