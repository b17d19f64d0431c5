"""Cells cleaned for the checked roll. What is cleaned stands beside the original; what cannot be read becomes null."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import pyarrow as pa

from saksama.roll.arrow import Indices, mapped, mask_of, matches, null_where, replaced, trimmed
from saksama.roll.raw import NUMBER, Kinds

EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
_UNTIDY = r"[\s\x{A0}]{2,}|[\t\n\r\f\v\x{A0}]"
_NOTHING = r"^[-–—._*\s]*$"
_TPS = re.compile(r"\s*(?:no(?:mor)?\.?\s*)?(?:tps)?[\s.:_-]*(?:no(?:mor)?\.?[\s.:]*)?([0-9]{1,4}[A-Za-z]?)\s*", re.I)
_FLOAT = re.compile(r"\s*[0-9]{1,15}\.0\s*")
_RT = re.compile(r"\s*(?:rt|rw)?[\s.:/]*([0-9]{1,4})\s*", re.I)

# Words that officers write for the codes of Model A.
_CODES: Mapping[str, Mapping[str, str]] = {
    "jk": {
        "L": "L", "LK": "L", "LAKI": "L", "LAKILAKI": "L", "PRIA": "L", "LELAKI": "L",
        "P": "P", "PR": "P", "PEREMPUAN": "P", "WANITA": "P",
    },
    "status_kawin": {
        "B": "B", "BELUM": "B", "BELUMKAWIN": "B", "BELUMMENIKAH": "B", "BK": "B",
        "S": "S", "SUDAH": "S", "KAWIN": "S", "SUDAHKAWIN": "S", "MENIKAH": "S", "K": "S", "SUDAHMENIKAH": "S",
        "KAWINTERCATAT": "S", "KAWINBELUMTERCATAT": "S",
        "P": "P", "PERNAH": "P", "PERNAHKAWIN": "P", "PERNAHMENIKAH": "P", "CERAI": "P", "CERAIHIDUP": "P",
        "CERAIMATI": "P", "JANDA": "P", "DUDA": "P", "CERAIHIDUPTERCATAT": "P", "CERAIHIDUPBELUMTERCATAT": "P",
    },
    "ktp_el": {"S": "S", "SUDAH": "S", "ADA": "S", "YA": "S", "B": "B", "BELUM": "B", "TIDAK": "B", "BELUMADA": "B"},
    "disabilitas": {
        "1": "1", "FISIK": "1", "TUNADAKSA": "1", "2": "2", "INTELEKTUAL": "2", "3": "3", "MENTAL": "3",
        "4": "4", "SENSORIKWICARA": "4", "WICARA": "4", "TUNAWICARA": "4",
        "5": "5", "SENSORIKRUNGU": "5", "RUNGU": "5", "TUNARUNGU": "5",
        "6": "6", "SENSORIKNETRA": "6", "NETRA": "6", "TUNANETRA": "6",
        "0": "", "TIDAK": "", "TIDAKADA": "", "NORMAL": "", "NON": "",
    },
}  # fmt: skip


def tidy(column: pa.StringArray) -> pa.StringArray:
    """Text without white space at the ends and doubled inside; null where nothing, or only dashes, is left."""
    clean = trimmed(column)
    if matches(clean, _UNTIDY).any():
        clean = trimmed(replaced(clean, r"[\s\x{A0}]+", " "))
    return null_where(clean, matches(clean, _NOTHING))


def coded(column: pa.StringArray, kinds: Kinds | None, name: str) -> tuple[pa.StringArray, dict[str, Indices]]:
    """A column of codes of Model A; null with the fault "kode_tak_dikenal" where the cell is none."""
    codes = _CODES[name]

    def read(text: str, kind: int) -> tuple[str | None, str]:
        word = _word(whole_number(text, kind))
        if not word:
            return None, ""
        if word in codes:
            return codes[word] or None, ""
        several = re.split(r"[,;/&+ ]+", text.strip())
        if name == "disabilitas" and all(part in set("123456") for part in several):
            return ",".join(several), ""  # more than one disability
        return None, "kode_tak_dikenal"

    return mapped(column, kinds, read)


def is_code(name: str, text: str) -> bool:
    """Whether `text` is a code of the column `name` in any spelling."""
    return _word(text) in _CODES[name]


def _word(text: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "", text.upper())


def small_number(column: pa.StringArray, kinds: Kinds | None, name: str) -> tuple[pa.StringArray, dict[str, Indices]]:
    """RT, RW or TPS as its digits, zeros kept; other text stays as it is with the fault "angka_berisi_teks"."""
    pattern = _TPS if name == "tps" else _RT

    def read(text: str, kind: int) -> tuple[str | None, str]:
        plain = " ".join(whole_number(text, kind).split())
        if not any(c.isalnum() for c in plain):
            return None, ""
        found = pattern.fullmatch(plain)
        return (found.group(1).upper(), "") if found else (plain, "angka_berisi_teks")

    return mapped(column, kinds, read)


def whole_number(text: str, kind: int) -> str:
    """`text`, or where it is a number such as `1.0` (pandas writes that also as text) the whole number meant."""
    if kind != NUMBER and not _FLOAT.fullmatch(text):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    whole = number.is_finite() and number.adjusted() < 30 and number == number.to_integral_value()
    return str(int(number)) if whole else text


def without_errors(column: pa.StringArray) -> tuple[pa.StringArray, Indices]:
    """`column` with null for Excel's error values, and the rows of these."""
    if not matches(column, r"^#[A-Z]").any():
        return column, no_rows()
    from_errors = mask_of(pa.array([value in EXCEL_ERRORS for value in column.to_pylist()]))
    return null_where(column, from_errors), from_errors.nonzero()[0]


def no_rows() -> Indices:
    """No rows."""
    return mask_of(pa.array([], pa.bool_())).nonzero()[0]
