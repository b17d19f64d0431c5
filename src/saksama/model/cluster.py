"""A cluster: lines that linkage holds to be one person. Most have two."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cluster:
    """Lines, ascending, at least two."""

    number: int
    lines: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.lines) < 2 or list(self.lines) != sorted(set(self.lines)):
            raise AssertionError("a cluster has two or more lines, ascending")
