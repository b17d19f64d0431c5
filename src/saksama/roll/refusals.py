"""Why a roll file is not taken in. Each text is one sentence that says what is wrong and how to mend it."""

from saksama.model.errors import BadInput
from saksama.model.texts import _


class EmptyRoll(BadInput):
    """The file has no line of a voter."""


class NotARollFile(BadInput):
    """The bytes are not of a kind that can be read, or not of the kind that the name says."""


class DamagedFile(BadInput):
    """The file is cut off or broken."""


class LockedFile(BadInput):
    """The file needs a password."""


class TooBig(BadInput):
    """A line, cell, sheet or packed file is beyond every honest roll."""


class UnsafeWorkbook(BadInput):
    """The workbook can compute or fetch: formulas, macros, external links."""


class BadMapping(BadInput):
    """The mapping file is at fault."""


class UnknownLayout(BadInput):
    """The columns were not recognised.

    `seen` are the labels found, or descriptions such as "16 angka" where the file has no header (its cells may be
    voters' data, so they are never shown); `suggested_toml` is the text of the mapping file to write, pre-filled.
    """

    def __init__(self, sentence: str, *, seen: tuple[str, ...], suggested_toml: str) -> None:
        super().__init__(sentence)
        self.seen = seen
        self.suggested_toml = suggested_toml


def damaged(name: str) -> DamagedFile:
    """The refusal of a file that breaks off or does not unpack."""
    return DamagedFile(
        _("Berkas {name} terpotong atau rusak; salin ulang dari sumbernya lalu coba lagi.").format(name=name)
    )
