"""Every fault and every reason to set a row aside: its level, what it says, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from saksama.model.roll import FaultLevel
from saksama.model.texts import _

_FORMAT, _LOOK = FaultLevel.FORMAT, FaultLevel.LOOK


@dataclass(frozen=True, slots=True)
class FaultText:
    """What an officer reads of a fault. The texts are Indonesian msgids; `spoken` gives them in the language spoken."""

    level: FaultLevel
    sentence: str
    mend: str

    def spoken(self) -> tuple[str, str]:
        """Sentence and mend in the language now spoken."""
        return _(self.sentence), _(self.mend)


@dataclass(frozen=True, slots=True)
class AsideText:
    """Why a row is no voter."""

    sentence: str

    def spoken(self) -> str:
        """The sentence in the language now spoken."""
        return _(self.sentence)


_TEXTS: dict[str, tuple[FaultLevel, str, str]] = {
    # numbers: NIK and NKK share these; the column says which
    "nomor_kosong": (
        _FORMAT,
        "Nomor tidak diisi.",
        "Cari nomornya di KTP-el atau KK; pemilih tetap ada di daftar.",
    ),
    "nomor_panjang": (
        _FORMAT,
        "Nomor tidak 16 angka.",
        "Cocokkan dengan KTP-el atau KK.",
    ),
    "nomor_bukan_angka": (
        _FORMAT,
        "Nomor berisi tanda selain angka.",
        "Cocokkan dengan KTP-el atau KK; periksa huruf O dan I.",
    ),
    "nomor_tersamar": (
        _FORMAT,
        "Nomor tersamar dengan bintang.",
        "Minta salinan tanpa penyamaran dari pemilik data.",
    ),
    "nomor_notasi_ilmiah": (
        _FORMAT,
        "Excel mengubah nomor menjadi notasi ilmiah (3,4E+15); angkanya hilang.",
        "Ambil ulang dari sumber dengan kolom berformat Teks.",
    ),
    "nomor_presisi_excel": (
        _FORMAT,
        "Excel menyimpan nomor sebagai angka 15 digit; angka terakhir menjadi 0.",
        "Ambil ulang dari sumber dengan kolom berformat Teks.",
    ),
    "nomor_nol_massal": (
        _FORMAT,
        "Terlalu banyak nomor di lembar ini berakhiran 0, tanda kerusakan Excel.",
        "Bandingkan dengan sumber; bila rusak, ambil ulang dengan kolom berformat Teks.",
    ),
    "nomor_sebagai_angka": (
        _LOOK,
        "Nomor disimpan sebagai angka, bukan teks; masih utuh, tetapi rawan rusak.",
        "Jadikan kolom berformat Teks di sumbernya.",
    ),
    "nomor_provinsi": (
        _FORMAT,
        "Dua angka pertama bukan kode provinsi mana pun sejak 2004.",
        "Cocokkan dengan KTP-el atau KK.",
    ),
    "nomor_provinsi_lama": (
        _LOOK,
        "Kode provinsi berasal dari penomoran sebelum 2004.",
        "Cocokkan dengan KTP-el; nomor lama dapat masih sah.",
    ),
    "nomor_seri_0000": (
        _FORMAT,
        "Empat angka terakhir 0000; nomor urut demikian tidak pernah diterbitkan.",
        "Cocokkan dengan KTP-el atau KK.",
    ),
    "nik_tanggal_mustahil": (
        _FORMAT,
        "Angka ke-7 sampai ke-12 NIK bukan tanggal.",
        "Cocokkan dengan KTP-el.",
    ),
    "nik_wilayah_tak_dikenal": (
        _LOOK,
        "Kabupaten/kota dalam NIK tidak ada di tabel 2016-2025; mungkin kode lama.",
        "Lihat KTP-el; NIK tetap dapat sah.",
    ),
    "nik_wilayah_beda": (
        _LOOK,
        "Wilayah penerbitan NIK lain dari tempat tinggal; lazim bagi yang pernah pindah.",
        "Tidak perlu diperbaiki; lihat bila ada tanda lain.",
    ),
    "nik_tanggal_beda": (
        _LOOK,
        "Tanggal dalam NIK lain dari kolom tanggal lahir; NIK tetap berlaku.",
        "Lihat KTP-el bila ada tanda lain.",
    ),
    "nik_jk_beda": (
        _LOOK,
        "Jenis kelamin dalam NIK lain dari kolomnya; NIK tetap berlaku.",
        "Lihat KTP-el bila ada tanda lain.",
    ),
    # dates
    "tgl_kosong": (
        _FORMAT,
        "Tanggal lahir tidak diisi.",
        "Lengkapi dari KTP-el atau KK.",
    ),
    "tgl_nol": (
        _FORMAT,
        "Tanggal lahir 00-00-0000.",
        "Lengkapi dari KTP-el atau KK.",
    ),
    "tgl_mustahil": (
        _FORMAT,
        "Tanggal lahir tidak ada di kalender.",
        "Cocokkan dengan KTP-el.",
    ),
    "tgl_tak_terbaca": (
        _FORMAT,
        "Tanggal lahir tidak terbaca sebagai tanggal.",
        "Tulis seperti 31-12-1955.",
    ),
    "tgl_nomor_seri": (
        _FORMAT,
        "Tanggal lahir tertulis sebagai nomor seri Excel; dibaca menurut kalender Excel.",
        "Jadikan kolom berformat Tanggal, lalu periksa.",
    ),
    "tgl_epoch": (
        _LOOK,
        "Tanggal lahir sama dengan awal kalender Excel (1899/1900/1904); mungkin sel kosong.",
        "Cocokkan dengan KTP-el.",
    ),
    "tgl_epoch_massal": (
        _FORMAT,
        "Sebagian besar TPS ini bertanggal awal kalender komputer (1900/1904/1970).",
        "Ambil ulang kolom tanggal dari sumber.",
    ),
    "tgl_bulan_dulu": (
        _LOOK,
        "Kolom ini ditulis bulan-hari-tahun dan dibaca demikian.",
        "Periksa beberapa baris dengan KTP-el.",
    ),
    "tgl_urutan_ragu": (
        _LOOK,
        "Urutan hari dan bulan di kolom ini bertentangan; baris ini dibaca hari-bulan-tahun.",
        "Tetapkan urutan_tanggal di berkas pemetaan, atau ambil ulang dari sumber.",
    ),
    "tgl_hari_bulan_tertukar": (
        _LOOK,
        "Hari dan bulan tampak tertukar di kolom ini (kerusakan Excel).",
        "Bandingkan dengan NIK atau KTP-el; ambil ulang dari sumber.",
    ),
    "tgl_geser_1904": (
        _LOOK,
        "Tanggal tampak bergeser 4 tahun 1 hari (kalender Excel 1904).",
        "Ambil ulang dari sumber; periksa pengaturan kalender 1904.",
    ),
    "tgl_tahun_dua_angka": (
        _LOOK,
        "Tahun lahir hanya dua angka; abadnya ditafsirkan.",
        "Tulis tahun dengan empat angka.",
    ),
    # other columns
    "nama_kosong": (
        _FORMAT,
        "Nama tidak diisi.",
        "Lengkapi dari KTP-el.",
    ),
    "jk_kosong": (
        _FORMAT,
        "Jenis kelamin tidak diisi.",
        "Isi L atau P.",
    ),
    "kode_tak_dikenal": (
        _FORMAT,
        "Isi kolom bukan kode yang dikenal.",
        "Pakai L/P, B/S/P, S/B, atau 1-6 sesuai kolomnya.",
    ),
    "angka_berisi_teks": (
        _LOOK,
        "Kolom angka berisi teks.",
        "Periksa; mungkin kolom bergeser.",
    ),
    "sel_galat_excel": (
        _FORMAT,
        "Sel berisi galat Excel (#N/A, #REF!, dan sejenisnya).",
        "Ambil ulang nilai dari sumber.",
    ),
    "kolom_bergeser": (
        _FORMAT,
        "Isi tampak bergeser ke kolom lain.",
        "Geser kembali baris ini di sumbernya.",
    ),
    "jumlah_sel": (
        _FORMAT,
        "Jumlah sel di baris ini lain dari jumlah kolom; isi mungkin bergeser.",
        "Periksa pemisah di baris ini.",
    ),
    "kode_wilayah_berhuruf": (
        _FORMAT,
        "Kode wilayah berisi huruf.",
        "Tulis kodenya seperti 34.04; bila isinya nama, beri judul kolom tanpa kata Kode.",
    ),
    "wilayah_tak_dikenal": (
        _LOOK,
        "Kode atau nama wilayah tidak ditemukan di tabel 2016-2025.",
        "Periksa ejaan, atau tetapkan kode di berkas pemetaan.",
    ),
    "wilayah_bertentangan": (
        _LOOK,
        "Kode desa tidak berada di kecamatan atau kabupaten yang tertulis.",
        "Periksa kolom wilayah.",
    ),
}
FAULTS: Mapping[str, FaultText] = MappingProxyType({code: FaultText(*text) for code, text in _TEXTS.items()})

ASIDE: Mapping[str, AsideText] = MappingProxyType(
    {
        "judul_berulang": AsideText("Judul kolom yang berulang."),
        "baris_jumlah": AsideText("Baris jumlah."),
        "jumlah_tidak_cocok": AsideText("Baris jumlah menyebut angka lain dari banyaknya baris di atasnya."),
        "kaki_lembar": AsideText("Catatan, keterangan, atau tanda tangan di bawah daftar."),
        "baris_kosong": AsideText("Baris kosong."),
        "tanpa_nama_dan_nomor": AsideText("Tanpa nama dan tanpa nomor."),
    }
)
WORKLISTS: Mapping[str, AsideText] = MappingProxyType(
    {
        "usia_di_atas_100": AsideText("Usia di atas 100 tahun: daftar kunjungan coktas, bukan kesalahan."),
        "usia_di_bawah_17": AsideText("Usia di bawah 17 tahun: daftar kunjungan coktas, bukan kesalahan."),
    }
)
