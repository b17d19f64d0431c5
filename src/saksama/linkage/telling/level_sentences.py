"""What a level of a comparison means and what its weight says: one plain sentence, Indonesian and English.

An officer's page compares values (`explanation`, `sentences`); a run folder holds none, so here the levels speak.
"""

from collections.abc import Mapping
from types import MappingProxyType

from saksama.linkage.telling.sentences import NAMES
from saksama.model.record import Element

Both = tuple[str, str]  # Indonesian, English
PLACE: Both = ("Keluarga dan tempat tinggal", "Family card and place of living")
# {name} stands for the element's own name.
LEVELS: Mapping[str, Mapping[str, Both]] = MappingProxyType(
    {
        "name": {
            "same": ("{name} sama", "{name} is the same"),
            "spelling": (
                "{name} sama kecuali ejaan, singkatan, urutan atau sambungan kata",
                "{name} is the same but for spelling, abbreviation, order or joining of words",
            ),
            "mistyped": (
                "{name} mirip: ada kata yang salah ketik atau hanya huruf awal",
                "{name} is alike: a word is mistyped or an initial",
            ),
            "shorter": (
                "semua kata {name} yang pendek ada di yang panjang",
                "every word of the shorter {name} stands in the longer",
            ),
            "shorter_mistyped": (
                "kata-kata {name} yang pendek ada di yang panjang, dengan salah ketik",
                "the words of the shorter {name} stand in the longer, mistyped",
            ),
            "partly": ("hanya sebagian kata {name} sama", "only some words of {name} are the same"),
            "other": ("{name} berbeda", "{name} differs"),
        },
        "date": {
            "same": ("{name} sama", "{name} is the same"),
            "day_month_swapped": (
                "{name} sama bila hari dan bulan ditukar",
                "{name} is the same with day and month swapped",
            ),
            "one_digit": ("{name} berbeda satu angka", "{name} differs in one digit"),
            "same_day_month": (
                "{name}: hari dan bulan sama, tahun berbeda",
                "{name}: day and month are the same, the year differs",
            ),
            "two_parts": (
                "{name}: tahun sama, dan hari atau bulan sama",
                "{name}: the year is the same, and day or month",
            ),
            "same_year": ("{name}: hanya tahunnya sama", "{name}: only the year is the same"),
            "other": ("{name} berbeda", "{name} differs"),
            "same_in_number": (
                "{name} berbeda, tetapi tanggal di dalam kedua NIK sama",
                "{name} differs, but the dates inside both NIK are the same",
            ),
        },
        "person_number": {
            "same": ("{name} sama", "{name} is the same"),
            "slip": (
                "{name} berbeda satu angka di kode wilayah atau tanggalnya",
                "{name} differs in one digit of its region code or date",
            ),
            "serial_slip": (
                "{name} berbeda satu angka di nomor urutnya",
                "{name} differs in one digit of its serial",
            ),
            "serial_next": (
                "{name} hanya berbeda nomor urut yang berdekatan, seperti pada saudara kembar",
                "{name} differs only by a close serial, as with twins",
            ),
            "serial_other": (
                "{name} sama kecuali nomor urutnya",
                "{name} is the same but for the serial",
            ),
            "reissued": (
                "tanggal dan nomor urut dalam {name} sama, kode wilayah berbeda",
                "date and serial inside {name} are the same, the region codes differ",
            ),
            "date_rewritten": (
                "kode wilayah dan nomor urut {name} sama, tanggal di dalamnya berbeda",
                "region code and serial of {name} are the same, the dates inside differ",
            ),
            "same_region": ("hanya kode wilayah {name} sama", "only the region code of {name} is the same"),
            "other": ("{name} berbeda", "{name} differs"),
        },
        "place": {
            "household": ("satu kartu keluarga", "one family card"),
            "lane": ("satu RT/RW di satu desa atau kelurahan", "one RT/RW in one village"),
            "village": ("satu desa atau kelurahan", "one village"),
            "district": ("satu kecamatan, desa berbeda", "one kecamatan, other villages"),
            "regency": ("satu kabupaten/kota, kecamatan berbeda", "one kabupaten/kota, other kecamatan"),
            "province": ("satu provinsi, kabupaten/kota berbeda", "one province, other kabupaten/kota"),
            "elsewhere": ("provinsi berbeda", "other provinces"),
        },
        "text": {
            "same": ("{name} sama", "{name} is the same"),
            "one_edit": ("{name} berbeda satu huruf", "{name} differs in one letter"),
            "alike": ("{name} mirip", "{name} is alike"),
            "other": ("{name} berbeda", "{name} differs"),
        },
        "code": {
            "same": ("{name} sama", "{name} is the same"),
            "other": ("{name} berbeda", "{name} differs"),
        },
    }
)
_BLANK: Both = ("{name} kosong pada salah satu atau kedua baris", "{name} is blank on one or both lines")
_UNNAMED: Both = ("{name}: {level}", "{name}: {level}")  # of a run by a later version
_NO_WEIGHT: Both = ("{said}: tidak berbobot.", "{said}: no weight.")
_FOR: Both = (
    "{said}: {times} kali lebih lazim pada dua baris milik satu orang daripada pada dua orang.",
    "{said}: {times} times as common in two lines of one person as in two people.",
)
_AGAINST: Both = (
    "{said}: {times} kali lebih jarang pada dua baris milik satu orang daripada pada dua orang.",
    "{said}: {times} times as rare in two lines of one person as in two people.",
)
_NEITHER: Both = ("{said}: hampir tidak menambah atau mengurangi.", "{said}: says next to nothing either way.")
_NOTHING = 0.14  # bits: one tenth more or less common


def name_of(comparison: str, kind: str) -> Both:
    """How a comparison is called: an element of the roll by its name, any other as its plan calls it."""
    if kind == "place":
        return PLACE
    try:
        return NAMES[Element(comparison)]
    except ValueError:
        plain = comparison.replace("_", " ").capitalize()
        return plain, plain


def fact(comparison: str, kind: str, level: str) -> Both:
    """What a level means, without its weight: "Nama sama", "Name is the same"."""
    texts = _BLANK if level == "blank" else LEVELS[kind].get(level, _UNNAMED)
    one, two = (
        _capital(text.format(name=_within(text, name), level=level))
        for text, name in zip(texts, name_of(comparison, kind), strict=True)
    )
    return one, two


def weighed(said: Both, level: str, bits: float) -> Both:
    """The sentence of a fact with its weight in "times as common"."""
    weight = _NO_WEIGHT if level == "blank" else _NEITHER if abs(bits) < _NOTHING else _FOR if bits > 0 else _AGAINST
    return (
        weight[0].format(said=said[0], times=times(bits, english=False)),
        weight[1].format(said=said[1], times=times(bits, english=True)),
    )


def times(bits: float, *, english: bool) -> str:
    """2 to the power of |bits|, to two figures, in words from a million on."""
    value = 2.0 ** min(abs(bits), 200)
    for size, words in ((1e12, ("triliun", "trillion")), (1e9, ("miliar", "billion")), (1e6, ("juta", "million"))):
        if value >= size:
            return f"{_figures(value / size, english=english)} {words[english]}" if value < 1e15 else _BEYOND[english]
    return _figures(value, english=english)


_BEYOND = ("lebih dari seribu triliun", "over a thousand trillion")


def _figures(value: float, *, english: bool) -> str:
    text = f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{float(f'{value:.2g}'):,.0f}"
    return text if english else text.translate(str.maketrans(",.", ".,"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _within(text: str, name: str) -> str:
    """A name as it stands in a text: small inside a sentence, but for NIK and such."""
    if text.startswith("{name}") or name[1:2].isupper():
        return name
    return name[:1].lower() + name[1:]
