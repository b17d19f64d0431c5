"""A wilayah: a place in the tree province > kabupaten/kota > kecamatan > desa/kelurahan, by Kemendagri code."""

import re
from dataclasses import dataclass

from saksama.model.errors import BadInput
from saksama.model.texts import _

_CODE = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")
LEVELS = ("provinsi", "kabupaten/kota", "kecamatan", "desa/kelurahan")


class MalformedWilayah(BadInput):
    """The text is no region code. The text itself is never quoted: a cell in the wrong column may hold anything."""


@dataclass(frozen=True, slots=True, order=True)
class Wilayah:
    """A region by code: `34`, `34.04`, `34.04.07` or `34.04.07.2001`. The region table says if it exists."""

    code: str

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise MalformedWilayah(_("Kode wilayah harus berbentuk seperti 34.04 atau 34.04.07.2001."))

    @property
    def level(self) -> str:
        """One of `LEVELS`."""
        return LEVELS[self.code.count(".")]

    @property
    def utc_offset_hours(self) -> int:
        """7, 8 or 9: WIB, WITA or WIT by province (Keppres 41/1987, and the provinces made since)."""
        if self.code[:2] in {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}:
            return 8
        return 9 if self.code[0] in "89" else 7

    def contains(self, other: "Wilayah") -> bool:
        """Whether `other` is this region or lies inside it."""
        return other.code == self.code or other.code.startswith(self.code + ".")

    def __str__(self) -> str:
        return self.code
