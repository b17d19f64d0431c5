"""Addresses: hamlets by the word each region uses for them, streets in towns."""

from functools import cache
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from saksama.roll.sample.chance import Ints
from saksama.roll.sample.people import People
from saksama.roll.sample.places import Places

Column: TypeAlias = "pa.Array[Any]"
_STREETS = (
    "MERDEKA", "SUDIRMAN", "DIPONEGORO", "AHMAD YANI", "GATOT SUBROTO", "KARTINI", "PAHLAWAN", "PEMUDA", "VETERAN",
    "IMAM BONJOL", "HASANUDDIN", "PATTIMURA", "TEUKU UMAR", "CUT NYAK DIEN", "RA KARTINI", "MAWAR", "MELATI",
    "ANGGREK", "KENANGA", "CEMPAKA", "FLAMBOYAN", "DAHLIA", "KAMBOJA", "MANGGIS", "RAMBUTAN", "DURIAN", "NANGKA",
    "MANGGA", "JAMBU", "CENDANA", "JATI", "MAHONI", "KELAPA", "PINANG", "BERINGIN", "GARUDA", "RAJAWALI", "MERPATI",
    "CENDRAWASIH", "KUTILANG", "NURI", "MERAPI", "SEMERU", "RINJANI", "KERINCI", "MUSI", "KAPUAS", "MAHAKAM",
    "BARITO", "BRANTAS", "CILIWUNG", "SERAYU", "PASAR BARU", "PASAR LAMA", "MASJID", "MASJID RAYA", "GEREJA",
    "SEKOLAH", "PUSKESMAS", "STASIUN", "TERMINAL", "PELABUHAN", "INDUSTRI", "PERINTIS", "KEMAKMURAN", "PEMBANGUNAN",
    "PERJUANGAN", "GOTONG ROYONG", "HARAPAN", "MULIA", "SEJAHTERA", "BAHAGIA", "DAMAI", "RAYA TIMUR", "RAYA BARAT",
    "LINGKAR SELATAN", "LINGKAR UTARA", "SILIWANGI", "PAJAJARAN", "MAJAPAHIT", "SRIWIJAYA", "GAJAH MADA",
    "HAYAM WURUK", "PERUM GRIYA ASRI", "PERUM BUKIT INDAH", "PERUM TAMAN SARI", "ASRAMA", "KEBON JERUK",
    "KEBON KELAPA", "SAWAH LUNTO", "BATU MERAH", "TANJUNG",
)  # fmt: skip
_HAMLETS = (
    "KRAJAN", "TENGAH", "LOR", "KIDUL", "WETAN", "KULON", "SUKAMAJU", "SUKAMULYA", "SUKASARI", "SUKAJAYA",
    "MEKARSARI", "MEKARJAYA", "MARGA MULYA", "SIDOMULYO", "SIDODADI", "SIDOREJO", "REJOSARI", "KARANGANYAR",
    "KARANG TENGAH", "KARANGSARI", "SUMBERSARI", "SUMBEREJO", "TEGALSARI", "TEGALREJO", "BANDUNGREJO", "WONOSARI",
    "WONOREJO", "PURWOSARI", "PURWODADI", "BANGUNREJO", "MULYOREJO", "TANJUNG SARI", "PASIR PUTIH", "BATU TULIS",
    "KOTO TUO", "KAMPUNG BARU", "KAMPUNG TENGAH", "KAMPUNG DALAM", "SEI BATANG", "PADANG PANJANG", "TANAH MERAH",
    "SUNGAI RAYA", "MUARA", "HULU", "HILIR", "KALIWUNGU", "NGEMPLAK", "NGABEAN", "JETIS", "GAMBIRAN", "KAUMAN",
    "PANDEAN", "PLOSO", "BENDUNGAN", "PANGGANG", "PUCUNG", "SEMBUNGAN", "CIBODAS", "CIKUPA", "CILAME", "CIPARAY",
    "BABAKAN", "PASIRIPIS", "LEUWILIANG", "KEBON KOPI", "RAWA BUNGA", "PULO", "TEGAL", "KELOD", "KAJA", "DELOD PEKEN",
    "BATAN BUAH", "PANDE", "DANGIN TUKAD", "LABUAN", "TANJUNG KARANG", "LABUAPI", "OELAMASI", "WAE RII", "ONEKORE",
    "BUNGO", "SIMPANG", "SATU", "DUA", "TIGA", "EMPAT", "I", "II", "III", "IV", "V", "MUTIARA", "CAHAYA", "HARAPAN",
    "MAKMUR", "DAMAI", "BAHAGIA", "SEPAKAT",
)  # fmt: skip
_TOWN = ("JL. {}", "JLN {}", "GG. {}", "JALAN {}", "{}")
# The word for a hamlet, by province; DUSUN elsewhere.
_HAMLET_WORDS = {
    "11": "DUSUN", "12": "DUSUN", "13": "JORONG", "31": "JL.", "32": "KP.", "33": "DUKUH", "34": "DUSUN",
    "35": "DUSUN", "36": "KP.", "51": "BR.", "64": "RT", "71": "JAGA", "73": "LINGKUNGAN", "91": "KAMPUNG",
    "92": "KAMPUNG", "93": "KAMPUNG", "94": "KAMPUNG", "95": "KAMPUNG", "96": "KAMPUNG",
}  # fmt: skip
_WORDS = tuple(dict.fromkeys([*_HAMLET_WORDS.values(), "DUSUN"]))
_TOWN_COUNT = len(_TOWN) * len(_STREETS)


@cache
def _vocabulary() -> Column:
    town = [form.format(street) for form in _TOWN for street in _STREETS]
    return pa.array(town + [f"{word} {name}" for word in _WORDS for name in _HAMLETS])


@cache
def _hamlet_word(places: Places) -> Ints:
    """For each village its word's number, -1 where houses stand on streets."""
    words = [-1 if code[9] == "1" else _WORDS.index(_HAMLET_WORDS.get(code[:2], "DUSUN")) for code in places.villages]
    return np.asarray(words, dtype=np.int64)


def as_text(places: Places, people: People) -> Column:
    """The address line of each person; never blank."""
    word = _hamlet_word(places)[people["village"]]
    street = people["street"].astype(np.int64)
    in_town = (word < 0) | (street % 100 < 8)
    hamlet = _TOWN_COUNT + np.maximum(word, 0) * len(_HAMLETS) + street // 100 % len(_HAMLETS)
    line = _vocabulary().take(np.where(in_town, street // 100 % _TOWN_COUNT, hamlet))
    joined: Any = pc.binary_join_element_wise  # the stubs know no column and word mixed
    house = joined("NO.", pa.array(people["house"]).cast(pa.string()), " ")
    house = pc.if_else(pa.array(in_town & (people["house"] > 0)), house, pa.scalar(None, pa.string()))
    return cast(Column, joined(line, house, " ", null_handling="skip"))
