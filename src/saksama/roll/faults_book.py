"""The workbook of faulty lines, for the operator to find and mend them in the source."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter  # type: ignore[import-untyped]  # it has no stubs

from saksama.model.texts import _
from saksama.roll.checks import CheckedBatch
from saksama.roll.faults import ASIDE, FAULTS
from saksama.roll.writing import written_aside


class FaultsWriter:
    """Writes the workbook of faulty lines, a batch at a time, in bounded memory.

        with FaultsWriter(path) as writer:
            for batch in check_roll(file):
                writer.add(batch)

    One row a fault: line (from 1, as on the pages), sheet, row, column, the value as the file has it, code, level,
    sentence, mend. The operator asked for this file; it holds voters' data and is to be kept accordingly. The value is
    written as text, never as a formula. Past a million rows a sheet a further sheet begins. Nothing appears at `path`
    unless all went well.
    """

    ROWS_A_SHEET = 1_000_000

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "FaultsWriter":
        self._aside = written_aside(self._path)
        self._file = self._aside.__enter__()
        safe = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
        # Rows wait in a private folder beside the file: a roll may have millions of faults, too many for memory.
        self._waiting = tempfile.TemporaryDirectory(dir=self._path.parent, prefix=f".{self._path.name}.")
        self._book: Any = xlsxwriter.Workbook(
            self._file, {**safe, "constant_memory": True, "tmpdir": self._waiting.name}
        )
        self._bold = self._book.add_format({"bold": True, "text_wrap": True})
        self._sheets: dict[str, tuple[Any, int, int]] = {}
        return self

    def add(self, batch: CheckedBatch) -> None:
        """Write the faults of a batch and the rows it set aside."""
        self._add_faults(batch.checked, batch.faults)
        heads = (_("Baris"), _("Lembar"), _("Baris di berkas"), _("Alasan"), _("Isi baris"))
        for row in batch.aside.to_pylist():
            reasons = " ".join(ASIDE[code].spoken() for code in row["codes"].split(","))
            values = (row["line"] + 1, row["sheet"], row["source_row"], reasons, row["cells"])
            self._write(_("Disisihkan"), heads, values, widths=(10, 14, 10, 40, 80))

    def _add_faults(self, checked: pa.Table, faults: pa.Table) -> None:
        if not faults.num_rows:
            return
        heads = (
            _("Baris"), _("Lembar"), _("Baris di berkas"), _("Kolom"), _("Isi asli"), _("Kode"), _("Tingkat"),
            _("Temuan"), _("Cara memperbaiki"),
        )  # fmt: skip
        levels = {"format": _("cacat format"), "lihat": _("perlu dilihat")}
        place = {line: at for at, line in enumerate(checked.column("line").to_pylist())}
        sheets, rows = checked.column("sheet"), checked.column("source_row")
        for fault in faults.to_pylist():
            at, column = place[fault["line"]], fault["column"]
            original = checked.column(f"{column}_asli")[at].as_py() if column else None
            sentence, mend = FAULTS[fault["code"]].spoken()
            self._write(
                _("Temuan"),
                heads,
                (
                    fault["line"] + 1, sheets[at].as_py(), rows[at].as_py(), column or _("seluruh baris"), original,
                    fault["code"], levels[fault["level"]], sentence, mend,
                ),
                widths=(10, 14, 10, 14, 24, 24, 16, 60, 60),
            )  # fmt: skip

    def _write(self, name: str, heads: tuple[str, ...], values: tuple[object, ...], *, widths: tuple[int, ...]) -> None:
        sheet, row, number = self._sheets.get(name, (None, 0, 0))
        if sheet is None or row > self.ROWS_A_SHEET:
            number += 1
            sheet, row = self._book.add_worksheet(name if number == 1 else f"{name} {number}"), 1
            for at, (head, width) in enumerate(zip(heads, widths, strict=True)):
                sheet.write_string(0, at, head, self._bold)
                sheet.set_column(at, at, width)
            sheet.freeze_panes(1, 0)
        for at, value in enumerate(values):
            if isinstance(value, int):
                sheet.write_number(row, at, value)
            elif value:
                sheet.write_string(row, at, _guarded(str(value)))
        self._sheets[name] = (sheet, row + 1, number)

    def __exit__(self, kind: Any, fault: Any, trace: Any) -> None:
        try:
            if kind is None:
                self._close()
            else:
                self._forget()
        except BaseException as broken:
            self._aside.__exit__(type(broken), broken, broken.__traceback__)
            raise
        finally:
            self._waiting.cleanup()
        self._aside.__exit__(kind, fault, trace)

    def _close(self) -> None:
        if not self._sheets:
            self._book.add_worksheet(_("Tidak ada temuan"))
        try:
            self._book.close()
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()
        self._book.fileclosed = 1  # nothing to keep, and the destructor must not warn


def _guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula, also after a detour through CSV; at most what a cell holds."""
    return ("'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text)[:32_000]


def write_faults(path: Path, batches: Iterable[CheckedBatch]) -> None:
    """Write the workbook of faulty lines of `batches`, taking them one by one; see `FaultsWriter`."""
    with FaultsWriter(path) as writer:
        for batch in batches:
            writer.add(batch)
