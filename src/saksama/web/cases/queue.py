"""The queue: which cases, in which order, narrowed by what. The tables are asked through the CaseStore only."""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as later

from saksama.casework.store import CaseFilter, CasePage
from saksama.flow.desk import Desk
from saksama.model.case import CaseId, CaseState
from saksama.model.officer import Officer
from saksama.model.pair import Band

PAGE: Final = 50
UNDECIDED: Final = frozenset({CaseState.OPEN, CaseState.WAITING, CaseState.DISPUTED})
CLASSES: Final = ("K1", "K2", "K3", "K4")
NO_CLASS: Final = "tanpa"
_TABS: Final = {
    "saya": (later("Menunggu saya"), UNDECIDED),
    "open": (later("Belum diputuskan"), frozenset({CaseState.OPEN})),
    "waiting": (later("Menunggu petugas kedua"), frozenset({CaseState.WAITING})),
    "disputed": (later("Menunggu petugas ketiga"), frozenset({CaseState.DISPUTED})),
    "settled": (later("Selesai"), frozenset({CaseState.SETTLED})),
    "enacted": (later("Berlaku"), frozenset({CaseState.ENACTED})),
    "semua": (later("Semua"), frozenset(CaseState)),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the queue with its count."""

    key: str
    name: str
    count: int
    is_chosen: bool
    query: str


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue, and everything around it."""

    tabs: tuple[Tab, ...]
    chosen: Tab
    page: CasePage
    band: str
    kpu_class: str
    place: str
    is_narrowed: bool
    next_query: str
    is_first: bool


def queue_for(officer: Officer, desk: Desk, asked: dict[str, str]) -> Queue:
    """The page of the queue this officer asked for; what is not understood does not narrow."""
    band = asked.get("band", "") if asked.get("band", "") in set(Band) else ""
    kpu_class = asked.get("kelas", "") if asked.get("kelas", "") in (*CLASSES, NO_CLASS) else ""
    place = asked.get("tempat", "")
    narrow = CaseFilter(
        area=desk.office,
        bands=frozenset({Band(band)}) if band else frozenset(),
        classes=frozenset({"" if kpu_class == NO_CLASS else kpu_class}) if kpu_class else frozenset(),
        village=place,
    )
    decides = officer.role.decides and officer.wilayah == desk.office
    keys = [key for key in _TABS if key != "saya" or decides]
    key = asked.get("tab", "") if asked.get("tab", "") in keys else keys[0]
    kept = {"band": band, "kelas": kpu_class, "tempat": place}
    counts = desk.cases.counts(narrow)
    mine = replace(narrow, states=UNDECIDED, not_decided_by=officer.id)
    wanted = mine if key == "saya" else replace(narrow, states=_TABS[key][1])
    after = CaseId(asked["setelah"]) if asked.get("setelah") else None
    page = desk.cases.page(wanted, after=after, limit=PAGE)
    mine_total = page.total if key == "saya" else desk.cases.page(mine, limit=1).total if "saya" in keys else 0
    tabs = tuple(
        Tab(
            key=name,
            name=str(_TABS[name][0]),
            count=mine_total if name == "saya" else sum(counts[state] for state in _TABS[name][1]),
            is_chosen=name == key,
            query=_query({"tab": name, **kept}),
        )
        for name in keys
    )
    return Queue(
        tabs=tabs,
        chosen=next(tab for tab in tabs if tab.is_chosen),
        page=page,
        band=band,
        kpu_class=kpu_class,
        place=place,
        is_narrowed=any(kept.values()),
        next_query=_query({"tab": key, **kept, "setelah": page.next_after or ""}),
        is_first=after is None,
    )


def _query(asked: dict[str, str]) -> str:
    return urlencode({name: value for name, value in asked.items() if value})
