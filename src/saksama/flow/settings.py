"""`saksama.toml`: what an office is. Read whole, refused whole, with the key and the mend in the message."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from saksama.casework.classes import SCHEMES as CLASS_SCHEMES
from saksama.flow.folders import write_whole
from saksama.model.entry import ORIGIN
from saksama.model.errors import BadInput
from saksama.model.texts import _
from saksama.model.tms import SCHEMES as TMS_SCHEMES
from saksama.model.wilayah import MalformedWilayah, Wilayah

FILE = "saksama.toml"
LOG_KEY = "log.skey.sealed"  # in the keys folder
_TEMPLATE = """\
# Kantor ini. Penjelasan setiap baris: docs/formats/saksama-toml.md
[office]
name = {name}
wilayah = {wilayah}

[rules]                  # berversi menurut aturan; ganti hanya dengan keputusan KPU
class_scheme = "2018"    # kelas K1-K4
tms_scheme = "2024"      # kode TMS

[ledger]
origin = {origin}

[keys]
folder = "keys"          # boleh di media lain: "/media/kunci/sleman"
passphrase = false       # true: sandi diminta lewat SAKSAMA_PASSPHRASE
"""


class BadSettings(BadInput):
    """`saksama.toml` is missing or says something it cannot."""


@dataclass(frozen=True, slots=True)
class OfficeSettings:
    """What `saksama.toml` says."""

    name: str
    wilayah: Wilayah
    class_scheme: str
    tms_scheme: str
    origin: str
    keys_folder: Path
    passphrase: bool
    database: str = ""  # of the ledger's index and queue: a PostgreSQL address, or empty for SQLite in `ledger/`


def write_settings(folder: Path, *, name: str, wilayah: Wilayah, passphrase: bool = False, database: str = "") -> None:
    """Write the first `saksama.toml` of an office."""
    text = _TEMPLATE.format(
        name=json.dumps(name, ensure_ascii=False),  # a JSON string is a TOML basic string
        wilayah=json.dumps(wilayah.code),
        origin=json.dumps(f"saksama/{wilayah.code}"),
    )
    if passphrase:
        text = text.replace("passphrase = false", "passphrase = true ")
    if database:
        text = text.replace("\n\n[keys]", f"\ndatabase = {json.dumps(database)}\n\n[keys]")
    write_whole(folder / FILE, text.encode(), mode=0o644)


def read_settings(folder: Path) -> OfficeSettings:
    """The settings of the office in `folder`; raises BadSettings naming the key and the mend."""
    path = folder / FILE
    if not path.is_file():
        raise BadSettings(
            _(
                "{folder} bukan kantor Saksama. Buat dengan: saksama office init {folder} --wilayah 34.04 --name …"
            ).format(folder=folder)
        )
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadSettings(_("{path}: bukan TOML yang sah: {fault}").format(path=path, fault=fault)) from fault
    _require_known(path, document)
    return OfficeSettings(
        name=_text(path, document, "office", "name"),
        wilayah=_wilayah(path, document),
        class_scheme=_one_of(path, document, "rules", "class_scheme", CLASS_SCHEMES),
        tms_scheme=_one_of(path, document, "rules", "tms_scheme", TMS_SCHEMES),
        origin=_origin(path, document),
        keys_folder=folder / _text(path, document, "keys", "folder"),
        passphrase=_truth(path, document, "keys", "passphrase"),
        database=checked_database(path, document["ledger"].get("database", "")),
    )


_KNOWN = {
    "office": {"name", "wilayah"},
    "rules": {"class_scheme", "tms_scheme"},
    "ledger": {"origin", "database"},
    "keys": {"folder", "passphrase"},
}


def _require_known(path: Path, document: Mapping[str, object]) -> None:
    for table, keys in _KNOWN.items():
        if not isinstance(document.get(table), dict):
            raise BadSettings(_("{path}: bagian [{table}] tidak ada.").format(path=path, table=table))
        unknown = set(document[table]) - keys  # type: ignore[call-overload]  # a dict by the line above
        if unknown:
            raise BadSettings(
                _("{path}: [{table}] tidak mengenal {unknown}; yang dikenal: {known}.").format(
                    path=path, table=table, unknown=", ".join(sorted(unknown)), known=", ".join(sorted(keys))
                )
            )
    strangers = set(document) - set(_KNOWN)
    if strangers:
        raise BadSettings(_("{path}: bagian tidak dikenal: {names}.").format(path=path, names=", ".join(strangers)))


def _text(path: Path, document: Mapping[str, Mapping[str, object]], table: str, key: str) -> str:
    value = document[table].get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadSettings(_("{path}: [{table}] {key} harus berisi teks.").format(path=path, table=table, key=key))
    return value


def _wilayah(path: Path, document: Mapping[str, Mapping[str, object]]) -> Wilayah:
    try:
        return Wilayah(_text(path, document, "office", "wilayah"))
    except MalformedWilayah as fault:
        raise BadSettings(_("{path}: [office] wilayah: {fault}").format(path=path, fault=fault)) from fault


def _truth(path: Path, document: Mapping[str, Mapping[str, object]], table: str, key: str) -> bool:
    value = document[table].get(key, False)
    if not isinstance(value, bool):
        raise BadSettings(_("{path}: [{table}] {key} harus true atau false.").format(path=path, table=table, key=key))
    return value


def _one_of(
    path: Path, document: Mapping[str, Mapping[str, object]], table: str, key: str, known: Mapping[str, object]
) -> str:
    value = _text(path, document, table, key)
    if value not in known:
        raise BadSettings(
            _("{path}: [{table}] {key} harus salah satu dari {known}.").format(
                path=path, table=table, key=key, known=", ".join(known)
            )
        )
    return value


def _origin(path: Path, document: Mapping[str, Mapping[str, object]]) -> str:
    value = _text(path, document, "ledger", "origin")
    if not ORIGIN(value):
        raise BadSettings(
            _(
                "{path}: [ledger] origin harus seperti saksama/34.04: huruf kecil, angka, titik, tanda hubung, /."
            ).format(path=path)
        )
    return value


def checked_database(path: Path, value: object) -> str:
    """The address of the ledger's database as the file at `path` may say it; raises BadSettings."""
    if not isinstance(value, str) or (value and not value.startswith(("postgresql://", "postgres://"))):
        raise BadSettings(
            _("{path}: [ledger] database harus seperti postgresql:///kpu_sleman, atau tidak ditulis.").format(path=path)
        )
    if urlsplit(value).password:
        # The file is copied and mailed; libpq reads passwords from ~/.pgpass, or needs none on the same machine.
        raise BadSettings(
            _("{path}: [ledger] database memuat sandi. Simpan sandinya di ~/.pgpass, bukan di sini.").format(path=path)
        )
    return value
