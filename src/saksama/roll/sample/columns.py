"""People become columns of text, as a roll shows them."""

from functools import cache
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from saksama.model.roll import COLUMNS, LINE
from saksama.roll.sample import addresses
from saksama.roll.sample.chance import Ints
from saksama.roll.sample.names import SLOTS, names
from saksama.roll.sample.people import People, year_month_day
from saksama.roll.sample.places import Places

Column: TypeAlias = "pa.Array[Any]"
SCHEMA = pa.schema(
    [(name, pa.date32() if name == "tgl_lahir" else pa.string()) for name in COLUMNS] + [(LINE, pa.int64())]
)
_FRONT = (None, "H.", "HJ.", "DRS.")
_BACK = (None, "S.PD", "SE", "SH", "S.AG", "ST", "S.SOS", "S.KOM", "M.PD")
_REMARKS = (None, "U", "B", "PINDAH MASUK")


def as_table(places: Places, people: People) -> pa.Table:
    """The checked roll's columns and `line`; blanks are null."""
    village = people["village"].astype(np.int64)
    codes = _village_codes(places)
    columns = {
        "nik": _numbers(places, people["nik_kec"], _nik_date(people), people["serial"]),
        "nkk": _nkk(places, people),
        "nama": names_of(people),
        "tempat_lahir": _taken(_birthplaces(places), people["birthplace"]),
        "tgl_lahir": pa.array(people["shown_born"].astype("datetime64[D]")).cast(pa.date32()),
        "status_kawin": _taken(pa.array(["B", "S", "P"]), people["married"]),
        "jk": _taken(pa.array(["L", "P"]), people["woman"]),
        "alamat": addresses.as_text(places, people),
        "rt": _taken(_three_digits(), people["rt"]),
        "rw": _taken(_three_digits(), people["rw"]),
        "disabilitas": _taken(pa.array([None, *"123456"]), people["disability"]),
        "ktp_el": _taken(pa.array(["S", "B"]), people["ktp"]),
        "tps": _taken(_three_digits(), places.tps_number[people["tps"]]),
        **{f"kd_{part}": _taken(codes[part], village) for part in ("prov", "kab", "kec", "kel")},
        "keterangan": _taken(pa.array(_REMARKS), people["remark"]),
        LINE: pa.array(people["line"]),
    }
    return pa.table(columns, schema=SCHEMA)


def _taken(words: Column, at: Ints) -> Column:
    return words.take(np.ascontiguousarray(at, dtype=np.int64))


@cache
def _three_digits() -> Column:
    return pa.array([f"{number:03d}" for number in range(32_768)])


@cache
def _kecamatan_digits(kecamatan: tuple[str, ...]) -> Ints:
    return np.asarray([int(code.replace(".", "")) for code in kecamatan], dtype=np.int64)


@cache
def _birthplaces(places: Places) -> Column:
    return pa.array(places.country.birthplaces)


@cache
def _village_codes(places: Places) -> dict[str, Column]:
    lengths = {"prov": 2, "kab": 5, "kec": 8, "kel": 13}
    return {part: pa.array([code[:length] for code in places.villages]) for part, length in lengths.items()}


def _numbers(places: Places, kec: Ints, date: Ints, serial: Ints) -> Column:
    # Sixteen digits that never begin with zero: the lowest province is 11.
    whole = _kecamatan_digits(places.country.kecamatan)[kec] * 10**10 + date * 10**4 + serial
    return cast(Column, pa.array(whole).cast(pa.string()))


def _nik_date(people: People) -> Ints:
    year, month, day = year_month_day(people["nik_born"].astype(np.int64))
    return np.asarray((day + 40 * people["nik_woman"]) * 10_000 + month * 100 + year % 100, dtype=np.int64)


def _nkk(places: Places, people: People) -> Column:
    year, month, day = year_month_day(people["nkk_day"].astype(np.int64))
    whole = _numbers(places, people["nkk_kec"], day * 10_000 + month * 100 + year % 100, people["nkk_serial"])
    blank = pa.array(people["no_nkk"].astype(np.bool_))
    return cast(Column, pc.if_else(blank, pa.scalar(None, pa.string()), whole))


@cache
def _name_words() -> Column:
    return pa.array([None, *names().tokens[1:]], type=pa.string())


def names_of(people: People) -> Column:
    """Names as written, titles and all."""
    words = [_taken(_name_words(), people["tokens"][:, slot]) for slot in range(SLOTS)]
    front = people["front_title"]
    title = np.where(front == 1, 1 + people["woman"], np.where(front == 2, 3, 0))
    name = _joined([_taken(pa.array(_FRONT), title), *words], " ")
    return _joined([name, _taken(pa.array(_BACK), people["back_title"])], ", ")


def name_of(person: np.void) -> str:
    """The name of one person, as `names_of` writes it; quicker for one, slower for many."""
    front = int(person["front_title"])
    title = _FRONT[1 + int(person["woman"])] if front == 1 else _FRONT[3 if front == 2 else 0]
    name = names().text(person["tokens"])
    back = _BACK[int(person["back_title"])]
    return f"{title + ' ' if title else ''}{name}{', ' + back if back else ''}"


def _joined(parts: list[Column], mark: str) -> Column:
    joined: Any = pc.binary_join_element_wise  # the stubs know no list of columns with a mark behind
    return cast(Column, joined(*parts, mark, null_handling="skip"))
