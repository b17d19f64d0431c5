"""The recapitulation of a workbook: how many voters it says each TPS or village has, to be held against the lines.

It is a sheet without voters: a heading for the TPS or the village, one for the sum, and a number in each row.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from saksama.roll.layout import join_rows
from saksama.roll.regions import Regions, plain_name
from saksama.roll.schema import field_of, plain_label

_SUM = re.compile(r"(?:JUMLAH|JML|TOTAL|LP|LDANP)(?:PEMILIH|DPT|DPS|DPB|DPTB|DPSHP|LP|LAKILAKIPEREMPUAN|AKHIR)?")
_TPS = re.compile(r"\s*(?:tps)?[\s.:_-]*([0-9]{1,4})(?:\.0)?\s*", re.I)
_FIGURE = re.compile(r"\s*([0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]{1,7})(?:[.,]0+)?\s*")
_SUMMED = re.compile(r"(?:sub\s*-?\s*|grand\s+)?(?:jumlah|jml|total)\b", re.I)
_SEARCHED = 60


class Stated(NamedTuple):
    """What a recapitulation says: the village as written or "", the TPS as three digits or "", voters."""

    village: str
    tps: str
    voters: int


class Compared(NamedTuple):
    """A statement beside the checked lines there are."""

    village: str
    tps: str
    stated: int
    found: int


def read_recap(rows: list[list[str]]) -> list[Stated]:
    """What the sheet with these rows states; nothing if it is no recapitulation."""
    for at in range(min(len(rows), _SEARCHED)):
        below = rows[at + 1] if at + 1 < len(rows) else []
        is_label = any(below) and not any(c.isdigit() for cell in below for c in cell)
        columns = _columns(join_rows(rows[at], below) if is_label else rows[at])
        if columns is not None:
            return _stated(rows[at + 1 :], *columns)
    return []


def _columns(labels: list[str]) -> tuple[int | None, int | None, int] | None:
    """The columns of village, TPS and sum, or None if the labels are not of a recapitulation."""
    village = tps = total = None
    of_kecamatan = False
    for at, label in enumerate(labels):
        upper, _parted, lower = label.partition("\x1f")
        if _SUM.fullmatch(plain_label(lower or upper)):
            total = at  # the last: those of the sexes stand before it
            continue
        field = (field_of(lower) if lower else None) or field_of(upper)
        if field is not None and field[0] == "tps":
            tps = at
        elif field is not None and field[0] == "kd_kel":
            village = at
        of_kecamatan = of_kecamatan or (field is not None and field[0] == "kd_kec")
    if total is None or (village is None and (tps is None or of_kecamatan)):  # how many TPS a kecamatan has
        return None
    return village, tps, total


def _stated(rows: list[list[str]], village: int | None, tps: int | None, total: int) -> list[Stated]:
    found: list[Stated] = []
    last = ""
    for row in rows:
        cells = [*row, *[""] * (total + 1 - len(row))]
        place = cells[village].strip() if village is not None else ""
        if _SUMMED.match(place):
            continue
        last = place or last  # forms name a village once, in the first row of its TPS
        number = _FIGURE.fullmatch(cells[total])
        station = _TPS.fullmatch(cells[tps]) if tps is not None else None
        if number is None or (tps is not None and station is None) or (tps is None and not _is_place(place)):
            continue
        voters = int(re.sub(r"[.,]", "", number.group(1)))
        found.append(Stated(last if village is not None else "", station.group(1).zfill(3) if station else "", voters))
    villages = [stated.village for stated in found]
    if tps is not None and len(found) > 1 and all(villages) and len(set(villages)) == len(found):
        return [stated._replace(tps="") for stated in found]  # a row a village: under TPS stands how many it has
    return found


def _is_place(text: str) -> bool:
    return any(c.isalpha() for c in text)


def compared(stated: Iterable[Stated], checked: Mapping[tuple[str, str], int]) -> list[Compared]:
    """Statements beside `checked`, lines by (village, TPS). Where the place is not plain nothing is guessed."""
    answers = []
    for written, tps, voters in stated:
        wanted = plain_name(written)
        villages = sorted({village for village, _tps in checked if not written or _is_same(village, written, wanted)})
        if len(villages) == 1:  # else: which village's, or one that the lines do not name
            found = sum(
                n for (village, station), n in checked.items() if village == villages[0] and tps in ("", station)
            )
            answers.append(Compared(villages[0], tps, voters, found))
    return answers


def _is_same(village: str, written: str, wanted: str) -> bool:
    regions = Regions.load()
    name = regions.name_of(village) if regions.known(village) else village
    return village == written or plain_name(name) == wanted
