"""Which column is which: the labels that KPU's forms and exports put over each element."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from saksama.model.roll import COLUMNS

BIRTH = "tempat_tgl_lahir"  # "SLEMAN, 01-07-1955" in one cell
RT_RW = "rt_rw"  # "001/002" in one cell
FIELDS = (*COLUMNS, BIRTH, RT_RW)
PLACES = ("kd_prov", "kd_kab", "kd_kec", "kd_kel")

_LABELS = {
    "nik": "NIK, No NIK, Nomor NIK, Nomor Induk Kependudukan, No Induk Kependudukan, NIK KTP, No KTP, Nomor KTP, "
    "NIK KTP el, NIK e KTP, Nomor Identitas, No Identitas, NIK No KTP, NIK KTP el No",
    "nkk": "NKK, No KK, Nomor KK, KK, No NKK, Nomor NKK, No Kartu Keluarga, Nomor Kartu Keluarga, Nomor KK NKK, "
    "Nomor Kartu Keluarga NKK, NKK No KK, NKK Nomor KK, No KK NKK, Kartu Keluarga",
    "nama": "Nama, Nama Lengkap, Nama Pemilih, Nama Lengkap Pemilih, Nama Penduduk, Nm Lengkap, Nama Lgkp, Nm Lgkp, "
    "Nm Pemilih, Nama Lengkap Sesuai KTP",
    "tempat_lahir": "Tempat Lahir, Tmp Lahir, Tmpt Lahir, Tpt Lahir, Tempat Kelahiran, Kota Lahir, Tmp Lhr, Tmpt Lhr",
    "tgl_lahir": "Tanggal Lahir, Tgl Lahir, Tgl Lhr, Tanggal Kelahiran, Tggl Lahir, Tanggal Bulan Tahun Lahir, "
    "Tgl Bln Thn Lahir, Tgl Bulan Tahun Lahir, Lahir Tanggal",
    BIRTH: "Tempat Tgl Lahir, Tempat Tanggal Lahir, Tempat dan Tanggal Lahir, TTL, Tmp Tgl Lahir, "
    "Tempat dan Tgl Lahir, Tmpt Tgl Lahir, Tempat Tgl Lhr",
    "status_kawin": "Status Kawin, Status Perkawinan, Sts Kawin, Kawin, Stat Kawin, Status Pernikahan, "
    "Perkawinan, Stts Kawin, Stat Perkawinan, Stat Kwn, Sts Kwn, Status Nikah, Status Menikah",
    "jk": "Jenis Kelamin, JK, Kelamin, Jns Kelamin, Jenis Klmn, L P, Kelamin L P, Sex, Gender, Jns Klmn, Jenkel, "
    "Jenis Klmin, Jns Klmin, Jns Kel",
    "alamat": "Alamat, Jalan, Dukuh, Jalan Dukuh, Alamat Jalan Dukuh, Jln Dukuh, Alamat Jalan, Dusun, Alamat Lengkap, "
    "Jl Dukuh, Alamat Dukuh, Kampung, Jalan Kampung, Alamat Rumah, Alamat Tempat Tinggal, "
    "Dukuh Dusun, Dusun Dukuh, Alamat Domisili, Alamat KTP, Alamat Sesuai KTP, Jalan Dusun, Padukuhan, Pedukuhan",
    "rt": "RT, No RT, Rukun Tetangga, Alamat RT",
    "rw": "RW, No RW, Rukun Warga, Alamat RW",
    RT_RW: "RT RW, RTRW, RT dan RW",
    "disabilitas": "Disabilitas, Difabel, Penyandang Disabilitas, Jenis Disabilitas, Ragam Disabilitas, Disabel, "
    "Kode Disabilitas, Dis, Cacat, Jns Disabilitas",
    "ktp_el": "KTP el, Status KTP el, Status Kepemilikan KTP el, Kepemilikan KTP el, e KTP, KTPel, Status e KTP, "
    "Status Perekaman, Status Perekaman KTP el, Sts KTP el, Status Kepemilikan KTP, Ektp, Perekaman KTP el, "
    "Status KTP, KTP Elektronik, Status KTP Elektronik, Kepemilikan KTP Elektronik, Status Rekam, Perekaman",
    "tps": "TPS, No TPS, Nomor TPS, Kode TPS, Nama TPS, TPS Asal, ID TPS, TPS Id, Kd TPS",
    "kd_prov": "Kode Provinsi, Kd Prov, Kode Prov, Kd Provinsi, Pro Id, No Prop, Kode Propinsi, Kd Prop, Id Prov",
    "kd_kab": "Kode Kabupaten, Kd Kab, Kode Kab, Kode Kabupaten Kota, Kode Kab Kota, Kd Kabupaten, Kab Id, Kode Kabko, "
    "No Kab, Kd Kab Kota, Id Kab",
    "kd_kec": "Kode Kecamatan, Kd Kec, Kode Kec, Kd Kecamatan, Kec Id, No Kec, Id Kec",
    "kd_kel": "Kode Kelurahan, Kd Kel, Kode Kel, Kode Desa, Kode Desa Kelurahan, Kode Kelurahan Desa, Kd Kelurahan, "
    "Kd Desa, Kode Wilayah, Kel Id, Kode Desa Kel, Kode Kel Desa, No Kel, Id Kel, Kd Wil, Kode Wil, Kd Wilayah",
    "keterangan": "Keterangan, Ket, Catatan, Keterangan TMS, Kode Keterangan, Keterangan Pemilih, Kode TMS, TMS",
}
# A place given by name; its code is looked up. A column of codes, if there is one, goes before.
_PLACE_NAMES = {
    "kd_prov": "Provinsi, Prov, Nama Provinsi, Propinsi, Nama Prov, Nama Propinsi, Nama Prop, Provinsi Nama",
    "kd_kab": "Kabupaten, Kabupaten Kota, Kab Kota, Kab, Kota, Nama Kabupaten, Nama Kab, Nama Kabupaten Kota, "
    "Nama Kab Kota, Kota Kabupaten, Kabko, Kabupaten Nama",
    "kd_kec": "Kecamatan, Kec, Nama Kecamatan, Nama Kec, Distrik, Nama Distrik, Kecamatan Nama",
    "kd_kel": "Kelurahan, Desa, Desa Kelurahan, Kelurahan Desa, Nama Desa, Nama Kelurahan, Kel, Kel Desa, Desa Kel, "
    "Nama Kel, Nama Desa Kelurahan, Nama Kelurahan Desa, Nama Kel Desa, Kampung Kelurahan, Gampong, Nagari, "
    "Kalurahan, Kal, Desa Kel Nama, Kelurahan Nama, Desa Nama",
}
# Known, and not an element of the checked roll.
_OTHER = (
    "No, Nomor, No Urut, Nomor Urut, Urut, Usia, Umur, Email, No HP, Nomor HP, Telepon, No Telp, ID, Id Pemilih, "
    "DP ID, DPID, Agama, Pekerjaan, Nama Ibu, Nama Ayah, Sumber, Sumber Data, Tanda Tangan, Paraf, Line, Sheet, "
    "Ubah, Tanggal Ubah, Kode Pos, Kewarganegaraan, Pendidikan"
)
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NOT_LETTERS = re.compile(r"[^A-Z0-9]+")
_TAILS = re.compile(r"(?:DDMMYYYY|DDMMYY|TGLBLNTHN|HHBBTTTT|YYYYMMDD|BSP|LP|SB|16DIGIT|123456|16)$")


def plain_label(label: str) -> str:
    """`label` for comparing: upper case, letters and digits only, "(L/P)" and its like left out."""
    plain = _NOT_LETTERS.sub("", _BRACKETS.sub("", label).upper())
    return plain or _NOT_LETTERS.sub("", label.upper())


def _table(labels: Mapping[str, str]) -> dict[str, str]:
    return {plain_label(label): name for name, joined in labels.items() for label in joined.split(",")}


_EXACT: Mapping[str, str] = MappingProxyType({plain_label(f.replace("_", " ")): f for f in FIELDS} | _table(_LABELS))
_NAMES: Mapping[str, str] = MappingProxyType(_table(_PLACE_NAMES))
_KNOWN_OTHER = frozenset(plain_label(label) for label in _OTHER.split(","))


def is_numbering(label: str) -> bool:
    """Whether a column only numbers the lines of a list."""
    return plain_label(label) in ("NO", "NOMOR", "URUT", "NOURUT", "NOMORURUT", "LINE")


def field_of(label: str) -> tuple[str, bool] | None:
    """The field that `label` heads and whether by name instead of code; ("", False) if known and unneeded; or None."""
    plain = plain_label(label)
    for attempt in (plain, _TAILS.sub("", plain)):
        if attempt in _EXACT:
            return _EXACT[attempt], False
        if attempt in _NAMES:
            return _NAMES[attempt], True
        if attempt in _KNOWN_OTHER:
            return "", False
    return None
