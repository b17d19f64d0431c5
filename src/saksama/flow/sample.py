"""A roll of invented people, with the truth about its doubles beside it: for trying things out and for judging them."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from saksama.roll.sample import write_sample


def make_sample(
    path: Path,
    *,
    lines: int,
    seed: int,
    wilayah: str,
    truth: Path | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> dict[str, Any]:
    """Write a synthetic roll (`.csv`, `.csv.gz`, `.xlsx`, `.parquet`); gives counts of what was planted."""
    return asdict(write_sample(path, lines=lines, seed=seed, wilayah=wilayah, truth=truth, progress=progress))
