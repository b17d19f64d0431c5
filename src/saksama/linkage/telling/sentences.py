"""The sentences an officer reads beside an element: Indonesian and English, quoting no value.

The one date named is a default birthday, which thousands share and which names nobody.
"""

from collections.abc import Mapping
from types import MappingProxyType

from saksama.model.recommendation import Agreement, ElementComparison
from saksama.model.record import Element

NAMES: Mapping[Element, tuple[str, str]] = MappingProxyType(
    {
        Element.NIK: ("NIK", "NIK"),
        Element.NKK: ("NKK", "Family card number (NKK)"),
        Element.NAMA: ("Nama", "Name"),
        Element.TEMPAT_LAHIR: ("Tempat lahir", "Place of birth"),
        Element.TGL_LAHIR: ("Tanggal lahir", "Date of birth"),
        Element.JK: ("Jenis kelamin", "Sex"),
        Element.STATUS_KAWIN: ("Status kawin", "Marital status"),
        Element.ALAMAT: ("Alamat", "Address"),
        Element.RT: ("RT", "RT"),
        Element.RW: ("RW", "RW"),
        Element.DISABILITAS: ("Disabilitas", "Disability"),
    }
)
# {id}/{en} stand for the element's own name.
_TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "same": ("{name} sama.", "{name} is the same."),
        "differ": ("{name} berbeda.", "{name} differs."),
        "blank_one": ("{name} kosong pada salah satu baris.", "{name} is blank on one line."),
        "blank_both": ("{name} kosong pada kedua baris.", "{name} is blank on both lines."),
        "one_digit": ("{name} berbeda satu angka.", "{name} differs in one digit."),
        "swapped_digits": (
            "{name} sama kecuali dua angka berdampingan tertukar.",
            "{name} is the same but for two neighbouring digits swapped.",
        ),
        "digit_lost": (
            "{name} sama kecuali satu angka hilang atau berlebih.",
            "{name} is the same but for one digit missing or too many.",
        ),
        "two_digits": ("{name} berbeda dua angka.", "{name} differs in two digits."),
        "not_issued": (
            "{name} pada salah satu baris hanya berisi angka pengganti, bukan nomor.",
            "{name} on one line holds filler digits, not a number.",
        ),
        "serial_next": (
            "Dua belas angka pertama NIK sama dan nomor urutnya berdekatan; begitu pula NIK saudara kembar.",
            "The first twelve digits of the NIK are the same and the serials are close; so are those of twins.",
        ),
        "serial": (
            "Dua belas angka pertama NIK sama, nomor urutnya berbeda.",
            "The first twelve digits of the NIK are the same, the serials differ.",
        ),
        "reissued": (
            "Tanggal dan nomor urut dalam NIK sama, kode wilayahnya berbeda.",
            "Date and serial inside the NIK are the same, the region codes differ.",
        ),
        "redated": (
            "Kode wilayah dan nomor urut dalam NIK sama, tanggal di dalamnya berbeda.",
            "Region code and serial inside the NIK are the same, the dates inside differ.",
        ),
        "nkk_differ": (
            "NKK berbeda; NKK berganti bila pindah, menikah, atau pecah KK.",
            "The NKK differs; it changes with a move, a marriage, or a family card split.",
        ),
        "titles": ("Nama sama kecuali gelar atau sebutan.", "The names are the same but for titles."),
        "signs": (
            "Nama sama kecuali tanda baca atau huruf besar-kecil.",
            "The names are the same but for punctuation or capitals.",
        ),
        "old_spelling": (
            "Nama sama kecuali ejaan lama dan baru.",
            "The names are the same but for old and new spelling.",
        ),
        "spelling": (
            "Nama sama kecuali cara mengeja huruf yang bunyinya sama.",
            "The names are the same but for letters that sound alike.",
        ),
        "short_form": (
            "Nama sama kecuali singkatan yang lazim.",
            "The names are the same but for a usual abbreviation.",
        ),
        "joined": (
            "Nama sama kecuali kata yang ditulis sambung atau pisah.",
            "The names are the same but for words written joined or apart.",
        ),
        "order": (
            "Kata-kata namanya sama, urutannya berbeda.",
            "The words of the names are the same, in another order.",
        ),
        "typed": (
            "Nama mirip: ada kata yang berbeda satu atau dua huruf.",
            "The names are alike: a word differs in one or two letters.",
        ),
        "initial": (
            "Nama mirip: ada kata yang ditulis huruf awalnya saja.",
            "The names are alike: a word is written by its initial only.",
        ),
        "shorter": (
            "Nama mirip: semua kata nama yang pendek ada di nama yang panjang.",
            "The names are alike: every word of the shorter name stands in the longer.",
        ),
        "partly": ("Hanya sebagian kata namanya sama.", "Only some words of the names are the same."),
        "default_day": (
            "Tanggal lahir sama, tetapi tanggal bawaan ({day}), maka lemah.",
            "The date of birth is the same, but a default date ({day}), so it says little.",
        ),
        "day_month": (
            "Tanggal lahir sama bila hari dan bulan ditukar.",
            "The date of birth is the same when day and month are swapped.",
        ),
        "year": (
            "Hari dan bulan lahir sama, tahunnya berbeda.",
            "Day and month of birth are the same, the year differs.",
        ),
        "day": (
            "Bulan dan tahun lahir sama, harinya berbeda.",
            "Month and year of birth are the same, the day differs.",
        ),
        "month": (
            "Hari dan tahun lahir sama, bulannya berbeda.",
            "Day and year of birth are the same, the month differs.",
        ),
        "alike": ("{name} ditulis hampir sama.", "{name} is written almost the same."),
        "part_of": ("{name} yang satu adalah bagian dari yang lain.", "{name} on one line is part of the other."),
        "marital": (
            "Status kawin berbeda; status dapat berubah menurut waktu.",
            "Marital status differs; it may change with time.",
        ),
    }
)
DEFAULT_DAYS: Mapping[tuple[int, int], tuple[str, str]] = MappingProxyType(
    # Month, day. Dukcapil on unknown dates: SIMDUK 31 December, SIAK 1 July, month known the 15th; and 1 January.
    {(7, 1): ("1 Juli", "1 July"), (12, 31): ("31 Desember", "31 December"), (1, 1): ("1 Januari", "1 January")}
)
_FIFTEENTH = ("tanggal 15", "the 15th")


def say(
    element: Element, agreement: Agreement, text: str, *, month_day: tuple[int, int] | None = None
) -> ElementComparison:
    """The comparison of an element with its sentence in both languages; `month_day` is a default birthday's."""
    indonesian, english = _TEXTS[text]
    name = NAMES[element]
    day = ("", "") if month_day is None else DEFAULT_DAYS.get(month_day, _FIFTEENTH)
    return ElementComparison(
        element, agreement, indonesian.format(name=name[0], day=day[0]), english.format(name=name[1], day=day[1])
    )
