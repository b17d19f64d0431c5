"""A folder in which a run keeps what its phases made: for rolls larger than memory, and to go on after an interruption.

It holds the voters' data in the clear, readable by its owner alone, and is emptied when the run has ended well.
"""

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from saksama.linkage.blocking import RuleReport
from saksama.linkage.comparison import Evidence
from saksama.linkage.growing import Growing
from saksama.linkage.keeping import get_columns, names_of_places, put_columns
from saksama.linkage.kernels.arrays import Bytes
from saksama.linkage.plan import LinkagePlan
from saksama.linkage.prepared import Prepared
from saksama.linkage.shelf import ShelfReader, ShelfWriter, is_shelf
from saksama.model.errors import BadInput
from saksama.model.texts import _

_PARTS = ("left", "right", "levels", "chance")
Part = tuple[Sequence[Evidence], RuleReport]  # what a part of a rule gave, by bucket


def is_work(name: str) -> bool:
    """Whether a folder of this name is a phase's work: nothing else is ever removed."""
    return name == "columns" or name.startswith(("rule-", "bucket-"))


class Scratch:
    """What the phases of one run keep in a folder. `source` names its input: a digest of the files.

    Raises BadInput where the folder holds the work of another run.
    """

    def __init__(self, folder: Path, plan: LinkagePlan, source: str) -> None:
        self.folder, self.plan = folder, plan
        self.about: dict[str, Any] = {"scratch": "saksama.linkage/4", "plan_sha256": plan.digest, "source": source}

    def prepared(self, make: Callable[[Path], Prepared]) -> Prepared:
        """The columns: those of an earlier attempt, or made now, in a folder, and kept."""
        folder = self.folder / "columns"
        if not self._is_done(folder):
            shelf = self._begin(folder)
            prepared = make(folder)
            put_columns(shelf, prepared)
            shelf.close(
                {
                    **self.about,
                    "digests": prepared.digests,
                    "border": prepared.border,
                    "lines_read": prepared.lines_read,
                    "provinces": names_of_places(prepared),
                }
            )
        kept = ShelfReader(folder)
        out = get_columns(kept, self.plan, kept.get, digests=tuple(kept.about["digests"]), border=kept.about["border"])
        out.lines_read = kept.about["lines_read"]
        return out

    def rule(
        self, number: int, parts: Iterable[Part], count: int, width: int
    ) -> tuple[list[Sequence[Evidence]], list[RuleReport]]:
        """What a rule gave, all parts as one, by bucket (`count` of them, of `width` comparisons), and the parts'
        reports: of an earlier attempt, or made now, each part kept as it comes."""
        folder = self.folder / f"rule-{number:02d}"
        if not self._is_done(folder):
            shelf, reports = self._begin(folder), []
            buckets = [_GrowingEvidence(folder, width) for _ in range(count)]
            for by_bucket, report in parts:
                for bucket, evidence in zip(buckets, by_bucket, strict=True):
                    bucket.add(evidence)
                reports.append(report)
            for bucket_number, bucket in enumerate(buckets):
                _put(shelf, str(bucket_number), bucket.finish())
            shelf.close({**self.about, "buckets": count, "reports": [asdict(report) for report in reports]})
        kept = ShelfReader(folder)
        found = [_get(kept, str(bucket)) for bucket in range(kept.about["buckets"])]
        return [found], [RuleReport(**report) for report in kept.about["reports"]]

    def merged(self, number: int, make: Callable[[], tuple[Evidence, Bytes]]) -> tuple[Evidence, Bytes]:
        """A bucket of all rules' pairs, each once, with its marks: of an earlier attempt, or made now and kept."""
        folder = self.folder / f"bucket-{number:03d}"
        if not self._is_done(folder):
            evidence, marks = make()
            shelf = self._begin(folder)
            _put(shelf, "pairs", evidence)
            shelf.put("marks", marks)
            shelf.close(self.about)
        kept = ShelfReader(folder)
        return _get(kept, "pairs"), kept.get("marks")

    def _begin(self, folder: Path) -> ShelfWriter:
        shutil.rmtree(folder, ignore_errors=True)  # what an interrupted attempt left of this phase
        folder.mkdir(parents=True, mode=0o700)
        return ShelfWriter(folder)

    def _is_done(self, folder: Path) -> bool:
        if not is_shelf(folder):
            return False
        if any(ShelfReader(folder).about.get(name) != value for name, value in self.about.items()):
            raise BadInput(
                _("Folder kerja {folder} berisi pekerjaan lain; pilih folder lain atau hapus yang ini.").format(
                    folder=self.folder
                )
            )
        return True


class _GrowingEvidence:
    """Evidence that grows in files."""

    def __init__(self, folder: Path, width: int) -> None:
        none = Evidence.none(width)
        self.parts = {
            part: Growing(getattr(none, part).dtype, folder, getattr(none, part).shape[1:]) for part in _PARTS
        }

    def add(self, evidence: Evidence) -> None:
        for part, growing in self.parts.items():
            growing.add(getattr(evidence, part))

    def finish(self) -> Evidence:
        return Evidence(**{part: growing.finish() for part, growing in self.parts.items()})


def _put(shelf: ShelfWriter, name: str, evidence: Evidence) -> None:
    for part in _PARTS:
        shelf.put(f"{name}.{part}", getattr(evidence, part))


def _get(shelf: ShelfReader, name: str) -> Evidence:
    left, right, levels, chance = (np.asarray(shelf.get(f"{name}.{part}")) for part in _PARTS)
    return Evidence(left, right, levels, chance)
