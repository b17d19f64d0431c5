"""The columns of a batch cleaned, and every fault found in them, by (column, code)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from saksama.roll.arrow import Indices, equals, mask_of, matches
from saksama.roll.birthdays import Birthdays, read_birthdays
from saksama.roll.cells import Cells
from saksama.roll.cleaning import coded, small_number, tidy, without_errors
from saksama.roll.dates import SHAPES, DateReader, Shape
from saksama.roll.layout import Layout
from saksama.roll.numbers import Inside, Numbers, inside, issue_faults, read_numbers, unknown_kabupaten
from saksama.roll.places import PlaceReader, Places, read_places
from saksama.roll.profile import Profile, place_keys
from saksama.roll.raw import Mask, RawBatch
from saksama.roll.schema import PLACES

_TEXT = ("nama", "tempat_lahir", "alamat", "keterangan")
_CODED = ("jk", "status_kawin", "ktp_el", "disabilitas")
# Faults of kind: a line with three of them in different columns has its cells in the wrong places.
_OF_KIND = (
    ("nik", "nomor_bukan_angka"),
    ("nkk", "nomor_bukan_angka"),
    ("tgl_lahir", "tgl_tak_terbaca"),
    ("jk", "kode_tak_dikenal"),
    ("status_kawin", "kode_tak_dikenal"),
    ("rt", "angka_berisi_teks"),
)


@dataclass(slots=True, repr=False)
class Judged:
    """A batch read: cleaned text by column, birth dates, originals, and rows by (column, code)."""

    length: int
    clean: dict[str, pa.StringArray]
    originals: dict[str, pa.StringArray]
    born: Birthdays | None
    faults: dict[tuple[str, str], Indices]

    def fault(self, column: str, code: str, rows: Indices | Mask) -> None:
        """Record `code` on rows, given as numbers or as a mask."""
        found: Indices = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.int64)
        if len(found):
            known = self.faults.get((column, code))
            self.faults[column, code] = found if known is None else np.union1d(known, found)


def judge(  # the parts of one sheet's reading, handed in by the one caller
    cells: Cells, batch: RawBatch, layout: Layout, profile: Profile, dates: DateReader, reader: PlaceReader
) -> Judged:
    """The lines of `batch`, all of them voters, read and judged."""
    judged = Judged(len(batch), {}, cells.originals, None, {})
    cells = _errors_out(cells, judged)
    numbers = {
        name: _numbers(name, cells, judged, tail=tail, whole=whole)
        for name, tail, whole in zip(("nik", "nkk"), profile.tails, profile.whole, strict=True)
        if name in cells.texts
    }
    for name in _TEXT:
        if name in cells.texts:
            judged.clean[name] = tidy(cells.texts[name])
    _small_columns(cells, judged, layout)
    places = _places(cells, judged, reader)
    if "tgl_lahir" in cells.texts:
        judged.born = _birthdays(cells, judged, profile, dates, numbers.get("nik"))
    if "nik" in numbers:
        _nik_against_columns(numbers["nik"], judged, places)
    _whole_lines(cells, batch, judged)
    return judged


def _errors_out(cells: Cells, judged: Judged) -> Cells:
    """Cells with Excel's error values blanked and recorded."""
    texts = dict(cells.texts)
    for name, column in cells.texts.items():
        texts[name], rows = without_errors(column)
        judged.fault(name, "sel_galat_excel", rows)
    return Cells(texts, cells.kinds, cells.originals, cells.codes)


def _numbers(name: str, cells: Cells, judged: Judged, *, tail: str, whole: bool) -> Numbers:
    numbers = read_numbers(cells.texts[name], cells.kinds[name])
    judged.clean[name] = numbers.clean
    for code, rows in numbers.faults.items():
        judged.fault(name, "nomor_sebagai_angka" if whole and code == "nomor_presisi_excel" else code, rows)
    for code, mask in issue_faults(numbers).items():
        judged.fault(name, code, mask)
    if tail:
        ends = numbers.sound & ~numbers.digits[:, 16 - len(tail) :].any(axis=1)
        judged.fault(name, "nomor_nol_massal", ends)
    return numbers


def _small_columns(cells: Cells, judged: Judged, layout: Layout) -> None:
    for name in _CODED:
        if name in cells.texts:
            judged.clean[name], faults = coded(cells.texts[name], cells.kinds[name], name)
            for code, rows in faults.items():
                judged.fault(name, code, rows)
    for name in ("rt", "rw", "tps"):
        if name in cells.texts:
            judged.clean[name], faults = small_number(cells.texts[name], cells.kinds[name], name)
            for code, rows in faults.items():
                judged.fault(name, code, rows)
    if "tps" in layout.place and "tps" not in cells.texts:
        titled = pa.array([layout.place["tps"]] * judged.length, pa.string())
        judged.clean["tps"], _faults = small_number(titled, None, "tps")
    if "jk" in judged.clean:
        unread = judged.faults.get(("jk", "kode_tak_dikenal"), np.zeros(0, np.int64))
        blank = ~mask_of(judged.clean["jk"].is_valid())
        blank[unread] = False
        judged.fault("jk", "jk_kosong", blank)
    judged.fault("nama", "nama_kosong", ~mask_of(judged.clean["nama"].is_valid()))


def _places(cells: Cells, judged: Judged, reader: PlaceReader) -> Places:
    given = {name: cells.texts[name] for name in PLACES if name in cells.texts}
    places = read_places(given, cells.kinds, judged.length, reader)
    judged.clean |= places.columns
    for name, codes in cells.codes.items():
        is_error = matches(codes, r"^\s*#")  # of Excel, and named so
        judged.fault(name, "kode_wilayah_berhuruf", matches(codes, r"\pL") & ~is_error)
    for (column, code), rows in places.faults.items():
        judged.fault(column, code, rows)
    return places


def _birthdays(cells: Cells, judged: Judged, profile: Profile, dates: DateReader, nik: Numbers | None) -> Birthdays:
    born = read_birthdays(cells.texts["tgl_lahir"], cells.kinds["tgl_lahir"], dates)
    for code, rows in born.faults.items():
        judged.fault("tgl_lahir", code, rows)
    epoch = born.at_epoch()
    if epoch.any():
        keys, which = place_keys(cells, judged.length)
        massed = epoch & np.array([key in profile.epoch_places for key in keys], np.bool_)[which]
        judged.fault("tgl_lahir", "tgl_epoch_massal", massed)
        judged.fault("tgl_lahir", "tgl_epoch", born.at_old_epoch() & ~massed)
    typed = born.known & (born.shape == SHAPES.index(Shape.TYPED))
    if profile.no_day_over_12:
        judged.fault("tgl_lahir", "tgl_hari_bulan_tertukar", typed & (born.day != born.month))
    if nik is not None:
        within = inside(nik)
        for shape in profile.swapped:
            here = born.shape == SHAPES.index(shape)
            judged.fault("tgl_lahir", "tgl_hari_bulan_tertukar", here & born.agrees_swapped(within))
        if profile.shifted_1904:
            judged.fault("tgl_lahir", "tgl_geser_1904", born.agrees_shifted(within))
    return born


def _nik_against_columns(nik: Numbers, judged: Judged, places: Places) -> None:
    """What a NIK says against the columns. Only an impossible date is a fault; the rest is worth a look."""
    within = inside(nik)
    judged.fault("nik", "nik_tanggal_mustahil", nik.sound & ~within.valid_date)
    unknown = unknown_kabupaten(nik, within)
    judged.fault("nik", "nik_wilayah_tak_dikenal", unknown)
    moved = nik.sound & ~unknown & (places.kabupaten >= 0) & (within.kabupaten != places.kabupaten)
    province_faults = [judged.faults.get(("nik", code)) for code in ("nomor_provinsi", "nomor_provinsi_lama")]
    for rows in province_faults:
        if rows is not None:
            moved[rows] = False
    judged.fault("nik", "nik_wilayah_beda", moved)
    if "jk" in judged.clean:
        _sexes(judged, within)
    if judged.born is not None:
        born = judged.born
        differs = within.valid_date & born.known & ~born.agrees(within)
        for code in ("tgl_hari_bulan_tertukar", "tgl_geser_1904"):
            differs[judged.faults.get(("tgl_lahir", code), np.zeros(0, np.int64))] = False
        judged.fault("nik", "nik_tanggal_beda", differs)


def _sexes(judged: Judged, within: Inside) -> None:
    jk = judged.clean["jk"]
    man, woman = equals(jk, "L"), equals(jk, "P")
    differs = within.valid_date & ((man & within.is_womans) | (woman & ~within.is_womans))
    judged.fault("nik", "nik_jk_beda", differs)


def _whole_lines(cells: Cells, batch: RawBatch, judged: Judged) -> None:
    """Lines whose cells seem to stand in other columns."""
    if batch.widths is not None or batch.extra:
        judged.fault("", "jumlah_sel", _ragged(batch))
    counts: npt.NDArray[np.int64] = np.zeros(judged.length, np.int64)
    for key in _OF_KIND:
        if key in judged.faults:
            counts[judged.faults[key]] += 1
    shifted = (counts >= 3) | matches(cells.texts["nama"], r"[0-9]{10}")
    judged.fault("", "kolom_bergeser", shifted)


def _ragged(batch: RawBatch) -> Mask:
    """Rows with too few cells, or with more of which some are not blank."""
    ragged = np.zeros(len(batch), np.bool_) if batch.widths is None else batch.widths < len(batch.columns)
    for row, cells in batch.extra.items():
        ragged[row] = any(cell.strip() for cell in cells)
    return ragged
