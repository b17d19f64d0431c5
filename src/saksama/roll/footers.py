"""Lines under a list of voters: place and date, titles and names of those who sign, notes, legends, print marks.

They stand in the columns of voters and must not become voters; and no voter may be taken for one. A line with a number,
a birth date or a sex is a voter whatever its words are, and so is a name with an address that is not itself such words.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from saksama.roll.cleaning import is_code
from saksama.roll.layout import Layout

_MONTHS = (
    "januari|februari|pebruari|maret|april|mei|juni|juli|agustus|september|oktober|november|nopember|desember"
    "|jan|feb|peb|mar|apr|jun|jul|agu|agt|sep|sept|okt|nov|nop|des"
)
_DATE = re.compile(
    r"[0-9]{1,4}\s*[-/|.]\s*[0-9]{1,2}\s*[-/|.]\s*[0-9]{2,4}|[0-9]{1,2}[ -]*(?:" + _MONTHS + r")\b", re.I
)
# "Sleman, ... Mei 2026", blanks and dots made single spaces. From 2010 on: nobody born then is a voter yet.
_PLACE_AND_DATE = re.compile(
    r" ?[^\W\d_][\w '/-]{1,40} ?, ?(?:(?:tgl|tanggal|pada tanggal) )?(?:[0-9]{1,2} ?[ /-] ?)?(?:(?:"
    + _MONTHS
    + r"|[0-9]{1,2}) ?[ /-] ?)?20[1-9][0-9] ?",
    re.I,
)
# Words that are never a name.
_STRONG = re.compile(
    r"""\s*(?:\(?[0-9]{1,2}[.)]\s*)?(?:
      (?:wakil\s+)?(?:ketua|sekretaris|anggota|koordinator|kepala|lurah|camat|panitia|petugas|pantarlih|operator|divisi
        |kasubbag|komisioner|pengawas|pjs?\.|pl[ht]\.?|a\.?\s?n\.|u\.?\s?b\.)[\s,/]
        .*\b(?:pps|ppk|kpps|kpu|kip|ppdp|pemungutan|pemilih(?:an)?|desa|kelurahan|kalurahan|kecamatan|kabupaten|kota
        |provinsi|dusun|tps|data|rendatin|panwas\w*|panwaslu\w*|bawaslu|pkd)\b.*
    | (?:pps|ppk|kpps|kpu|kip|ppdp|panwaslu\w*|bawaslu|panitia\s+pemungutan\s+suara|panitia\s+pemilihan\s+kecamatan
        |komisi\s+pemilihan\s+umum)(?:\s+(?:desa|kelurahan|kalurahan|kecamatan|kabupaten|kota|provinsi)\b.*)?
    | (?:nip|nrp)\b[\s.:]*[0-9].*
    | (?:catatan|keterangan|ket|note|nb|n\.b|perhatian|legenda|sumber)\s*(?::.*|\.\s*)
    | (?:\*|\d\)|note:).*\b(?:data|daftar|dicetak|per|sesuai|termasuk|berdasarkan|wajib|harap|diisi)\b.*
    | (?:dicetak|tercetak|tanggal\s+cetak|waktu\s+cetak|printed)\b.*
    | (?:halaman|hal\.?|hlm\.?|page|lembar(?:\s+ke)?)\s*:?\s*[0-9]+(?:\s*(?:dari|/|of)\s*[0-9]+)?\s*
    | (?:model\s+a\b|formulir\s+model|form\s+a\b).*
    | [A-Z0-9]{1,2}\s*[:=]\s*[^\W\d_].*
    | (?:demikian|ditetapkan\s+(?:di|oleh|tanggal)|disahkan\s+(?:di|oleh|tanggal)|dibuat\s+(?:di|oleh)|pada\s+tanggal
        |tanda\s*tangan|yang\s+(?:membuat|menyerahkan|menerima)|berdasarkan\s|mengetahui\s*[,/:]).*
    )""",
    re.I | re.X,
)
# Words that may also be a name: they are no voter only where nothing else stands in the line.
_WEAK = re.compile(
    r"""\s*(?:\(?[0-9]{1,2}[.)]\s*)?(?:
      ketua|anggota|sekretaris|mengetahui|menyetujui|mengesahkan|disahkan|catatan|keterangan|saksi(?:-saksi)?|stempel|cap
    | (?:t\.?\s?t\.?\s?d|d\.?t\.?o)\.?|cap\s*/?\s*(?:dan\s+)?(?:ttd|tanda\s*tangan)|pantarlih|petugas|lurah|camat
    | hormat\s+kami|nama\s+(?:terang|jelas|lengkap)?|jabatan|tanggal|laki\s*-?\s*laki|perempuan
    )\s*[.,:;]*\s*|\s*\(.*\)\s*""",
    re.I | re.X,
)
_FILL = re.compile(r"[\s.…_()*/-]*")  # dots to sign on
_SMALL = re.compile(r"\s*(?:rt|rw|tps)?[\s.:]*[0-9]{1,4}\s*", re.I)
_BLANKS = re.compile(r"[\s.…_]+")
_LONGEST = 200  # characters; what is longer is no title


def _says(text: str, *, also_weak: bool) -> bool:
    """Whether a cell holds words of a footer."""
    if not text or len(text) > _LONGEST:
        return False
    strong = _STRONG.fullmatch(text) or _is_place_and_date(text)
    return bool(strong or (also_weak and _WEAK.fullmatch(text)))


def _is_place_and_date(text: str) -> bool:
    return bool("," in text and _PLACE_AND_DATE.fullmatch(_BLANKS.sub(" ", text)))


def is_number(text: str) -> bool:
    """Whether a cell of NIK or NKK was meant as a number: more digits than letters, or masked; no words of a footer."""
    if text.count("*") >= 2 and any(c.isdigit() for c in text):
        return True
    digits, letters = sum(c in "123456789" for c in text), sum(c.isalpha() for c in text)
    return digits > 0 and digits + text.count("0") >= letters and not _says(text, also_weak=False)


def has_person(named: Mapping[str, str]) -> bool:
    """Whether a line has what only a voter has: a number, a birth date, a sex."""
    if any(is_number(named.get(name, "")) for name in ("nik", "nkk")):
        return True
    born = named.get("tgl_lahir", "")
    dated = any(c in "123456789" for c in born) and not _says(born, also_weak=False)
    return dated or is_code("jk", named.get("jk", ""))


def has_name(text: str) -> bool:
    """Whether a cell of names holds one."""
    return any(c.isalnum() for c in text) and not _says(text, also_weak=False)


@dataclass(slots=True)
class FooterBlock:
    """Follows the rows of a sheet: a name alone is a signature where it stands below words of a footer.

    `columns` are where such words stood since the last voter; `voters` whether any came before who has more than a
    name: in a roll of names alone a name below a footer is a voter.
    """

    columns: set[int] = field(default_factory=set)
    voters: bool = False

    def voter(self, *, by_name_alone: bool = False) -> None:
        """A voter came: what stood above is no block any more."""
        self.columns.clear()
        self.voters = self.voters or not by_name_alone

    def close(self) -> None:
        """A header or titles came: what follows is a list again."""
        self.columns.clear()

    def takes(self, line: list[str | None], named: Mapping[str, str], layout: Layout) -> bool:
        """Whether a line is one of a footer; then the block goes on."""
        if _is_parted_place_and_date(line, layout):
            self.columns |= _filled(line)
            return True
        if has_person(named):
            return False
        words = {at for at, cell in enumerate(line) if cell and _says(cell, also_weak=True)}
        name = named.get("nama", "")
        besides = self._besides(named, layout, words)
        no_name = not has_name(name) or _says(name, also_weak=True)
        if _says(name, also_weak=False) or (words and not besides and no_name):
            self.columns |= words
            return True
        titled = words - {layout.fields.get(about) for about in ("alamat", "tempat_lahir", "keterangan")}
        return self.voters and bool(self.columns or titled) and not besides

    def _besides(self, named: Mapping[str, str], layout: Layout, words: set[int]) -> bool:
        """Whether the line has, besides a name, an element of a voter that is no word of the footer or below one."""
        coded = any(is_code(name, named.get(name, "")) for name in ("status_kawin", "ktp_el", "disabilitas"))
        numbered = any(_SMALL.fullmatch(named.get(name, "")) for name in ("rt", "rw", "tps"))
        placed = any(re.fullmatch(r"\s*[0-9.]{2,}\s*", named.get(name, "")) for name in ("kd_kel", "kd_kec"))
        below = words | self.columns
        texts = any(
            layout.fields.get(name, -1) not in below and not _FILL.fullmatch(named.get(name, ""))
            for name in ("alamat", "tempat_lahir")
        )
        return coded or numbered or placed or texts


def _filled(line: list[str | None]) -> set[int]:
    return {at for at, cell in enumerate(line) if cell and cell.strip()}


def _is_parted_place_and_date(line: list[str | None], layout: Layout) -> bool:
    """ "Sleman" and "12 Mei 2026" in two cells, as an unquoted comma parts them; never a name and a birth date."""
    filled = sorted(_filled(line))
    if len(filled) != 2:
        return False
    place, day = ((line[at] or "").strip() for at in filled)
    parted = filled[1] == filled[0] + 1 and filled[1] != layout.fields.get("tgl_lahir")
    if not parted and not place.endswith(","):
        return False
    return bool(len(day) <= 40 and _DATE.match(day) and _is_place_and_date(f"{place.rstrip(',')[:60]}, {day}"))
