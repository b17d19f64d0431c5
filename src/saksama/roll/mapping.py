"""The mapping file MAP.toml: which column holds which element, written by the operator where names are unknown.

Its format is specified in docs/formats/mapping.md.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from saksama.model.roll import COLUMNS
from saksama.model.texts import _
from saksama.roll.refusals import BadMapping
from saksama.roll.schema import BIRTH, FIELDS, PLACES, RT_RW

LARGEST = 64 * 1024  # bytes; a mapping has some twenty lines
DAY_FIRST, MONTH_FIRST = "hari-bulan-tahun", "bulan-hari-tahun"
_FIXED = ("tps", *PLACES)
_CODE = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What the operator says of a file. `columns` maps a field to a label, or to the column's number from 1."""

    columns: Mapping[str, str | int]
    fixed: Mapping[str, str] = field(default_factory=dict)
    header_row: int | None = None  # the row of the labels, from 1; 0: none; None: look for it
    date_order: str = ""  # DAY_FIRST, MONTH_FIRST, or "" for finding out
    delimiter: str = ""


def load_mapping(path: Path) -> ColumnMapping:
    """The mapping in `path`; raises BadMapping with the line and how to mend it."""
    name = path.name
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1).decode("utf-8-sig")
        if len(text) > LARGEST:
            raise BadMapping(_("Berkas pemetaan {name} terlalu besar; batasnya 64 KB.").format(name=name))
        parsed = tomllib.loads(text)
    except OSError as fault:
        raise BadMapping(
            _("Berkas pemetaan {name} tidak dapat dibaca; periksa nama, folder, dan hak bacanya.").format(name=name)
        ) from fault
    except UnicodeDecodeError as fault:
        raise BadMapping(_("Berkas pemetaan {name} harus teks UTF-8.").format(name=name)) from fault
    except tomllib.TOMLDecodeError as fault:
        where = re.search(r"at line ([0-9]+)", str(fault))
        raise BadMapping(
            _('Berkas pemetaan {name}, baris {line}: bukan TOML yang sah; tulis seperti nik = "NIK".').format(
                name=name, line=where.group(1) if where else "?"
            )
        ) from None
    return _Reading(name, text).mapping(parsed)


@dataclass(frozen=True, slots=True)
class _Reading:
    name: str
    text: str

    def mapping(self, parsed: dict[str, object]) -> ColumnMapping:
        for key in parsed:
            if key not in ("kolom", "tetap", "berkas"):
                raise self.fault(key, _("bagian tidak dikenal; yang ada [kolom], [tetap], [berkas]"))
        columns, fixed, about = (self.section(parsed, part) for part in ("kolom", "tetap", "berkas"))
        return ColumnMapping(
            columns=self.columns(columns),
            fixed=self.fixed(fixed),
            header_row=self.header_row(about),
            date_order=self.choice(about, "urutan_tanggal", (DAY_FIRST, MONTH_FIRST)),
            delimiter=self.choice(about, "pemisah", (",", ";", "\t")),
        )

    def section(self, parsed: dict[str, object], part: str) -> dict[str, object]:
        value = parsed.get(part, {})
        if not isinstance(value, dict):
            raise self.fault(part, _("harus bagian [{part}]").format(part=part))
        return value

    def columns(self, section: dict[str, object]) -> dict[str, str | int]:
        columns: dict[str, str | int] = {}
        for key, value in section.items():
            if key not in FIELDS:
                raise self.fault(key, _("kolom tidak dikenal; yang ada: {known}").format(known=", ".join(FIELDS)))
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise self.fault(key, _('isi dengan judul kolom atau nomornya, misalnya "NIK" atau 3'))
            if value == "":
                continue  # left empty in the suggested file: the column is not there
            if isinstance(value, int) and not 1 <= value <= 256:
                raise self.fault(key, _("nomor kolom dihitung dari 1 sampai 256"))
            if value in columns.values():
                raise self.fault(key, _("kolom yang sama sudah dipakai di baris lain"))
            columns[key] = value
        self.require_enough(columns)
        return columns

    def require_enough(self, columns: Mapping[str, str | int]) -> None:
        if "nama" not in columns or len(columns) < 2:
            raise self.fault("kolom", _("petakan sedikitnya nama dan satu kolom lain"))
        for joined, parts in ((BIRTH, ("tempat_lahir", "tgl_lahir")), (RT_RW, ("rt", "rw"))):
            both = joined in columns and any(part in columns for part in parts)
            if both:
                raise self.fault(joined, _("tidak boleh bersama {parts}").format(parts=", ".join(parts)))

    def fixed(self, section: dict[str, object]) -> dict[str, str]:
        for key, value in section.items():
            if key not in _FIXED or key not in COLUMNS:
                raise self.fault(key, _("yang dapat ditetapkan: {known}").format(known=", ".join(_FIXED)))
            if not isinstance(value, str) or not value:
                raise self.fault(key, _('tulis sebagai teks, misalnya "34.04"'))
            if key in PLACES and (not _CODE.fullmatch(value) or value.count(".") != PLACES.index(key)):
                raise self.fault(key, _("tulis kode lengkap bertitik, misalnya 34.04 atau 34.04.07.2001"))
        return {key: str(value) for key, value in section.items()}

    def header_row(self, about: dict[str, object]) -> int | None:
        for key in about:
            if key not in ("baris_judul", "urutan_tanggal", "pemisah"):
                raise self.fault(key, _("yang ada: baris_judul, urutan_tanggal, pemisah"))
        row = about.get("baris_judul")
        if row is None:
            return None
        if isinstance(row, bool) or not isinstance(row, int) or not 0 <= row <= 60:
            raise self.fault("baris_judul", _("nomor baris judul dari 1 sampai 60, atau 0 bila tanpa judul"))
        return row

    def choice(self, about: dict[str, object], key: str, allowed: tuple[str, ...]) -> str:
        value = about.get(key, "")
        if value == "" or (isinstance(value, str) and value in allowed):
            return str(value)
        raise self.fault(key, _("pilih salah satu: {known}").format(known=", ".join(map(repr, allowed))))

    def fault(self, key: str, mend: str) -> BadMapping:
        found = re.search(rf"^\s*\[?\"?{re.escape(key)}\b", self.text, re.M)
        line = self.text.count("\n", 0, found.end()) + 1 if found else 1
        return BadMapping(
            _("Berkas pemetaan {name}, baris {line}, {key}: {mend}.").format(
                name=self.name, line=line, key=key, mend=mend
            )
        )


def suggest(labels: list[str], guesses: Mapping[str, str | int], *, headless: bool) -> str:
    """The text of a mapping file for columns `labels`, with `guesses` filled in and the rest left empty."""
    lines = [
        "# Pemetaan kolom Saksama: tulis judul kolom persis seperti di berkas, atau nomor kolom (1 = paling kiri).",
        '# Biarkan kosong ("") bila kolom itu tidak ada. Kolom yang terlihat di berkas:',
        *(f"#   {number}. {_comment(label)}" for number, label in enumerate(labels, 1)),
        "",
        "[berkas]",
        "baris_judul = 0   # berkas tanpa judul" if headless else "# baris_judul = 1   # 0 bila berkas tanpa judul",
        '# urutan_tanggal = "hari-bulan-tahun"',
        "",
        "[kolom]",
    ]
    unused = {BIRTH, RT_RW} - set(guesses)
    lines += [f"{'# ' if name in unused else ''}{name} = {_toml(guesses.get(name, ''))}" for name in FIELDS]
    lines += ["", "[tetap]", '# kd_kel = "34.04.07.2001"   # bila seluruh berkas satu desa', '# tps = "001"', ""]
    return "\n".join(lines)


def _comment(label: str) -> str:
    return "".join(c if c.isprintable() else " " for c in label)[:80]


def _toml(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = "".join(
        {"\\": "\\\\", '"': '\\"'}.get(c, c) if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else "?"
        for c in value
    )
    return f'"{escaped}"'
