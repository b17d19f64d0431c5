"""Roll files of every kind, made for tests. All people in them are invented."""

import csv
import io
import subprocess
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from saksama.roll.checks import ASIDE_ROWS, CHECKED, FAULT_ROWS, check_roll
from saksama.roll.mapping import ColumnMapping
from saksama.roll.reader import open_roll
from saksama.roll.tally import Tally

HEADER = (
    "No", "NKK", "NIK", "Nama", "Tempat Lahir", "Tanggal Lahir", "Status Kawin (B/S/P)", "Jenis Kelamin (L/P)",
    "Jalan/Dukuh", "RT", "RW", "Disabilitas", "Status KTP-el", "TPS", "Kode Kelurahan", "Ket",
)  # fmt: skip
SARI = (
    "1", "3404070101120001", "3404074107550001", "SARI DEWI", "SLEMAN", "01-07-1955", "S", "P", "JL KALIURANG KM 5",
    "001", "002", "", "S", "001", "34.04.07.2001", "",
)  # fmt: skip
BUDI = (
    "2", "3404070101120001", "3404071508500002", "BUDI SANTOSO", "BANTUL", "15-08-1950", "S", "L", "JL KALIURANG KM 5",
    "001", "002", "1", "S", "001", "34.04.07.2001", "",
)  # fmt: skip


def row(**changed: str) -> list[str]:
    """Sari's line with some cells changed, by the label's checked name."""
    at = dict(zip(
        ("no", "nkk", "nik", "nama", "tempat_lahir", "tgl_lahir", "status_kawin", "jk", "alamat", "rt", "rw",
         "disabilitas", "ktp_el", "tps", "kd_kel", "keterangan"), range(16), strict=True,
    ))  # fmt: skip
    cells = list(SARI)
    for name, value in changed.items():
        cells[at[name]] = value
    return cells


def voters(count: int, *, tps: str = "001") -> list[list[str]]:
    """So many different honest lines."""
    lines = []
    for n in range(count):
        woman, day, month, year = n % 2 == 0, n % 28 + 1, n % 12 + 1, 1950 + n % 50
        nik = f"340407{day + 40 * woman:02d}{month:02d}{year % 100:02d}{n % 9 + 1:04d}"
        lines.append(row(
            no=str(n + 1), nik=nik, nama=f"{'SITI' if woman else 'BUDI'} {'ABCDEFGHIJ'[n % 10]}{n}",
            tgl_lahir=f"{day:02d}-{month:02d}-{year}", jk="P" if woman else "L", tps=tps,
        ))  # fmt: skip
    return lines


def csv_bytes(
    rows: Sequence[Sequence[str]], *, delimiter: str = ",", encoding: str = "utf-8", end: str = "\n"
) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode(encoding)


def write_csv(path: Path, *rows: Sequence[str], header: Sequence[str] = HEADER) -> Path:
    path.write_bytes(csv_bytes([header, *rows]))
    return path


class Taken:
    """A roll taken in whole."""

    def __init__(self, checked: pa.Table, aside: pa.Table, faults: pa.Table, tally: Tally) -> None:
        self.checked, self.aside, self.faults, self.tally = checked, aside, faults, tally

    def codes(self, line: int | None = None) -> set[str]:
        return {f["code"] for f in self.faults.to_pylist() if line is None or f["line"] == line}

    def pairs(self, line: int = 0) -> set[tuple[str, str]]:
        return {(f["column"], f["code"]) for f in self.faults.to_pylist() if f["line"] == line}

    def column(self, name: str) -> list[Any]:
        return self.checked.column(name).to_pylist()

    def aside_codes(self) -> list[str]:
        return self.aside.column("codes").to_pylist()


def take_in(path: Path, columns: ColumnMapping | None = None, as_of: date | None = None) -> Taken:
    """The whole of a roll; the balance is asserted on every way out."""
    tally = Tally()
    with open_roll(path, columns=columns) as file:
        batches = list(check_roll(file, as_of=as_of))
    for batch in batches:
        assert batch.checked.schema == CHECKED
        assert batch.aside.schema == ASIDE_ROWS
        assert batch.faults.schema == FAULT_ROWS
        batch.checked.validate(full=True)
        tally.add(batch)
    tally.assert_balanced()
    parts = [
        pa.concat_tables([getattr(b, part) for b in batches] or [schema.empty_table()])
        for part, schema in (("checked", CHECKED), ("aside", ASIDE_ROWS), ("faults", FAULT_ROWS))
    ]
    taken = Taken(*parts, tally)
    lines = taken.column("line") + taken.aside.column("line").to_pylist()
    assert sorted(lines) == list(range(tally.lines_in)), "every line once"
    assert not Counter(taken.column("line")) or max(Counter(taken.column("line")).values()) == 1
    return taken


def taken_rows(path: Path, *rows: Sequence[str]) -> Taken:
    """A CSV of these rows, taken in."""
    return take_in(write_csv(path / "daftar.csv", *rows))


def by_libreoffice(source: Path, kind: str = "xlsx") -> Path:
    """`source` converted by LibreOffice, in the same folder."""
    profile = source.parent / "profile"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", kind, "--outdir",
         str(source.parent / "converted"), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return source.parent / "converted" / f"{source.stem}.{kind}"
