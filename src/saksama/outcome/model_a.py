"""Form Model A-Daftar Pemilih: the columns of a roll as KPU's form orders them, all text.

The thirteen elements come first in the form's order, then where the line stands. Intake knows every one of these
headings, so the next roll can be taken in again.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from saksama.model.roll import ORIGINAL_SUFFIX

HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "nkk": "NKK",
        "nik": "NIK",
        "nama": "NAMA",
        "tempat_lahir": "TEMPAT LAHIR",
        "tgl_lahir": "TANGGAL LAHIR",
        "status_kawin": "STATUS KAWIN",
        "jk": "JENIS KELAMIN",
        "alamat": "ALAMAT",
        "rt": "RT",
        "rw": "RW",
        "disabilitas": "DISABILITAS",
        "ktp_el": "STATUS KTP-EL",
        "keterangan": "KETERANGAN",
        "tps": "TPS",
        "kd_prov": "KODE PROVINSI",
        "kd_kab": "KODE KABUPATEN/KOTA",
        "kd_kec": "KODE KECAMATAN",
        "kd_kel": "KODE KELURAHAN/DESA",
    }
)
NAMED = MappingProxyType({"kd_kec": "KECAMATAN", "kd_kel": "KELURAHAN/DESA"})
MODEL_A_HEADINGS = (*HEADINGS.values(), *NAMED.values())


def model_a(table: pa.Table, *, names: Mapping[str, str]) -> pa.Table:
    """The lines of a checked table under the form's headings, all text, empty cells null.

    A value that intake could not read stands as the file had it: nothing a file said is lost on the way to the next
    roll. Dates are written `1955-07-01`, which no program takes for another day. `names` gives names of places by code.
    """
    elements = {heading: as_text(table, column) for column, heading in HEADINGS.items()}
    places = {heading: _names_of(table[column], names) for column, heading in NAMED.items()}
    return pa.table({**elements, **places})


def as_text(table: pa.Table, column: str) -> "pa.ChunkedArray[Any]":
    """A column as text: the cleaned value, or the original one where cleaning gave none."""
    cleaned = table[column].cast(pa.string())
    original = column + ORIGINAL_SUFFIX
    return pc.coalesce(cleaned, table[original]) if original in table.column_names else cleaned


def _names_of(codes: "pa.ChunkedArray[Any]", names: Mapping[str, str]) -> "pa.ChunkedArray[Any]":
    encoded = codes.combine_chunks().dictionary_encode()
    named = pa.array([names.get(str(code)) for code in encoded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([named.take(encoded.indices)], pa.string())
