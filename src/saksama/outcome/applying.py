"""Apply changes to a roll: the next roll is the lines that nobody's decision strikes, in their order."""

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from saksama.model.effect import RollChange
from saksama.model.errors import Broken
from saksama.model.roll import LINE, RollId
from saksama.model.texts import _
from saksama.outcome.changes import BothStruck
from saksama.outcome.totals import RollTotals, TotalsCounter

__all__ = ["ChangeDoesNotFit", "RollTotals", "TotalsCounter", "apply_changes"]


class ChangeDoesNotFit(Broken):
    """A change names a line that the roll does not have, or another roll; nothing may be written."""


def apply_changes(
    batches: Iterable[pa.Table],
    changes: Sequence[RollChange],
    *,
    roll: RollId | None = None,
    counter: TotalsCounter | None = None,
) -> Iterator[pa.Table]:
    """The tables without the struck lines, one for each table given; `counter` counts who stays and who is struck.

    Needs the column `line` (int64), for counting also `jk`, `kd_kec` and `kd_kel`. The promises below are kept at the
    last table, so nothing written from this stream may be given its name before it has ended:

    1. all changes are of one roll (`roll`, where given), and each strikes another line
    2. every line struck and every line kept was there, once
    3. lines before - struck = lines after

    Raises ChangeDoesNotFit or BothStruck.
    """
    codes = _codes_by_line(changes, roll)  # 1
    kept = {change.kept.line for change in changes}
    struck_set = pa.array(sorted(codes), pa.int64())
    named_set = pa.array(sorted(kept | codes.keys()), pa.int64())
    seen: list[int] = []
    before = after = 0
    for table in batches:
        is_struck = pc.is_in(table[LINE], value_set=struck_set)
        seen += _lines(table.filter(pc.is_in(table[LINE], value_set=named_set)))
        staying = table.filter(pc.invert(is_struck))
        if counter is not None:
            struck = table.filter(is_struck)
            counter.count_struck(struck, [codes[line] for line in _lines(struck)])
            counter.count_staying(staying)
        before, after = before + table.num_rows, after + staying.num_rows
        yield staying
    if sorted(seen) != named_set.to_pylist():  # 2
        raise _does_not_fit()
    if before - len(codes) != after:  # 3
        raise _does_not_fit()


def _codes_by_line(changes: Sequence[RollChange], roll: RollId | None) -> dict[int, int]:
    rolls = {change.record.roll for change in changes} | {change.kept.roll for change in changes}
    if len(rolls | ({roll} if roll is not None else set())) > 1:
        raise _does_not_fit()
    codes = {change.record.line: change.tms for change in changes}
    if len(codes) != len(changes):
        raise _does_not_fit()
    if any(change.kept.line in codes for change in changes):
        raise BothStruck(_("Sebuah baris akan dicoret padahal dipertahankan. Tidak ada yang ditulis."))
    return codes


def _lines(table: pa.Table) -> list[int]:
    return [int(line) for line in table[LINE].to_numpy()]


def _does_not_fit() -> ChangeDoesNotFit:
    return ChangeDoesNotFit(
        _("Perubahan tidak cocok dengan daftar: baris tidak ada, atau daftar lain. Tidak ada yang ditulis.")
    )
