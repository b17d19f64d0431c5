"""What a tally says to officers: counts with their sentences, in the language spoken. For commands and pages alike."""

from collections import Counter
from typing import Any

from saksama.roll.faults import ASIDE, FAULTS, WORKLISTS
from saksama.roll.regions import Regions


def described(tally: dict[str, Any]) -> dict[str, Any]:
    """The tally (as `tally.json` holds it) with a sentence for every code, and the balance by village and TPS.

    `recap` has what a recapitulation states otherwise than the lines are.
    `villages` and `tps` count those that checked lines name. `wilayah` is the kabupaten/kota of most lines whose
    village the region table knows, or "", with its name.
    """
    by_place = [
        dict(zip(("sheet", "village", "tps", "lines_in", "checked", "set_aside"), place, strict=True))
        for place in tally["by_place"]
    ]
    kabupaten: Counter[str] = Counter()
    for place in by_place:
        if "." in place["village"]:
            kabupaten[place["village"][:5]] += place["lines_in"]
    wilayah = max(kabupaten, key=lambda code: (kabupaten[code], code)) if kabupaten else ""
    regions = Regions.load()
    return {
        "lines_in": tally["lines_in"],
        "checked": tally["checked"],
        "set_aside": tally["set_aside"],
        "faulty_lines": tally["faulty_lines"],
        "faults": [_fault(code, count) for code, count in _most_first(tally["faults"])],
        "aside": [_counted(code, count, ASIDE[code].spoken()) for code, count in _most_first(tally["aside"])],
        "worklists": [
            _counted(code, count, WORKLISTS[code].spoken()) for code, count in _most_first(tally["worklists"])
        ],
        "recap": [
            {
                "village": v,
                "village_name": regions.name_of(v) if regions.known(v) else v,
                "tps": t,
                "stated": s,
                "found": n,
            }
            for v, t, s, n in tally.get("recap", [])
            if s != n
        ],
        "by_place": by_place,
        "villages": len({place["village"] for place in by_place if place["checked"]} - {""}),
        "tps": len({(place["village"], place["tps"]) for place in by_place if place["checked"] and place["tps"]}),
        "wilayah": wilayah,
        "wilayah_name": regions.name_of(wilayah) if regions.known(wilayah) else "",
    }


def _fault(code: str, count: int) -> dict[str, Any]:
    sentence, mend = FAULTS[code].spoken()
    return {**_counted(code, count, sentence), "level": FAULTS[code].level.value, "mend": mend}


def _counted(code: str, count: int, sentence: str) -> dict[str, Any]:
    return {"code": code, "count": count, "sentence": sentence}


def _most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
