"""The words of the report on a run: classes, groups and bands in both languages, and how figures are written."""

from collections.abc import Mapping
from types import MappingProxyType

from saksama.linkage.telling.level_sentences import Both
from saksama.model.pair import Band
from saksama.model.texts import language

CLASSES: Mapping[str, Both] = MappingProxyType(
    {
        "person": ("satu orang", "one person"),
        "family": ("sekeluarga", "one family"),
        "twins": ("saudara kembar", "twins"),
        "one_number": ("satu NIK, dua orang", "one NIK, two people"),
        "namesakes": ("senama dan selahir", "namesakes of one birth date"),
    }
)
BANDS: Mapping[str, Both] = MappingProxyType(
    {
        Band.CERTAIN.value: ("sangat kuat", "very strong"),
        Band.PROBABLE.value: ("kuat", "strong"),
        Band.CHECK.value: ("perlu diperiksa", "to be checked"),
    }
)
GROUPINGS: Mapping[str, Both] = MappingProxyType(
    {
        "province": ("Provinsi", "Province"),
        "sex": ("Jenis kelamin", "Sex"),
        "birth_decade": ("Umur, menurut dasawarsa lahir", "Age, by decade of birth"),
        "name_tradition": ("Tradisi nama", "Name tradition"),
        "default_birthday": ("Tanggal lahir bawaan", "Default birthday"),
    }
)
GROUPS: Mapping[str, Both] = MappingProxyType(
    {
        "blank": ("kosong", "blank"),
        "small": ("kelompok di bawah 30 baris, bersama", "groups below 30 lines, together"),
        "L": ("laki-laki", "men"),
        "P": ("perempuan", "women"),
        "mononym": ("satu kata", "one word"),
        "balinese": ("Bali", "Balinese"),
        "clan": ("bermarga", "clan name"),
        "arabic": ("Arab", "Arabic"),
        "other": ("lainnya", "other"),
        "1 January": ("1 Januari", "1 January"),
        "1 July": ("1 Juli", "1 July"),
        "31 December": ("31 Desember", "31 December"),
        "15th of a month": ("tanggal 15", "15th of a month"),
        "other day": ("hari lain", "any other day"),
    }
)


_PROVINCES = (
    "11 Aceh|12 Sumatera Utara|13 Sumatera Barat|14 Riau|15 Jambi|16 Sumatera Selatan|17 Bengkulu|18 Lampung|"
    "19 Kepulauan Bangka Belitung|21 Kepulauan Riau|31 DKI Jakarta|32 Jawa Barat|33 Jawa Tengah|34 DI Yogyakarta|"
    "35 Jawa Timur|36 Banten|51 Bali|52 Nusa Tenggara Barat|53 Nusa Tenggara Timur|61 Kalimantan Barat|"
    "62 Kalimantan Tengah|63 Kalimantan Selatan|64 Kalimantan Timur|65 Kalimantan Utara|71 Sulawesi Utara|"
    "72 Sulawesi Tengah|73 Sulawesi Selatan|74 Sulawesi Tenggara|75 Gorontalo|76 Sulawesi Barat|81 Maluku|"
    "82 Maluku Utara|91 Papua|92 Papua Barat|93 Papua Selatan|94 Papua Tengah|95 Papua Pegunungan|96 Papua Barat Daya"
)
PROVINCES: Mapping[str, str] = MappingProxyType({text[:2]: text for text in _PROVINCES.split("|")})  # Kemendagri codes


def say(words: Mapping[str, Both], key: str) -> str:
    """A word of a table in the language spoken; the key itself where the table has none."""
    return words[key][language() == "en"] if key in words else key


def group_name(group: str) -> str:
    """The name of a group in the language spoken; decades as `1980-1989`, a province with its code."""
    if group.endswith("0s") and group[:-1].isdecimal():
        return f"{group[:-1]}–{group[:-2]}9"
    return PROVINCES.get(group) or say(GROUPS, group)


def count(value: float) -> str:
    """A whole number as the language writes it: 1.090.578."""
    return _local(f"{round(value):,}")


def figure(value: float, places: int = 1) -> str:
    """A number with decimals as the language writes it, a true minus in front."""
    return _local(f"{value:,.{places}f}").replace("-", "−")


def estimate(value: float) -> str:
    """An expected number: whole from ten on, with one decimal below."""
    return count(value) if value >= 9.95 else figure(value)


def share(value: float) -> str:
    """A share in per cent, with as many decimals as it needs: 92,5 %; 0,013 %."""
    percent = 100 * value
    places = 1 if percent >= 1 or percent == 0 else 2 if percent >= 0.1 else 4 if percent < 0.01 else 3
    return f"{figure(percent, places)}\N{NO-BREAK SPACE}%"


def _local(text: str) -> str:
    return text if language() == "en" else text.translate(str.maketrans(",.", ".,"))
