"""Words for what the model names by code. A builtin of every template: no page writes a code or a score."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django import template
from django.utils import formats
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as later

from saksama.flow.places import place_name

register = template.Library()

_STATES: Final = {
    "open": later("Belum diputuskan"),
    "waiting": later("Menunggu petugas kedua"),
    "disputed": later("Menunggu petugas ketiga"),
    "settled": later("Selesai diputuskan"),
    "enacted": later("Sudah berlaku"),
}
_BANDS: Final = {
    "certain": later("Petunjuk sangat kuat"),
    "probable": later("Petunjuk kuat"),
    "check": later("Perlu diperiksa"),
}
_BAND_MEANINGS: Final = {
    "certain": later("Hampir semua unsur yang membedakan orang sama pada kedua data."),
    "probable": later("Banyak unsur sama; ada yang mirip, berbeda, atau kosong."),
    "check": later("Beberapa unsur sama; bisa saja dua orang yang berbeda."),
}
_CLASSES: Final = {
    "K1": later("NKK, NIK, nama, jenis kelamin, tempat dan tanggal lahir, status kawin, dan alamat sama"),
    "K2": later("NIK, nama, jenis kelamin, tempat dan tanggal lahir, dan alamat sama"),
    "K3": later("NIK, nama, jenis kelamin, tempat dan tanggal lahir sama"),
    "K4": later("NIK, nama, dan tanggal lahir sama"),
    "": later("Unsur yang sama kurang dari kelas K4"),
}
_RULINGS: Final = {
    "bukan_ganda": later("Bukan ganda"),
    "ganda": later("Ganda – satu dipertahankan"),
    "rujuk_disdukcapil": later("Belum dapat diputuskan – rujuk Disdukcapil"),
}
_ROLES: Final = {
    "operator": later("Operator"),
    "anggota": later("Anggota KPU"),
    "pengawas": later("Pengawas (Bawaslu)"),
}
_AGREEMENTS: Final = {
    "agree": ("=", later("sama")),
    "similar": ("≈", later("mirip")),
    "differ": ("≠", later("berbeda")),
    "blank": ("∅", later("kosong")),
}
_ELEMENTS: Final = {
    "nik": later("NIK"),
    "nkk": later("NKK"),
    "nama": later("Nama"),
    "tempat_lahir": later("Tempat lahir"),
    "tgl_lahir": later("Tanggal lahir"),
    "jk": later("Jenis kelamin"),
    "status_kawin": later("Status kawin"),
    "alamat": later("Alamat"),
    "rt": later("RT"),
    "rw": later("RW"),
    "disabilitas": later("Disabilitas"),
    "tps": later("TPS"),
    "kd_kel": later("Desa/kelurahan"),
    "kd_kec": later("Kecamatan"),
    "ktp_el": later("KTP-el"),
    "keterangan": later("Keterangan"),
}
_KINDS: Final = {
    "office_opened": later("Kantor dibuka"),
    "officer_enrolled": later("Petugas didaftarkan"),
    "roll_taken_in": later("Daftar diterima"),
    "pairs_found": later("Pencarian ganda"),
    "case_referred": later("Perkara dibuka"),
    "run_referred": later("Hasil pencarian dirujuk"),
    "evidence_seen": later("Bukti dilihat"),
    "decision_made": later("Putusan dibuat"),
    "case_settled": later("Perkara selesai"),
    "roll_changed": later("Daftar diubah"),
    "outcome_enacted": later("Hasil diberlakukan"),
    "policy_changed": later("Kebijakan diganti"),
}
_VERDICTS: Final = {
    "ok": later("benar"),
    "fail": later("salah"),
    "unknown": later("tidak dapat dipastikan"),
}
_EXITS: Final = {0: "good", 1: "bad", 2: "unsure"}


def _code(value: object) -> str:
    return str(getattr(value, "value", value))


@register.filter
def state_words(state: object) -> str:
    """A case's state."""
    return str(_STATES[_code(state)])


@register.filter
def band_words(band: object) -> str:
    """A band: never a figure."""
    return str(_BANDS[_code(band)])


@register.filter
def band_meaning(band: object) -> str:
    """What a band says, and that it says no more."""
    return str(_BAND_MEANINGS[_code(band)])


@register.filter
def class_words(kpu_class: str) -> str:
    """What the records of a KPU class share."""
    return str(_CLASSES[kpu_class])


@register.filter
def ruling_words(ruling: object) -> str:
    """A ruling."""
    return str(_RULINGS[_code(ruling)])


@register.filter
def role_words(role: object) -> str:
    """A role."""
    return str(_ROLES[_code(role)])


@register.filter
def kind_words(kind: object) -> str:
    """A kind of ledger entry."""
    return str(_KINDS.get(_code(kind), _code(kind)))


@register.filter
def element_words(element: object) -> str:
    """An element or column of a roll."""
    return str(_ELEMENTS.get(_code(element), _code(element)))


@register.filter
def agreement_sign(agreement: object) -> str:
    """The sign of an agreement, for those who do not see its colour."""
    return _AGREEMENTS[_code(agreement)][0]


@register.filter
def agreement_words(agreement: object) -> str:
    """The word of an agreement."""
    return str(_AGREEMENTS[_code(agreement)][1])


@register.filter
def place_words(code: str) -> str:
    """A place by its name; the code where no table has it."""
    return place_name(code)


@register.filter
def verdict_words(verdict: str) -> str:
    """An auditor's verdict on one sentence."""
    return str(_VERDICTS[verdict])


@register.filter
def verdict_class(exit_code: int) -> str:
    """The class of a whole audit, by its exit code."""
    return _EXITS[exit_code]


@register.filter
def day_words(day: str) -> str:
    """An ISO day in words."""
    return str(formats.date_format(date.fromisoformat(day), "j F Y"))


@register.filter
def unlocalized(number: int) -> str:
    """A number as it stands in an address or a command."""
    return str(number)


@register.filter
def total(numbers: Iterable[int]) -> int:
    """Their sum."""
    return sum(numbers)


@register.filter
def distinct(values: Iterable[str]) -> list[str]:
    """Values without repetition and without blanks, in their order."""
    return list(dict.fromkeys(value for value in values if value))


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    """How long before `now`, in the one unit that tells."""
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < 90:
        return say("{n} detik lalu").format(n=seconds)
    if seconds < 90 * 60:
        return say("{n} menit lalu").format(n=seconds // 60)
    if seconds < 36 * 3600:
        return say("{n} jam lalu").format(n=seconds // 3600)
    return say("{n} hari lalu").format(n=seconds // 86400)
