"""Reading back what a run left (docs/formats/run.md)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from saksama.model.errors import BadInput
from saksama.model.texts import _


@dataclass(frozen=True, slots=True, repr=False)
class RunFolder:
    """A finished run: `about` is run.json. Pairs and evidence have the same rows in the same order."""

    about: dict[str, Any]
    pairs: pa.Table
    evidence: pa.Table


def read_run(folder: Path) -> RunFolder:
    """The run in `folder`. Raises BadInput where there is none, or it was made before runs left evidence."""
    if not (folder / "run.json").is_file():
        raise BadInput(
            _("{folder} bukan folder hasil pencarian: tidak ada run.json. Tunjuk folder dari --out.").format(
                folder=folder
            )
        )
    if not (folder / "evidence.parquet").is_file():
        raise BadInput(
            _("Hasil di {folder} tidak memuat evidence.parquet; jalankan pencariannya lagi dengan versi ini.").format(
                folder=folder
            )
        )
    try:
        about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        pairs, evidence = (pq.read_table(folder / f"{name}.parquet") for name in ("pairs", "evidence"))
    except (OSError, ValueError, pa.ArrowInvalid) as fault:
        raise BadInput(_("Hasil di {folder} rusak; jalankan pencariannya lagi.").format(folder=folder)) from fault
    if not all(evidence[side].equals(pairs[side]) for side in ("left", "right")):
        raise BadInput(_("Hasil di {folder} rusak; jalankan pencariannya lagi.").format(folder=folder))
    return RunFolder(about, pairs, evidence)
