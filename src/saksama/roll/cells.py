"""The cells of a raw batch under the names of the checked roll, combined columns taken apart."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from saksama.roll.arrow import Indices, chosen, coalesced, extracted, matches, take_rows
from saksama.roll.layout import Layout
from saksama.roll.raw import Kinds, Mask, RawBatch
from saksama.roll.schema import BIRTH, PLACES, RT_RW

# "SLEMAN, 01-07-1955": the date begins at the first digit; the place has none.
_BIRTH = r"^(?P<tempat_lahir>[^0-9]*?)[\s,;/|-]*(?P<tgl_lahir>[0-9].*)?$"
_RT_RW = r"^\s*(?:[Rr][Tt][\s.:]*)?(?P<rt>[0-9]*)\s*[/\\|-]\s*(?:[Rr][Ww][\s.:]*)?(?P<rw>[0-9]*)\s*$"


@dataclass(frozen=True, slots=True, repr=False)
class Cells:
    """By field: the text to read, its kinds, and the original exactly as in the file.

    `codes` has the columns of places that hold codes and not names, before any name stands in for a blank code.
    """

    texts: dict[str, pa.StringArray]
    kinds: dict[str, Kinds | None]
    originals: dict[str, pa.StringArray]
    codes: dict[str, pa.StringArray] = field(default_factory=dict)

    def taken(self, rows: Indices) -> "Cells":
        """The same of some rows only."""
        return Cells(
            {name: take_rows(column, rows) for name, column in self.texts.items()},
            {name: None if kinds is None else kinds[rows] for name, kinds in self.kinds.items()},
            {name: take_rows(column, rows) for name, column in self.originals.items()},
        )


def cells_of(batch: RawBatch, layout: Layout) -> Cells:
    """The fields of `batch`; a field the sheet does not have is left out."""
    texts: dict[str, pa.StringArray] = {}
    kinds: dict[str, Kinds | None] = {}
    originals: dict[str, pa.StringArray] = {}
    for name, at in layout.fields.items():
        column, pattern = batch.columns[at], {BIRTH: _BIRTH, RT_RW: _RT_RW}.get(name)
        if pattern is None:
            texts[name], kinds[name], originals[name] = column, batch.kinds.get(at), column
            continue
        parts = extracted(column, pattern)
        for part, values in parts.items():
            if part in layout.fields:
                continue  # a column of its own goes before
            # What does not come apart is left whole in the first part, where it will be seen.
            whole = column if part in ("rt", "tempat_lahir") else None
            texts[part] = _filled(values, whole)
            kinds[part], originals[part] = None, column
    codes = {name: texts[name] for name in PLACES if name in texts and name not in layout.named}
    for name, at in layout.spare.items():
        blank = matches(codes[name], r"^[\s.-]*$")
        if blank.any():
            texts[name] = originals[name] = chosen(blank, batch.columns[at], codes[name])
            kinds[name] = _kinds_where(blank, kinds[name], batch.kinds.get(at))
    return Cells(texts, kinds, originals, codes)


def _kinds_where(blank: Mask, code: Kinds | None, name: Kinds | None) -> Kinds | None:
    if code is None and name is None:
        return None
    plain = np.zeros(len(blank), np.uint8)
    return np.where(blank, plain if name is None else name, plain if code is None else code)


def _filled(values: pa.StringArray, whole: pa.StringArray | None) -> pa.StringArray:
    return coalesced(values, whole) if values.null_count else values


def wanted_columns(layout: Layout, names: frozenset[str]) -> frozenset[int]:
    """The raw columns that hold the fields `names`."""
    both = (*layout.fields.items(), *layout.spare.items())
    return frozenset(at for name, at in both if name in names)
