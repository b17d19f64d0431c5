"""The cells of a raw batch under the names of the checked roll, combined columns taken apart."""

from dataclasses import dataclass

import pyarrow as pa

from saksama.roll.arrow import Indices, coalesced, extracted, take_rows
from saksama.roll.layout import Layout
from saksama.roll.raw import Kinds, RawBatch
from saksama.roll.schema import BIRTH, RT_RW

# "SLEMAN, 01-07-1955": the date begins at the first digit; the place has none.
_BIRTH = r"^(?P<tempat_lahir>[^0-9]*?)[\s,;/|-]*(?P<tgl_lahir>[0-9].*)?$"
_RT_RW = r"^\s*(?:[Rr][Tt][\s.:]*)?(?P<rt>[0-9]*)\s*[/\\|-]\s*(?:[Rr][Ww][\s.:]*)?(?P<rw>[0-9]*)\s*$"


@dataclass(frozen=True, slots=True, repr=False)
class Cells:
    """By field: the text to read, its kinds, and the original exactly as in the file."""

    texts: dict[str, pa.StringArray]
    kinds: dict[str, Kinds | None]
    originals: dict[str, pa.StringArray]

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
    return Cells(texts, kinds, originals)


def _filled(values: pa.StringArray, whole: pa.StringArray | None) -> pa.StringArray:
    return coalesced(values, whole) if values.null_count else values


def wanted_columns(layout: Layout, names: frozenset[str]) -> frozenset[int]:
    """The raw columns that hold the fields `names`."""
    return frozenset(at for name, at in layout.fields.items() if name in names)
