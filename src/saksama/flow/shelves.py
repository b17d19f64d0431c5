"""Where an office keeps what the steps make: sealed rolls, linkage runs, outcomes. A folder each, whole or absent."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from saksama.flow.folders import made_at
from saksama.model.errors import BadInput
from saksama.model.roll import LINE, RollId, RollKind, RollSummary
from saksama.model.texts import _
from saksama.model.wilayah import Wilayah
from saksama.vault.keys import Keystore
from saksama.vault.unsealing import iter_sealed

SEALED, ASIDE, FAULTS, TALLY, SUMMARY = (
    "sealed.parquet",
    "aside.parquet",
    "faults.parquet",
    "tally.json",
    "summary.json",
)
RUN = "run.json"
OUTCOME = "outcome.json"
PUBLIC = ("berita-acara.html", "berita-acara.pdf", "hitungan.json")  # of an outcome; the roll itself is never published


def _by_age(shelf: Path, mark: str) -> list[Path]:
    """The finished folders of a shelf, oldest first; `mark` is the file that a finished one has."""
    found = [path.parent for path in shelf.glob(f"[!.]*/{mark}")]
    return sorted(found, key=lambda folder: (made_at(folder), folder.name))


def sealed_name(roll: RollId, file: str = SEALED) -> str:
    """What a sealed file's keys are bound to: no other file's keys open it."""
    return f"rolls/{roll}/{file}"


@dataclass(frozen=True, slots=True)
class RollShelf:
    """The office's sealed rolls, a folder each under its roll id."""

    folder: Path
    keys: Keystore
    office: Wilayah

    def rolls(self) -> list[RollSummary]:
        """Every roll taken in, in the order they came."""
        return [self.summary(RollId(folder.name)) for folder in _by_age(self.folder, SUMMARY)]

    def has(self, roll: RollId) -> bool:
        """Whether the roll stands here whole."""
        return (self.folder / roll / SUMMARY).is_file()

    def latest(self) -> RollId:
        """The roll that came last; raises BadInput where none has."""
        rolls = self.rolls()
        if not rolls:
            raise BadInput(_("Belum ada daftar pemilih. Jalankan: saksama roll take-in BERKAS --office FOLDER"))
        return rolls[-1].roll

    def summary(self, roll: RollId) -> RollSummary:
        """Counts and digests of a roll; raises BadInput where it is not here."""
        path = self.folder / roll / SUMMARY
        if not path.is_file():
            raise BadInput(_("Daftar {roll} tidak ada di kantor ini.").format(roll=roll))
        known = json.loads(path.read_text())
        return RollSummary(**{**known, "roll": RollId(known["roll"]), "kind": RollKind(known["kind"])})

    def tally(self, roll: RollId) -> dict[str, Any]:
        """The tally as written at intake: counts per fault, sheet, village and TPS; no voter."""
        self.summary(roll)
        tally: dict[str, Any] = json.loads((self.folder / roll / TALLY).read_text())
        return tally

    def faults(self, roll: RollId) -> pa.Table:
        """The faults of a roll: line, column, code, level; no value of any voter."""
        self.summary(roll)
        return pq.read_table(self.folder / roll / FAULTS)

    def batches(self, roll: RollId, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The checked records in the clear, a row group at a time; raises Broken if the sealed file was touched."""
        yield from iter_sealed(
            self.folder / roll / SEALED,
            keys=self.keys,
            expected_sha256=self.summary(roll).sealed_sha256,
            columns=columns,
            name=sealed_name(roll),
        )

    def table(self, roll: RollId, columns: Sequence[str]) -> pa.Table:
        """Some columns of all checked records, in memory."""
        return pa.concat_tables(self.batches(roll, columns))

    def records(self, roll: RollId, lines: Sequence[int], columns: Sequence[str]) -> pa.Table:
        """Some columns of the named lines only, ascending by line."""
        wanted = np.unique(np.asarray(lines, dtype=np.int64))
        kept = [
            batch.filter(pc.is_in(batch[LINE], value_set=pa.array(wanted))) for batch in self.batches(roll, columns)
        ]
        return pa.concat_tables(kept).sort_by(LINE)


@dataclass(frozen=True, slots=True)
class RunShelf:
    """Linkage runs, a folder each; their tables hold line numbers, levels and weights only."""

    folder: Path

    def runs(self) -> list[dict[str, Any]]:
        """`run.json` of every run, oldest first."""
        return [self.about(folder.name) for folder in _by_age(self.folder, RUN)]

    def has(self, run: str) -> bool:
        """Whether the run stands here whole."""
        return (self.folder / run / RUN).is_file()

    def latest_roll(self) -> RollId:
        """The roll of the newest run: the one whose cases are being worked; raises BadInput where there is none."""
        runs = self.runs()
        if not runs:
            raise BadInput(_("Belum ada pencarian ganda. Jalankan: saksama linkage find --office FOLDER"))
        return RollId(runs[-1]["roll"])

    def latest_for(self, roll: RollId) -> str:
        """The newest run over a roll; raises BadInput where there is none."""
        mine = [run["run"] for run in self.runs() if run["roll"] == roll]
        if not mine:
            raise BadInput(
                _("Belum ada pencarian ganda untuk daftar ini. Jalankan: saksama linkage find --office FOLDER")
            )
        return str(mine[-1])

    def about(self, run: str) -> dict[str, Any]:
        """`run.json` of one run; raises BadInput where it is not here."""
        if not self.has(run):
            raise BadInput(_("Pencarian {run} tidak ada di kantor ini.").format(run=run))
        known: dict[str, Any] = json.loads((self.folder / run / RUN).read_text())
        return {**known, "run": run}

    def pairs(self, run: str) -> pa.Table:
        """The run's pairs."""
        return pq.read_table(self.folder / run / "pairs.parquet")

    def clusters(self, run: str) -> pa.Table:
        """The run's clusters: line, cluster."""
        return pq.read_table(self.folder / run / "clusters.parquet")


@dataclass(frozen=True, slots=True)
class OutcomeShelf:
    """Outcomes, a folder each: the next roll, its tally, the Berita Acara. `published` is what anyone may read."""

    folder: Path
    published: Path

    def outcomes(self) -> list[Mapping[str, Any]]:
        """`outcome.json` of every outcome, oldest first."""
        return [json.loads((folder / OUTCOME).read_text()) for folder in _by_age(self.folder, OUTCOME)]

    def file(self, outcome: str, name: str) -> Path:
        """A published file of an outcome; raises BadInput for any name it does not list."""
        for known in self.outcomes():
            if known["outcome"] == outcome and name in PUBLIC:
                return self.folder / outcome / name
        raise BadInput(_("Berkas hasil itu tidak ada."))
