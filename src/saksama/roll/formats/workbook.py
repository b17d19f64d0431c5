"""XLSX."""

from collections.abc import Callable
from dataclasses import dataclass

from saksama.model.texts import _
from saksama.roll.raw import RawSheet
from saksama.roll.refusals import NotARollFile
from saksama.roll.source import Source


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a workbook."""

    sheets: tuple[RawSheet, ...]
    rows: int
    base_1904: bool


def open_workbook(source: Source, beat: Callable[[], None] | None) -> Workbook:
    """The workbook in `source`."""
    del beat
    raise NotARollFile(_("Berkas {name} belum dapat dibaca.").format(name=source.name))
